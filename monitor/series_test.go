package monitor

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// checkSeries holds every instrument to the bound, and looks for the SDK's own overflow, which would be silent.
func checkSeries(t *testing.T, all map[string]map[string]point) {
	t.Helper()
	for name, series := range all {
		// Past the bound the closed labels are still told apart: at most 90 (9 operations, each a success or 9 classes).
		if len(series) > maxSeries+90 {
			t.Errorf("%s has %d series", name, len(series))
		}
		for key := range series {
			if strings.Contains(key, "otel.metric.overflow") {
				t.Errorf("%s has the SDK's overflow series", name)
			}
		}
	}
}

// TestTenThousandModels: users of litellm#12159 and gofr#3566 lose their Prometheus to unbounded labels.
func TestTenThousandModels(t *testing.T) {
	m := newMetered(t)
	const models = 10_000
	for i := range models {
		m.TrackGeneration(t.Context(), Generation{
			Model: fmt.Sprint("model-", i), Success: true, Duration: time.Second, PromptTokens: 10, CompletionTokens: 5,
			CostUSD: 0.5, Turns: 2, TimeToFirstToken: time.Millisecond,
		})
	}
	all := m.collect()
	checkSeries(t, all)
	for name, want := range map[string]float64{
		"genmeter.generations": models, "genmeter.tokens": 15 * models, "genmeter.cost_usd": models / 2,
		"genmeter.usage_reports": models, "genmeter.conversation_turns": 2 * models,
		"gen_ai.client.operation.duration": models, "gen_ai.client.token.usage": 15 * models,
	} {
		if got := total(all[name]); got != want {
			t.Errorf("%s sums to %v, want %v", name, got, want)
		}
	}
	if got := counting(all["genmeter.generations"]); got != maxModels+1 {
		t.Errorf("%d models have a series, want %d and other", got, maxModels)
	}
	if got := all["genmeter.generations"]["M=other,P=unknown,outcome=success"].value; got != models-maxModels {
		t.Errorf("other has %v calls, want %d", got, models-maxModels)
	}
	if got := total(all["genmeter.series_overflow"]); got != models-maxModels {
		t.Errorf("the overflow is %v, want %d", got, models-maxModels)
	}
	u := m.TokenUsage(0)
	if len(u.ByModel) != maxModels+1 || u.TotalTokens != 15*models {
		t.Errorf("token usage has %d models and %d tokens, want %d and %d",
			len(u.ByModel), u.TotalTokens, maxModels+1, 15*models)
	}
	if s := m.Aggregate("generation_time", 0, ForModel("other")); s.Count != models-maxModels {
		t.Errorf("generation_time of other has %d samples, want %d", s.Count, models-maxModels)
	}
}

// TestTenThousandCombinations stays below the SDK's limit though each label by itself is within its own.
func TestTenThousandCombinations(t *testing.T) {
	m := newMetered(t)
	calls := 0
	finish := []string{"", "stop", "length", "content_filter", "tool_calls", "error", "other"}
	operations := []string{"chat", "embeddings", "text_completion", "generate_content", "retrieval", "execute_tool",
		"invoke_agent", "create_agent", "weird"}
	// Many combinations first, that the later ones of every closed label find no room.
	for round := range 2 {
		for model := range 150 {
			for step := range 10 {
				for f := range 7 {
					g := Generation{
						Provider: fmt.Sprint("p", model%15), Model: fmt.Sprint("m", model), Step: fmt.Sprint("s", step),
						FinishReason: finish[f], Success: f%3 == 0, Duration: time.Second, TotalTokens: 3, PromptTokens: 1,
						CompletionTokens: 1, CachedTokens: 1, Turns: 1, CostUSD: 1,
					}
					if f%3 == 1 {
						g.ErrorType = errorTypes[(model+step+f)%len(errorTypes)]
					}
					if round == 1 {
						g.Operation, g.Step = operations[calls%len(operations)], fmt.Sprint("s", step%5*10)
						g.ErrorType = errorTypes[calls/9%len(errorTypes)]
					}
					m.TrackGeneration(t.Context(), g)
					calls++
				}
			}
		}
	}
	all := m.collect()
	checkSeries(t, all)
	for name, want := range map[string]float64{
		"genmeter.generations": 1, "genmeter.tokens": 3, "genmeter.cost_usd": 1, "genmeter.conversation_turns": 1,
		"gen_ai.client.operation.duration": 1, "gen_ai.client.token.usage": 2, "genmeter.token_details": 1,
		"genmeter.usage_reports": 1,
	} {
		if got := total(all[name]); got != want*float64(calls) {
			t.Errorf("%s sums to %v, want %v", name, got, want*float64(calls))
		}
		t.Logf("%s has %d series", name, len(all[name]))
	}
	if got := len(all["genmeter.generations"]); got < maxSeries || total(all["genmeter.series_overflow"]) == 0 {
		t.Errorf("generations have %d series and %v overflows: the test does not reach the bound", got,
			all["genmeter.series_overflow"])
	}
	// What the instruments cannot tell apart the totals still can: no model is past its bound.
	u := m.TokenUsage(0)
	if len(u.ByModel) != 150 {
		t.Errorf("token usage has %d models, want 150", len(u.ByModel))
	}
	for _, model := range u.ByModel {
		if model.Calls != uint64(calls/150) || model.TotalTokens != int64(3*calls/150) {
			t.Errorf("%s has %d calls and %d tokens, want %d and %d", model.ModelName, model.Calls, model.TotalTokens,
				calls/150, 3*calls/150)
			break
		}
	}
}

func TestTenThousandOfEveryOtherLabel(t *testing.T) {
	m := newMetered(t, WithMetricLabels("a", "b", "c", "d", "e", "f", "g", "h"))
	ctx := t.Context()
	const n = 10_000
	for i := range n {
		name := fmt.Sprint("name-", i)
		m.TrackGeneration(ctx, Generation{Model: "m", Provider: name, Step: name, Success: true})
		m.TrackEvaluation(ctx, Evaluation{Evaluator: name, Success: true, Duration: time.Second,
			Scores: []Score{{Name: fmt.Sprint("score-", i%977), Value: 1}}})
		m.TrackRecord(ctx, Record{Outcome: Rejected, Reason: name})
		m.Track(ctx, Event{Kind: KindRecord, Source: name})
		m.CountRejected(name, ReasonMalformed, 1)
		m.CountRejected("", name, 1)
		m.RecordMetric(ctx, name, 1)
		var attrs []Attr // every subset of the labels, past the bound
		for bit, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			if i>>bit&1 == 1 {
				attrs = append(attrs, Int(key, i))
			}
		}
		m.RecordMetric(ctx, "labelled", 1, attrs...)
	}
	all := m.collect()
	checkSeries(t, all)
	for name, want := range map[string]float64{
		"genmeter.generations": n, "genmeter.evaluations": n, "genmeter.evaluation_duration": n,
		"genmeter.evaluation_score": n, "genmeter.records": 2 * n, "genmeter.metric_observations": 2 * n,
		"genmeter.metric_value_accumulated": 2 * n, "genmeter.events": 6 * n, "genmeter.events_rejected": 2 * n,
	} {
		if got := total(all[name]); got != want {
			t.Errorf("%s sums to %v, want %v", name, got, want)
		}
		t.Logf("%s has %d series", name, len(all[name]))
	}
	for name := range map[string]bool{
		"genmeter.generations": true, "genmeter.evaluations": true, "genmeter.evaluation_score": true,
		"genmeter.records": true, "genmeter.metric_value": true, "genmeter.metric_observations": true, "genmeter.events": true,
	} {
		if all["genmeter.series_overflow"]["metric="+name].value == 0 {
			t.Errorf("no overflow is counted for %s", name)
		}
	}
	if got := counting(all["genmeter.evaluations"]); got != maxEvaluators+1 {
		t.Errorf("evaluations have %d series, want %d", got, maxEvaluators+1)
	}
	if s := m.Aggregate("labelled", 0); s.Count != n {
		t.Errorf("labelled is %+v, want count %d: it came within the bound", s, n)
	}
}

// counting returns how many series have counted something.
func counting(series map[string]point) (n int) {
	for _, p := range series {
		if p != (point{}) {
			n++
		}
	}
	return n
}

// TestSeriesStartAtZero: what a model's first failure counts is an increase to Prometheus, not a series out of nowhere.
func TestSeriesStartAtZero(t *testing.T) {
	m := newMetered(t)
	m.TrackGeneration(t.Context(), Generation{Model: "m", Success: true})
	m.TrackEvaluation(t.Context(), Evaluation{Evaluator: "e", Success: true})
	all := m.collect()
	for name, keys := range map[string][]string{
		"genmeter.generations":         {"M=m,P=unknown,outcome=error", "M=m,P=unknown,outcome=rejected"},
		"genmeter.generation_failures": {"M=m,P=unknown,error.type=timeout", "M=m,P=unknown,error.type=other"},
		"genmeter.token_details":       {"M=m,P=unknown,type=cache_read"},
		"genmeter.cache_hits":          {"M=m,P=unknown"},
		"genmeter.evaluations":         {"evaluator=e,outcome=error"},
		"genmeter.records":             {"outcome=accepted", "outcome=failed"},
		"genmeter.begins_expired":      {""},
	} {
		for _, key := range keys {
			if p, ok := all[name][key]; !ok || p != (point{}) {
				t.Errorf("%s{%s} is %v (there: %v), want 0", name, key, p, ok)
			}
		}
	}
}
