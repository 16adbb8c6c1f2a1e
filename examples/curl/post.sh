#!/bin/sh
# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
#
# Meters a call by hand. Any program that can post over HTTP can do this: one JSON object a line, as many lines as you
# like. The answer counts what was accepted, rejected and known already.
set -eu
url=${GENMETER_URL:-http://127.0.0.1:9464}

post() {
	# --retry comes again after a 503, a 429 or a refused connection. What has an "id" counts once however often it is sent.
	curl -sS --fail-with-body --retry 5 --retry-connrefused -H 'Content-Type: application/x-ndjson' --data-binary @- "$url/api/v1/events"
}

# 1,000 rows are wanted; a call to a model has begun, which /api/v1/progress shows as in progress.
post <<'END'
{"event":"target","records":1000}
{"event":"begin","id":"call-1","provider":"openai","model_name":"gpt-4o-mini"}
END

# It has ended, after 1.86 s: the same id, so that it is in progress no longer. A judge scored the answer, and the row is
# finished. A key that genmeter does not know ("tenant") is kept as an attribute.
post <<'END'
{"event":"generation","id":"call-1","provider":"openai","model_name":"gpt-4o-mini","duration":1.86,"success":true,"prompt_token_count":512,"completion_token_count":128,"finish_reason":"stop","record_id":"row-1","tenant":"a"}
{"event":"evaluation","id":"judge-1","evaluator_type":"coherence","duration":0.4,"success":true,"scores":{"coherence":{"score":0.91,"feedback":"clear"}},"record_id":"row-1"}
{"event":"record","id":"row-1","outcome":"accepted"}
END

curl -sS "$url/api/v1/progress"
