package monitor

import "go.opentelemetry.io/otel/attribute"

// Names of OpenTelemetry's GenAI semantic conventions, as of version 1.41, the last of the general conventions that
// has them (https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-metrics.md).
// They are in one file because they move: token usage may become counters.
const (
	semconvOperationDuration = "gen_ai.client.operation.duration"
	semconvTimeToFirstChunk  = "gen_ai.client.operation.time_to_first_chunk"
	semconvTokenUsage        = "gen_ai.client.token.usage"

	attrProvider  = attribute.Key("gen_ai.provider.name")
	attrModel     = attribute.Key("gen_ai.request.model")
	attrOperation = attribute.Key("gen_ai.operation.name")
	attrTokenType = attribute.Key("gen_ai.token.type")
	attrErrorType = attribute.Key("error.type")
)

// genmeter's own attributes.
const (
	attrStep         = attribute.Key("step")
	attrOutcome      = attribute.Key("outcome")
	attrFinishReason = attribute.Key("finish_reason")
	attrType         = attribute.Key("type")
	attrEvaluator    = attribute.Key("evaluator")
	attrScore        = attribute.Key("score")
	attrReason       = attribute.Key("reason")
	attrMetric       = attribute.Key("metric")
	attrKind         = attribute.Key("kind")
	attrSource       = attribute.Key("source")
	attrHandler      = attribute.Key("handler")
)
