package monitor

import (
	"fmt"
	"testing"
	"time"
)

// TestAggregatesAgree: many questions at once are answered as one by one.
func TestAggregatesAgree(t *testing.T) {
	m := newTestMonitor(t)
	start := time.Now()
	for i := range 300 {
		m.TrackGeneration(t.Context(), Generation{
			Duration: time.Duration(i) * time.Millisecond, Success: i%3 > 0, Error: []string{"timeout", "", ""}[i%3],
			Model: []string{"a", "b", ""}[i%3], Step: []string{"", "x"}[i%2], PromptTokens: int64(i), CostUSD: float64(i % 5), FinishReason: "stop",
			Time: start.Add(-time.Duration(i) * time.Second),
		})
		m.RecordMetric(t.Context(), "depth", float64(i))
	}
	var queries []Query
	for _, name := range append(m.MetricNames(), "nothing") {
		for _, window := range []time.Duration{0, time.Minute, 5 * time.Minute} {
			for _, q := range []Query{{}, {Model: "a"}, {Model: "unknown"}, {Step: "x"}, {Model: "b", Step: "x"}, {Model: "nobody"}} {
				q.Metric, q.Window, q.Quantiles = name, window, true
				queries = append(queries, q)
			}
		}
	}
	at := time.Now()
	counted := 0
	for i, got := range m.Aggregates(at, queries) {
		q := queries[i]
		selectors := []Selector{At(at)}
		if q.Model != "" {
			selectors = append(selectors, ForModel(q.Model))
		}
		if q.Step != "" {
			selectors = append(selectors, ForStep(q.Step))
		}
		if want := m.Aggregate(q.Metric, q.Window, selectors...); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%+v: got %+v, want %+v", q, got, want)
		}
		if got.Count > 0 {
			counted++
		}
		q.Quantiles = false
		plain := m.Aggregates(at, []Query{q})[0]
		if plain.Count != got.Count || plain.Mean != got.Mean || plain.P95 != 0 || plain.QuantileCoverage != 0 {
			t.Errorf("%+v without quantiles: %+v", q, plain)
		}
	}
	if counted < 60 {
		t.Errorf("only %d questions have samples", counted)
	}
}

// TestLosses: what is refused and what handlers miss, as in the metrics.
func TestLosses(t *testing.T) {
	m := newTestMonitor(t)
	if got := m.Losses(); got != (Losses{}) {
		t.Errorf("at the start: %+v", got)
	}
	m.CountRejected("stdin", ReasonMalformed, 3)
	m.TrackGeneration(t.Context(), Generation{Duration: -1, PromptTokens: -1})
	if got := m.Losses(); got != (Losses{Rejected: 5}) {
		t.Errorf("got %+v", got)
	}
	var none *Monitor
	if none.Losses() != (Losses{}) || len(none.Aggregates(time.Now(), make([]Query, 2))) != 2 {
		t.Error("a nil Monitor does not answer")
	}
}
