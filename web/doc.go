// Package web answers questions about a running [monitor.Monitor] over HTTP. [Handler] gives one [net/http.Handler] that
// the genmeter binary serves and that an embedder can mount beside its own pages:
//
//	http.Handle("/genmeter/", http.StripPrefix("/genmeter", web.Handler(mon)))
//
// # What it answers
//
// Answers are JSON objects; names of fields are stable, and a later version only adds to them. Durations are seconds,
// times RFC 3339, and a number that is not known is null: never a 0 that looks like data.
//
//	GET /api/v1/aggregate?metric=generation_time&window=5m[&model=M][&step=S]
//
// gives metric, window_seconds, model and step (when asked for), count, sum, mean, min, max, p50, p90, p95, p99,
// coverage, quantile_coverage and known. Without samples count and sum are 0 and the rest is null; a metric that nobody has recorded is
// answered in the same way, because it may come yet, but for known, which is false then, and similar, a list of the recorded
// ones that may be meant. Coverage (0 to 1) is the part of the window that count, sum,
// mean, min and max rest on; quantile_coverage the part of the samples that the quantiles rest on.
//
//	GET /api/v1/tokens?window=1h
//
// gives window_seconds, by_model (a list sorted by model_name of model_name, calls, prompt_tokens, completion_tokens,
// total_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost_usd, unpriced_tokens) and the totals
// total_prompt_tokens, total_completion_tokens, total_tokens, total_cost_usd, total_unpriced_tokens. Unpriced tokens are
// those whose model has no known price: cost_usd leaves them out, and is null when it would leave out all, or when neither tokens
// nor cost were reported.
//
//	GET /api/v1/progress
//
// gives done (accepted records), rejected, failed, target (null when none is set), rate (accepted records a second),
// eta_seconds (null when unknown, 0 when done), elapsed_seconds, start, last_success (null when none yet), calls,
// failures, in_progress, cost_usd, projected_cost_usd (both null when unknown) and unpriced_tokens.
//
//	GET /api/v1/alerts[?state=firing]
//
// gives evaluated_at (null before the first evaluation) and alerts, a list of name, alertname (in Prometheus), level, state
// (pending, firing or resolved), message, value, threshold, starts_at, ends_at (null unless resolved), labels and data, in the order
// of the rules. A state asks for the alerts in it; state=inactive and state=all have the rules that are at peace too, whose
// message and starts_at are null. 404 when there are no rules ([WithAlerts]).
//
//	GET /api/v1/export?format=wide-csv[&window=1h][&metric=M][&model=M]
//
// gives what the ring holds as a file in a format of package export, json unless told otherwise; csv of more than one metric is a zip
// archive. The header Genmeter-Evicted-Events has the number of events that the ring had before. An answer that cannot be
// completed is cut off.
//
//	GET /api/v1/plot?metric=generation_time|figure=failures[&format=svg][&window=1h][&model=M]
//
// gives a picture of a metric, or one of package plot's set, as svg or png.
//
// Exports and plots read the whole ring: two at a time; further ones get 503.
//
// # What it takes
//
//	POST /api/v1/events
//
// takes event lines (application/x-ndjson) or a JSON array of the same objects (application/json), gzip too, with [WithIntake]. It
// gives accepted, rejected, duplicates (their id was seen before), errors, a list of line and error, the first ten, and warnings, a
// list of line, key and warning: keys that were kept as attributes and look as if they were meant for something else, each
// once, the first ten. 400 when nothing was accepted, 413 for more than 32 MiB or 100,000 events, 429 when many large bodies are on their way, 503 when the
// events could not be kept: none of them counts then, and they can be sent again.
//
//	POST /v1/traces, POST /v1/logs
//
// take OTLP/HTTP, protobuf and JSON, gzip too, with [WithOTLP], and answer as its specification says.
//
// A window is a duration as [ParseWindow] reads it; without one, or with 0, the answer is about everything since the
// start. GET /-/healthy and /-/ready answer probes.
//
// # What people see
//
// GET / is the live page: whether an alert fires, how far the run is and until when, how calls end and with which errors, tokens
// and cost by model, latency, scores, pictures, and links to all of the above. It is made once a second at most, and of totals: a
// full ring costs some milliseconds. Its script refreshes it in place every five seconds; without scripts it is whole too. It
// loads nothing from elsewhere and nothing inline (Content-Security-Policy), and its links are relative. /live/ has its files and
// pictures, which are drawn when somebody looks and it is due: after five seconds, or where drawing takes longer, after fifty times
// as long, and a minute at most.
//
// # What it refuses
//
// A request that cannot be answered gets a JSON object {"error": "..."} that says what was wrong and what is allowed:
// 400 for a parameter, 403 for a foreign Host or origin, 404 for a path, 405 for a method, 415 for a content type.
//
// Event texts are nobody else's business, so that a web page which points its own name at 127.0.0.1 (DNS rebinding)
// must not read them: everything but /-/ and the metrics wants a Host header that is loopback or allowed by
// [WithAllowedHosts]. It is no authentication: for that put TLS and a password in front, as the binary does with
// --web.config.file.
package web
