package monitor

import (
	"context"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/trace"
)

// TestTrackGenerationOutcome is the seed's success_rate and error_rate: a failure without an error is a judge's
// refusal.
func TestTrackGenerationOutcome(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	for range 3 {
		m.TrackGeneration(ctx, Generation{Model: "m", Success: true, FinishReason: "end_turn"})
	}
	m.TrackGeneration(ctx, Generation{Model: "m", Error: "Request timed out."})
	m.TrackGeneration(ctx, Generation{Model: "m", ErrorType: ErrorParse})
	m.TrackGeneration(ctx, Generation{Model: "m", FinishReason: "length"})
	m.TrackGeneration(ctx, Generation{Model: "m", Success: true, Error: "a warning"}) // it worked all the same

	m.want("genmeter.generations", map[string]point{
		"M=m,P=unknown,finish_reason=stop,outcome=success":    {value: 3},
		"M=m,P=unknown,outcome=success":                       {value: 1},
		"M=m,P=unknown,outcome=error":                         {value: 2},
		"M=m,P=unknown,finish_reason=length,outcome=rejected": {value: 1},
	})
	m.want("genmeter.generation_failures", map[string]point{
		"M=m,P=unknown,error.type=timeout": {value: 1},
		"M=m,P=unknown,error.type=parse":   {value: 1},
	})
	if s := m.Aggregate("success_rate", 0); s.Count != 7 || s.Sum != 4 {
		t.Errorf("success_rate is %+v, want 4 of 7", s)
	}
	if s := m.Aggregate("error_rate", 0); s.Count != 7 || s.Sum != 2 {
		t.Errorf("error_rate is %+v, want 2 of 7", s)
	}
}

// TestSeedFault4EveryCallHasAnErrorRate: in the seed error_rate has samples of failures alone, so that it is always 1.
func TestSeedFault4EveryCallHasAnErrorRate(t *testing.T) {
	m := newMetered(t)
	for range 9 {
		m.TrackGeneration(t.Context(), Generation{Success: true})
	}
	m.TrackGeneration(t.Context(), Generation{Error: "503 Service Unavailable"})
	if s := m.Aggregate("error_rate", time.Minute); s.Count != 10 || s.Mean != 0.1 {
		t.Errorf("error_rate has count %d and mean %v, want 10 and 0.1", s.Count, s.Mean)
	}
}

// TestSeedFault5AttemptsAreNotRecords: in the seed one failed answer counts up to three times on its way up, and a
// finished conversation as one more call. Retries are calls of their own here, told by Attempt, and the row they
// worked for is a record.
func TestSeedFault5AttemptsAreNotRecords(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	m.TrackGeneration(ctx, Generation{Model: "m", Attempt: 1, RecordID: "row", Error: "429"})
	m.TrackGeneration(ctx, Generation{Model: "m", Attempt: 2, RecordID: "row", Success: true})
	m.RecordMetric(ctx, "error_rate", 1) // the third time that the seed counts the failure
	m.TrackRecord(ctx, Record{ID: "row"})

	if p := m.Progress(); p.Calls != 2 || p.Failures != 1 || p.Done != 1 {
		t.Errorf("progress is %+v, want 2 calls, 1 failure, 1 record", p)
	}
	if s := m.Aggregate("error_rate", 0); s.Count != 2 || s.Mean != 0.5 {
		t.Errorf("error_rate is %+v, want 1 of 2", s)
	}
	var attempts []int32
	for e := range m.Snapshot(0) {
		if e.Kind == KindGeneration {
			attempts = append(attempts, e.Attempt)
			if e.RecordID != "row" {
				t.Errorf("the call has RecordID %q, want row", e.RecordID)
			}
		}
	}
	if len(attempts) != 2 || attempts[0] != 1 || attempts[1] != 2 {
		t.Errorf("attempts are %v, want 1 and 2", attempts)
	}
}

// TestTokens holds what peers get wrong (langfuse#10592, gemini-cli#28683): cached and reasoning tokens are parts, the
// sum over types is the total, and what was not reported is not a zero.
func TestTokens(t *testing.T) {
	for _, test := range []struct {
		name           string
		gen            Generation
		tokens         map[string]float64 // by type
		details        map[string]float64
		input, output  uint64 // samples of the histogram
		total, reports float64
	}{
		{"none reported", Generation{}, nil, nil, 0, 0, 0, 0},
		{"prompt and completion", Generation{PromptTokens: 100, CompletionTokens: 20},
			map[string]float64{"input": 100, "output": 20}, nil, 1, 1, 120, 1},
		{"the same with the total", Generation{PromptTokens: 100, CompletionTokens: 20, TotalTokens: 120},
			map[string]float64{"input": 100, "output": 20}, nil, 1, 1, 120, 1},
		{"a total above the sum (Gemini's thinking)", Generation{PromptTokens: 100, CompletionTokens: 20, TotalTokens: 150},
			map[string]float64{"input": 100, "output": 20, "unsplit": 30}, nil, 1, 1, 150, 1},
		{"a total below the sum", Generation{PromptTokens: 100, CompletionTokens: 20, TotalTokens: 7},
			map[string]float64{"input": 100, "output": 20}, nil, 1, 1, 120, 1},
		{"total only", Generation{TotalTokens: 99}, map[string]float64{"unsplit": 99}, nil, 0, 0, 99, 1},
		{"prompt only", Generation{PromptTokens: 5}, map[string]float64{"input": 5}, nil, 1, 0, 5, 1},
		{"parts", Generation{PromptTokens: 100, CompletionTokens: 50, CachedTokens: 60, CacheWriteTokens: 10, ReasoningTokens: 40},
			map[string]float64{"input": 100, "output": 50},
			map[string]float64{"cache_read": 60, "cache_write": 10, "reasoning": 40}, 1, 1, 150, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMetered(t)
			test.gen.Model, test.gen.Success = "m", true
			m.TrackGeneration(t.Context(), test.gen)
			got := m.collect()
			for typ, want := range test.tokens {
				if v := got["genmeter.tokens"]["M=m,P=unknown,type="+typ].value; v != want {
					t.Errorf("%s tokens are %v, want %v", typ, v, want)
				}
			}
			if len(got["genmeter.tokens"]) != len(test.tokens) || total(got["genmeter.tokens"]) != test.total {
				t.Errorf("tokens are %v, want %v with the sum %v", got["genmeter.tokens"], test.tokens, test.total)
			}
			for typ, want := range test.details {
				if v := got["genmeter.token_details"]["M=m,P=unknown,type="+typ].value; v != want {
					t.Errorf("%s details are %v, want %v", typ, v, want)
				}
			}
			hist := got["gen_ai.client.token.usage"]
			if in, out := hist["M=m,O=chat,P=unknown,token_type=input"].count,
				hist["M=m,O=chat,P=unknown,token_type=output"].count; in != test.input || out != test.output {
				t.Errorf("the histogram has %d input and %d output samples, want %d and %d", in, out, test.input, test.output)
			}
			if v := total(got["genmeter.usage_reports"]); v != test.reports {
				t.Errorf("usage reports are %v, want %v", v, test.reports)
			}
			if s := m.Aggregate("total_token_count", 0); float64(s.Count) != test.reports || s.Sum != test.total {
				t.Errorf("total_token_count is %+v, want sum %v of %v", s, test.total, test.reports)
			}
			if u := m.TokenUsage(0); float64(u.TotalTokens) != test.total {
				t.Errorf("TokenUsage has %d tokens, want %v", u.TotalTokens, test.total)
			}
		})
	}
}

func TestCacheHit(t *testing.T) {
	m := newMetered(t)
	m.TrackGeneration(t.Context(), Generation{
		Model: "m", Success: true, CacheHit: true, Duration: time.Second, TimeToFirstToken: time.Second,
		PromptTokens: 100, CompletionTokens: 10, CachedTokens: 100, CostUSD: 3,
	})
	m.want("genmeter.cache_hits", map[string]point{"M=m,P=unknown": {value: 1}})
	m.want("genmeter.generations", map[string]point{"M=m,P=unknown,outcome=success": {value: 1}})
	for _, name := range []string{
		"genmeter.tokens", "genmeter.token_details", "genmeter.cost_usd", "genmeter.usage_reports", "genmeter.unpriced_tokens",
		"gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk", "gen_ai.client.token.usage",
	} {
		m.want(name, nil)
	}
	u := m.TokenUsage(0)
	if len(u.ByModel) != 1 || u.ByModel[0].Calls != 1 || u.TotalTokens != 0 || u.TotalCostUSD != 0 {
		t.Errorf("token usage is %+v, want one call without tokens", u)
	}
	for e := range m.Snapshot(0) {
		if e.TotalTokens != 0 || e.CostUSD != 0 || e.Duration != 0 {
			t.Errorf("the event still bills: %+v", e)
		}
	}
}

func TestLatency(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	m.TrackGeneration(ctx, Generation{Model: "m", Success: true, Duration: 3 * time.Second,
		TimeToFirstToken: time.Second, CompletionTokens: 41}) // 2 s for 40 tokens
	m.TrackGeneration(ctx, Generation{Model: "m", Success: true, Duration: time.Second,
		TimeToFirstToken: 2 * time.Second, CompletionTokens: 10}) // cannot be: no time per token
	m.TrackGeneration(ctx, Generation{Model: "m", Success: true, Duration: time.Second, TimeToFirstToken: time.Second,
		CompletionTokens: 1}) // nothing after the first
	m.TrackGeneration(ctx, Generation{Model: "m", Duration: 7 * time.Second, Error: "timeout", Operation: "embed"})
	m.TrackGeneration(ctx, Generation{Model: "m", Success: true}) // not measured
	m.TrackGeneration(ctx, Generation{Model: "m", Success: true, Batch: true, Duration: 5 * time.Hour,
		TimeToFirstToken: time.Hour, CompletionTokens: 9}) // no latency

	m.want("gen_ai.client.operation.duration", map[string]point{
		"M=m,O=chat,P=unknown":                          {3, 5},
		"M=m,O=embeddings,P=unknown,error.type=timeout": {1, 7},
	})
	m.want("gen_ai.client.operation.time_to_first_chunk", map[string]point{"M=m,O=chat,P=unknown": {3, 4}})
	m.want("genmeter.time_per_output_token", map[string]point{"M=m,P=unknown": {1, 0.05}})
	if s := m.Aggregate("generation_time", 0); s.Count != 4 || s.Sum != 12 || s.Max != 7 {
		t.Errorf("generation_time is %+v, want 4 samples of 12 s in all", s)
	}
	if s := m.Aggregate("time_to_first_token", 0); s.Count != 3 || s.Sum != 4 {
		t.Errorf("time_to_first_token is %+v, want 3 samples of 4 s in all", s)
	}
	m.want("genmeter.tokens", map[string]point{"M=m,P=unknown,type=output": {value: 61}}) // the batch's tokens count
}

// TestTurns is the seed's conversation_length.
func TestTurns(t *testing.T) {
	m := newMetered(t)
	m.TrackGeneration(t.Context(), Generation{Model: "m", Turns: 4})
	m.TrackGeneration(t.Context(), Generation{Model: "m", Turns: 2})
	m.TrackGeneration(t.Context(), Generation{Model: "m"})
	m.want("genmeter.conversation_turns", map[string]point{"M=m,P=unknown": {2, 6}})
	if s := m.Aggregate("conversation_length", 0); s.Count != 2 || s.Mean != 3 {
		t.Errorf("conversation_length is %+v, want mean 3 of 2", s)
	}
}

func TestLastSuccess(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	m.TrackGeneration(t.Context(), Generation{Model: "bad", Error: "x"})
	m.TrackGeneration(t.Context(), Generation{Model: "m", Success: true})
	m.TrackGeneration(t.Context(), Generation{Model: "m", Success: true, Time: testEpoch.Add(-time.Hour)}) // late
	m.want("genmeter.last_success_timestamp", map[string]point{"M=m,P=unknown": {value: float64(testEpoch.Unix())}})
}

// TestMissingModelIsUnknown: the seed's real callers log failures without a model.
func TestMissingModelIsUnknown(t *testing.T) {
	m := newMetered(t)
	m.TrackGeneration(t.Context(), Generation{Error: "x", TotalTokens: 3})
	m.want("genmeter.tokens", map[string]point{"M=unknown,P=unknown,type=unsplit": {value: 3}})
	if u := m.TokenUsage(0); len(u.ByModel) != 1 || u.ByModel[0].ModelName != "unknown" {
		t.Errorf("token usage is %+v, want one model, unknown", u.ByModel)
	}
	if s := m.Aggregate("error_rate", 0, ForModel("unknown")); s.Count != 1 || s.QuantileCoverage != 1 {
		t.Errorf("error_rate of unknown is %+v, want one sample", s)
	}
	if s := m.Aggregate("model_usage:unknown", 0); s.Count != 0 {
		t.Errorf("model_usage:unknown is %+v, want none: the seed has no such sample", s)
	}
}

// TestModelUsageAndFinishReason are the seed's metrics of these names.
func TestModelUsageAndFinishReason(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	m.TrackGeneration(ctx, Generation{Model: "a/b:c", FinishReason: "FinishReason.MAX_TOKENS"})
	m.TrackGeneration(ctx, Generation{Model: "a/b:c", FinishReason: "None"})
	m.TrackGeneration(ctx, Generation{Model: "d", FinishReason: "length"})
	for name, want := range map[string]uint64{
		"model_usage:a/b:c": 2, "model_usage:d": 1, "finish_reason:length": 2, "finish_reason:MAX_TOKENS": 2,
		"finish_reason:None": 0, "finish_reason:stop": 0, "model_usage:": 0, "finish_reason:": 0,
	} {
		s := m.Aggregate(name, time.Hour)
		if s.Count != want || s.Sum != float64(want) {
			t.Errorf("%s is %+v, want count %d", name, s, want)
		}
		if want > 0 && (s.P50 != 1 || s.QuantileCoverage != 1) {
			t.Errorf("%s has quantiles %+v, want 1", name, s)
		}
	}
}

// TestExemplars: the span that was current is kept, and is the exemplar where the provider has them on.
func TestExemplars(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithExemplarFilter(exemplar.TraceBasedFilter))
	m, err := New(mp)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown(context.Background()) })
	span := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1, 2, 3}, SpanID: trace.SpanID{4, 5}, TraceFlags: trace.FlagsSampled,
	})
	ctx, cancel := context.WithCancel(trace.ContextWithSpanContext(t.Context(), span))
	cancel() // recording takes only the span from it
	m.TrackGeneration(ctx, Generation{Model: "m", Success: true, Duration: time.Second})
	m.TrackEvaluation(ctx, Evaluation{Evaluator: "e", Success: true, Duration: time.Second})
	m.TrackGeneration(t.Context(), Generation{Model: "m", Success: true, Duration: time.Minute}) // no span

	var kept []trace.SpanContext
	for e := range m.Snapshot(0) {
		kept = append(kept, e.SpanContext())
	}
	if len(kept) != 3 || !kept[0].Equal(span) || !kept[1].Equal(span) || kept[2].IsValid() {
		t.Errorf("spans are %v, want %v twice and an invalid one", kept, span)
	}
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &rm); err != nil {
		t.Fatal(err)
	}
	exemplars := 0
	for _, metric := range rm.ScopeMetrics[0].Metrics {
		h, ok := metric.Data.(metricdata.Histogram[float64])
		if !ok {
			continue
		}
		for _, dp := range h.DataPoints {
			for _, x := range dp.Exemplars {
				exemplars++
				if id := span.TraceID(); string(x.TraceID) != string(id[:]) || x.Value != 1 {
					t.Errorf("%s has exemplar %v of trace %x", metric.Name, x.Value, x.TraceID)
				}
			}
		}
	}
	if exemplars != 2 {
		t.Errorf("%d exemplars, want 2: of the call's and the evaluation's duration", exemplars)
	}
}

// TestOperations holds the operation label to its closed set.
func TestOperations(t *testing.T) {
	for raw, want := range map[string]string{
		"": "chat", "Chat": "chat", "generate_content": "generate_content", "embed": "embeddings",
		"completions": "text_completion", "my own thing": "other", "rerank": "retrieval",
	} {
		if got := classifyOperation(raw); got != want {
			t.Errorf("operation %q is %q, want %q", raw, got, want)
		}
	}
}
