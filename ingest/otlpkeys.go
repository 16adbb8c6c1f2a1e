package ingest

// otlpField is something that an attribute can say of a call, an agent or an evaluation.
type otlpField uint8

const (
	otlpProvider otlpField = iota
	otlpRequestModel
	otlpResponseModel
	otlpOperation
	otlpRequestType
	otlpSpanKind
	otlpVercelOperation
	otlpObservation
	otlpInput
	otlpOutput
	otlpTotal
	otlpCached
	otlpCacheWrite
	otlpReasoning
	otlpCost
	otlpFinish
	otlpFirstSeconds
	otlpFirstMillis
	otlpErrorType
	otlpExceptionType
	otlpExceptionText
	otlpStep
	otlpRecordID
	otlpAttempt
	otlpCacheHit
	otlpBatch
	otlpResponseID
	otlpConversation
	otlpEvaluator
	otlpScore
	otlpScoreLabel
	otlpExplanation
	otlpEventName
	otlpFields // how many there are
)

// otlpSpellings are the attributes that are read: no other is ever kept. Of the spellings of one field an earlier one
// goes before a later. They are those of
//   - OpenTelemetry's GenAI conventions, semantic-conventions-genai and, before it moved there, semantic-conventions up
//     to 1.41 (gen_ai.system and prompt_tokens are those of 1.26);
//   - OpenLLMetry (llm.usage.*, llm.request.type, traceloop.*; its underscores in gen_ai.usage.cache_read_input_tokens);
//   - OpenInference (llm.token_count.*, llm.model_name, openinference.span.kind);
//   - the Vercel AI SDK (ai.*), 3 to 6; later ones write gen_ai.*;
//   - Pydantic AI and Logfire (gen_ai.usage.details.*, gen_ai.aggregated_usage.*, operation.cost);
//   - Langfuse's SDKs (langfuse.observation.*), vLLM's server (gen_ai.latency.*), Sentry (….time_to_first_token);
//   - ours (genmeter.*), for what none of them has.
var otlpSpellings = [otlpFields][]string{
	otlpProvider: {"gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "llm.vendor",
		"ai.model.provider"},
	otlpRequestModel: {"gen_ai.request.model", "llm.request.model", "llm.request.model_name", "llm.model_name",
		"embedding.model_name", "ai.model.id", "langfuse.observation.model.name"},
	otlpResponseModel: {"gen_ai.response.model", "llm.response.model", "llm.response.model_name", "ai.response.model"},

	otlpOperation:       {"gen_ai.operation.name"},
	otlpRequestType:     {"llm.request.type"},
	otlpSpanKind:        {"openinference.span.kind", "traceloop.span.kind"},
	otlpVercelOperation: {"ai.operationId"},
	otlpObservation:     {"langfuse.observation.type"},

	otlpInput: {"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens",
		"llm.token_count.prompt", "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens",
		"gen_ai.aggregated_usage.input_tokens"},
	otlpOutput: {"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens",
		"llm.token_count.completion", "ai.usage.outputTokens", "ai.usage.completionTokens",
		"gen_ai.aggregated_usage.output_tokens"},
	otlpTotal: {"gen_ai.usage.total_tokens", "llm.usage.total_tokens", "llm.token_count.total", "ai.usage.totalTokens"},
	otlpCached: {"gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
		"gen_ai.usage.cached_input_tokens", "gen_ai.usage.input_tokens.cached", "gen_ai.usage.cached_tokens",
		"gen_ai.usage.cache_read_tokens", "gen_ai.usage.details.cache_read_tokens",
		"gen_ai.usage.details.cache_read_input_tokens", "gen_ai.usage.details.cached_tokens",
		"llm.token_count.prompt_details.cache_read", "llm.usage.cache_read_input_tokens",
		"ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens",
		"gen_ai.aggregated_usage.cache_read.input_tokens"},
	otlpCacheWrite: {"gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens",
		"gen_ai.usage.cache_creation_input_tokens", "gen_ai.usage.cache_write_tokens",
		"gen_ai.usage.details.cache_write_tokens", "gen_ai.usage.details.cache_creation_input_tokens",
		"llm.token_count.prompt_details.cache_write", "llm.usage.cache_creation_input_tokens",
		"ai.usage.inputTokenDetails.cacheWriteTokens", "ai.usage.cacheCreationInputTokens",
		"gen_ai.aggregated_usage.cache_creation.input_tokens"},
	otlpReasoning: {"gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
		"gen_ai.usage.reasoning_output_tokens", "gen_ai.usage.output_tokens.reasoning",
		"gen_ai.usage.details.reasoning_tokens", "gen_ai.usage.details.thinking_tokens",
		"llm.token_count.completion_details.reasoning", "llm.usage.reasoning_tokens", "ai.usage.reasoningTokens",
		"ai.usage.outputTokenDetails.reasoningTokens"},
	otlpCost: {"genmeter.cost_usd", "gen_ai.usage.cost", "gen_ai.usage.cost_usd", "gen_ai.usage.total_cost",
		"gen_ai.usage.cost.total", "gen_ai.cost.total_cost", "operation.cost", "llm.cost.total", "llm.usage.cost"},

	otlpFinish: {"gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "llm.response.finish_reason",
		"llm.response.stop_reason", "llm.finish_reason", "gen_ai.completion.0.finish_reason", "ai.response.finishReason",
		"ai.finishReason"},
	otlpFirstSeconds: {"gen_ai.response.time_to_first_chunk", "gen_ai.response.time_to_first_token",
		"gen_ai.server.time_to_first_token", "gen_ai.latency.time_to_first_token"},
	otlpFirstMillis: {"ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"},

	otlpErrorType:     {"error.type"},
	otlpExceptionType: {"exception.type"},
	otlpExceptionText: {"exception.message"},

	otlpStep:     {"genmeter.step", "gen_ai.agent.name", "ai.telemetry.functionId"},
	otlpRecordID: {"genmeter.record_id"},
	otlpAttempt:  {"genmeter.attempt"},
	otlpCacheHit: {"genmeter.cache_hit"},
	otlpBatch:    {"genmeter.batch"},

	otlpResponseID:   {"gen_ai.response.id", "ai.response.id"},
	otlpConversation: {"gen_ai.conversation.id"},

	otlpEvaluator:   {"gen_ai.evaluation.name"},
	otlpScore:       {"gen_ai.evaluation.score.value"},
	otlpScoreLabel:  {"gen_ai.evaluation.score.label"},
	otlpExplanation: {"gen_ai.evaluation.explanation"},
	otlpEventName:   {"event.name"},
}

// otlpKey is what a spelling stands for; of two that stand for the same field the one of the lower rank counts. Ranks
// begin at 1.
type otlpKey struct {
	field otlpField
	rank  uint8
}

var otlpKeys = func() map[string]otlpKey {
	keys := make(map[string]otlpKey)
	for field, names := range otlpSpellings {
		for i, name := range names {
			keys[name] = otlpKey{otlpField(field), uint8(i + 1)}
		}
	}
	return keys
}()

// otlpRole is what a span or log record is.
type otlpRole uint8

const (
	otlpOther otlpRole = iota // nothing about a model
	otlpCall                  // one call to a model
	otlpAgent                 // something around calls, that may report their sum
)

// otlpOperations are the operations whose roles are known, in lower case.
var otlpOperations = map[string]otlpRole{
	"chat": otlpCall, "generate_content": otlpCall, "text_completion": otlpCall, "embeddings": otlpCall,
	"invoke_agent": otlpAgent, "create_agent": otlpAgent, "invoke_workflow": otlpAgent, "plan": otlpAgent,
	"execute_tool": otlpAgent, "retrieval": otlpAgent, "rerank": otlpAgent,
	"create_memory": otlpAgent, "create_memory_store": otlpAgent, "delete_memory": otlpAgent,
	"delete_memory_store": otlpAgent, "search_memory": otlpAgent, "update_memory": otlpAgent, "upsert_memory": otlpAgent,
}

// otlpKinds are what other conventions than OpenTelemetry's say of a span, in lower case: OpenLLMetry's llm.request.type
// and traceloop.span.kind, OpenInference's span kinds, Langfuse's types of observation. The text is the operation of a
// call, empty for what is none.
var otlpKinds = map[string]string{
	"chat": "chat", "llm": "chat", "generation": "chat", "completion": "text_completion",
	"embedding": "embeddings", "rerank": "", "workflow": "", "task": "", "agent": "", "tool": "", "chain": "",
	"retriever": "", "reranker": "", "guardrail": "", "evaluator": "", "prompt": "", "span": "", "event": "",
}
