package ingest_test

import (
	"log/slog"
	"reflect"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// TestOTLPSpellings: attributes as instrumentations write them, and the event that each set of them is.
func TestOTLPSpellings(t *testing.T) {
	for name, test := range map[string]struct {
		attrs attrs
		want  monitor.Event
	}{
		// semantic-conventions-genai, docs/gen-ai/gen-ai-spans.md: inference spans
		"conventions of today": {attrs{
			"gen_ai.operation.name": "generate_content", "gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": "gemini-2.5-pro",
			"gen_ai.response.model": "gemini-2.5-pro-002", "gen_ai.response.id": "r1", "gen_ai.conversation.id": "c1",
			"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 180, "gen_ai.usage.cache_read.input_tokens": 50,
			"gen_ai.usage.cache_creation.input_tokens": 25, "gen_ai.usage.reasoning.output_tokens": 30,
			"gen_ai.response.finish_reasons": []string{"stop", "length"}, "gen_ai.response.time_to_first_chunk": 0.5,
			"gen_ai.agent.name": "planner", "gen_ai.request.temperature": 0.7,
		}, monitor.Event{
			Operation: "generate_content", Provider: "gcp.gemini", Model: "gemini-2.5-pro", Step: "planner", PromptTokens: 100,
			CompletionTokens: 180, CachedTokens: 50, CacheWriteTokens: 25, ReasoningTokens: 30, FinishReason: "stop",
			TimeToFirstToken: 500 * time.Millisecond, Attrs: []slog.Attr{slog.String("gen_ai.response.model", "gemini-2.5-pro-002"),
				slog.String("gen_ai.response.id", "r1"), slog.String("gen_ai.conversation.id", "c1")},
		}},
		// semantic-conventions 1.26, docs/gen-ai/gen-ai-spans.md: no operation, gen_ai.system, prompt_tokens
		"conventions of 1.26": {attrs{
			"gen_ai.system": "openai", "gen_ai.request.model": "gpt-4", "gen_ai.usage.prompt_tokens": 100, "gen_ai.usage.completion_tokens": 180,
		}, monitor.Event{Operation: "chat", Provider: "openai", Model: "gpt-4", PromptTokens: 100, CompletionTokens: 180}},
		// opentelemetry-instrumentation-openai-v2: embeddings
		"embeddings": {attrs{
			"gen_ai.operation.name": "embeddings", "gen_ai.system": "openai", "gen_ai.request.model": "text-embedding-3-small", "gen_ai.usage.input_tokens": 9,
		}, monitor.Event{Operation: "embeddings", Provider: "openai", Model: "text-embedding-3-small", PromptTokens: 9}},
		// vLLM's server, vllm/tracing: no operation, no request model
		"only a response model": {attrs{
			"gen_ai.response.model": "llama", "gen_ai.usage.prompt_tokens": 7, "gen_ai.usage.completion_tokens": 3, "gen_ai.latency.time_to_first_token": 0.25,
		}, monitor.Event{Operation: "chat", Model: "llama", PromptTokens: 7, CompletionTokens: 3, TimeToFirstToken: 250 * time.Millisecond}},
		// traceloop/openllmetry, opentelemetry-semantic-conventions-ai, versions to 0.4
		"OpenLLMetry": {attrs{
			"llm.request.type": "completion", "gen_ai.system": "OpenAI", "gen_ai.request.model": "gpt-3.5-turbo-instruct",
			"gen_ai.usage.prompt_tokens": 8, "gen_ai.usage.completion_tokens": 4, "llm.usage.total_tokens": 12,
			"gen_ai.usage.cache_read_input_tokens": 2, "gen_ai.usage.reasoning_tokens": 1, "gen_ai.completion.0.finish_reason": "stop",
			"traceloop.workflow.name": "w", "traceloop.entity.path": "w.t",
		}, monitor.Event{Operation: "text_completion", Provider: "openai", Model: "gpt-3.5-turbo-instruct", PromptTokens: 8, CompletionTokens: 4,
			TotalTokens: 12, CachedTokens: 2, ReasoningTokens: 1, FinishReason: "stop"}},
		// traceloop/go-openllmetry, semconv-ai
		"OpenLLMetry for Go": {attrs{
			"llm.request.type": "chat", "llm.vendor": "openai", "llm.request.model": "gpt-4", "llm.response.model": "gpt-4",
			"llm.usage.prompt_tokens": 8, "llm.usage.completion_tokens": 4, "llm.usage.total_tokens": 12,
		}, monitor.Event{Operation: "chat", Provider: "openai", Model: "gpt-4", PromptTokens: 8, CompletionTokens: 4, TotalTokens: 12}},
		// Arize-ai/openinference, openinference-semantic-conventions/src/trace/SemanticConventions.ts
		"OpenInference": {attrs{
			"openinference.span.kind": "LLM", "llm.system": "anthropic", "llm.provider": "aws", "llm.model_name": "claude",
			"llm.token_count.prompt": 90, "llm.token_count.completion": 10, "llm.token_count.total": 100,
			"llm.token_count.prompt_details.cache_read": 40, "llm.token_count.prompt_details.cache_write": 20,
			"llm.token_count.completion_details.reasoning": 5, "llm.cost.total": 0.01, "llm.finish_reason": "stop",
		}, monitor.Event{Operation: "chat", Provider: "aws", Model: "claude", PromptTokens: 90, CompletionTokens: 10, TotalTokens: 100,
			CachedTokens: 40, CacheWriteTokens: 20, ReasoningTokens: 5, CostUSD: 0.01, FinishReason: "stop"}},
		"OpenInference embedding": {attrs{
			"openinference.span.kind": "EMBEDDING", "embedding.model_name": "ada", "llm.token_count.prompt": 6,
		}, monitor.Event{Operation: "embeddings", Model: "ada", PromptTokens: 6}},
		// vercel/ai 4 and 5, ai-sdk.dev/docs/ai-sdk-core/telemetry: call LLM spans
		"Vercel AI SDK": {attrs{
			"operation.name": "ai.streamText.doStream f", "ai.operationId": "ai.streamText.doStream", "ai.telemetry.functionId": "f",
			"ai.model.id": "gpt-4o", "ai.model.provider": "openai.chat", "gen_ai.system": "openai.chat", "gen_ai.request.model": "gpt-4o",
			"ai.usage.promptTokens": 12, "ai.usage.completionTokens": 6, "ai.usage.cachedInputTokens": 4, "ai.usage.reasoningTokens": 2,
			"gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 6, "ai.response.finishReason": "tool-calls",
			"gen_ai.response.finish_reasons": []string{"tool-calls"}, "ai.response.msToFirstChunk": 250.5, "ai.response.model": "gpt-4o",
		}, monitor.Event{Operation: "chat", Provider: "openai", Model: "gpt-4o", Step: "f", PromptTokens: 12, CompletionTokens: 6, CachedTokens: 4,
			ReasoningTokens: 2, FinishReason: "tool-calls", TimeToFirstToken: 250500 * time.Microsecond}},
		"Vercel AI SDK, embeddings": {attrs{
			"ai.operationId": "ai.embed.doEmbed", "ai.model.id": "e", "ai.model.provider": "openai.embedding", "ai.usage.tokens": 3,
		}, monitor.Event{Operation: "embeddings", Provider: "openai", Model: "e", PromptTokens: 3}},
		// pydantic/pydantic-ai, models/instrumented.py and usage.py; operation.cost is genai-prices'
		"Pydantic AI": {attrs{
			"gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-5", "gen_ai.usage.input_tokens": 20,
			"gen_ai.usage.output_tokens": 9, "gen_ai.usage.details.cache_read_tokens": 5, "gen_ai.usage.details.reasoning_tokens": 4,
			"operation.cost": 0.002, "gen_ai.response.finish_reasons": []string{"stop"},
		}, monitor.Event{Operation: "chat", Provider: "openai", Model: "gpt-5", PromptTokens: 20, CompletionTokens: 9, CachedTokens: 5,
			ReasoningTokens: 4, CostUSD: 0.002, FinishReason: "stop"}},
		// langfuse's SDKs, packages/otel: attributes of an observation
		"Langfuse": {attrs{
			"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o", "gen_ai.usage.cost": 0.5,
		}, monitor.Event{Operation: "chat", Model: "gpt-4o", CostUSD: 0.5}},
		// LiteLLM's OpenTelemetry callback: finish reasons as JSON text
		"finish reasons as text": {attrs{
			"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.response.finish_reasons": `["length","stop"]`,
			"gen_ai.cost.total_cost": 0.125, "gen_ai.usage.total_tokens": 7,
		}, monitor.Event{Operation: "chat", Model: "m", FinishReason: "length", CostUSD: 0.125, TotalTokens: 7}},
		"ours": {attrs{
			"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "genmeter.record_id": "row-1", "genmeter.step": "draft",
			"gen_ai.agent.name": "a", "genmeter.attempt": 2, "genmeter.cache_hit": true, "genmeter.batch": "true", "genmeter.cost_usd": "0.5",
		}, monitor.Event{Operation: "chat", Model: "m", RecordID: "row-1", Step: "draft", Attempt: 2, CacheHit: true, Batch: true, CostUSD: 0.5}},
		"an operation of its own": {attrs{
			"gen_ai.operation.name": "image_generation", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 3,
		}, monitor.Event{Operation: "image_generation", Model: "m", PromptTokens: 3}},
		// Anthropic's API: input_tokens without cache_read_input_tokens and cache_creation_input_tokens
		"cached tokens beside the input": {attrs{
			"gen_ai.operation.name": "chat", "gen_ai.request.model": "c", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 3,
			"gen_ai.usage.cache_read_input_tokens": 100, "gen_ai.usage.cache_creation_input_tokens": 20,
		}, monitor.Event{Operation: "chat", Model: "c", PromptTokens: 130, CompletionTokens: 3, CachedTokens: 100, CacheWriteTokens: 20}},
		"cached tokens beside the input, by the total": {attrs{
			"gen_ai.operation.name": "chat", "gen_ai.request.model": "c", "gen_ai.usage.input_tokens": 200, "gen_ai.usage.output_tokens": 3,
			"gen_ai.usage.cache_read_input_tokens": 100, "gen_ai.usage.total_tokens": 303,
		}, monitor.Event{Operation: "chat", Model: "c", PromptTokens: 300, CompletionTokens: 3, TotalTokens: 303, CachedTokens: 100}},
	} {
		r := readSpans(t, ingest.NewOTLP(ingest.OTLPOptions{}), span(1, 0, test.attrs))
		if len(r.Events) != 1 {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		want := test.want
		want.Kind, want.ID, want.Success, want.Duration, want.Time = monitor.KindGeneration, spanID(1), true, 2*time.Second, otlpNow
		if got := r.Events[0]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
		}
	}
}

// TestOTLPNoCalls: spans that are no call, and count only if they report usage that nothing inside them reports.
func TestOTLPNoCalls(t *testing.T) {
	for name, test := range map[string]struct {
		attrs attrs
		usage int64
	}{
		"an HTTP server":             {attrs{"http.request.method": "POST"}, 0},
		"a tool":                     {attrs{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t", "gen_ai.request.model": "m"}, 0},
		"an agent":                   {attrs{"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 5}, 5},
		"a workflow of OpenLLMetry":  {attrs{"traceloop.span.kind": "workflow", "traceloop.entity.name": "w"}, 0},
		"a chain of OpenInference":   {attrs{"openinference.span.kind": "CHAIN", "llm.token_count.total": 5}, 0},
		"a reranker":                 {attrs{"llm.request.type": "rerank", "gen_ai.request.model": "m"}, 0},
		"Vercel's outer span":        {attrs{"ai.operationId": "ai.generateText", "ai.model.id": "m", "ai.usage.promptTokens": 5}, 5},
		"an agent run of Pydantic":   {attrs{"model_name": "m", "agent_name": "a", "gen_ai.usage.input_tokens": 5}, 5},
		"aggregated usage":           {attrs{"gen_ai.operation.name": "invoke_agent", "gen_ai.aggregated_usage.input_tokens": 5}, 5},
		"a model and nothing else":   {attrs{"gen_ai.request.model": "m"}, 0},
		"a custom one without usage": {attrs{"gen_ai.operation.name": "moderate", "gen_ai.request.model": "m"}, 0},
	} {
		o := ingest.NewOTLP(ingest.OTLPOptions{})
		r := readSpans(t, o, span(1, 0, test.attrs))
		if len(r.Events) != 0 || r.Other+r.Held != 1 {
			t.Errorf("%s: %+v", name, r)
		}
		if got := sumOf(o.Drain()); got.calls != 0 || got.input != test.usage {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestOTLPFailures: a failure is told in many ways, and each has its class.
func TestOTLPFailures(t *testing.T) {
	exception := []*tracepb.Span_Event{{Name: "exception", Attributes: keyValues(attrs{
		"exception.type": "httpx.ReadTimeout", "exception.message": "read timed out", "exception.stacktrace": "…"})}}
	status := func(code tracepb.Status_StatusCode, message string) *tracepb.Status {
		return &tracepb.Status{Code: code, Message: message}
	}
	for name, test := range map[string]struct {
		errorType any
		status    *tracepb.Status
		events    []*tracepb.Span_Event
		class     monitor.ErrorType // empty for a success
		text      string
	}{
		"none":                   {nil, status(tracepb.Status_STATUS_CODE_UNSET, ""), nil, "", ""},
		"only a status":          {nil, status(tracepb.Status_STATUS_CODE_ERROR, ""), nil, monitor.ErrorOther, ""},
		"status and message":     {nil, status(tracepb.Status_STATUS_CODE_ERROR, "Error code: 429"), nil, monitor.ErrorRateLimit, "Error code: 429"},
		"only a type":            {"timeout", nil, nil, monitor.ErrorTimeout, ""},
		"a type that is none":    {"_OTHER", nil, nil, monitor.ErrorOther, ""},
		"an HTTP status":         {"429", nil, nil, monitor.ErrorRateLimit, ""},
		"a number":               {503, nil, nil, monitor.ErrorServer, ""},
		"only an exception":      {nil, nil, exception, monitor.ErrorTimeout, "read timed out"},
		"an exception, got over": {nil, status(tracepb.Status_STATUS_CODE_OK, ""), exception, "", ""},
		"all of them": {"openai.RateLimitError", status(tracepb.Status_STATUS_CODE_ERROR, "slow down"), exception,
			monitor.ErrorRateLimit, "slow down"},
		"an exception without attributes": {nil, nil, []*tracepb.Span_Event{{Name: "exception"}}, monitor.ErrorOther, ""},
	} {
		from := attrs{"gen_ai.operation.name": "chat"}
		if test.errorType != nil {
			from["error.type"] = test.errorType
		}
		s := span(1, 0, from)
		s.Status, s.Events = test.status, test.events
		r := readSpans(t, ingest.NewOTLP(ingest.OTLPOptions{}), s)
		ev := r.Events[0]
		if want := map[bool]string{true: "success", false: "error"}[test.class == ""]; ev.CallOutcome() != want || ev.ErrorClass() != test.class || ev.Error != test.text {
			t.Errorf("%s: %s, %s, %q", name, ev.CallOutcome(), ev.ErrorClass(), ev.Error)
		}
	}
}
