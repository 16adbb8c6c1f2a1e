package monitor

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// samplesOf writes the samples of an event as "name=value", in their order.
func samplesOf(e *Event) string {
	var parts []string
	for metric := range e.Metrics {
		parts = append(parts, fmt.Sprintf("%s=%v", metric.Name, metric.Value))
	}
	return strings.Join(parts, " ")
}

// TestMetricsOfEvents holds names and order to the seed's.
func TestMetricsOfEvents(t *testing.T) {
	for _, test := range []struct {
		name string
		e    Event
		want string
	}{
		{"a whole call", Event{Kind: KindGeneration, Success: true, Duration: 1500 * time.Millisecond, Model: "gpt-4o",
			FinishReason: "FinishReason.STOP", PromptTokens: 10, CompletionTokens: 5, TotalTokens: 15, Turns: 3,
			TimeToFirstToken: 250 * time.Millisecond, CostUSD: 0.5},
			"generation_time=1.5 success_rate=1 error_rate=0 model_usage:gpt-4o=1 finish_reason:FinishReason.STOP=1 " +
				"prompt_token_count=10 completion_token_count=5 total_token_count=15 conversation_length=3 " +
				"time_to_first_token=0.25 cost_usd=0.5"},
		{"a failure", Event{Kind: KindGeneration, Duration: time.Second, Error: "429"},
			"generation_time=1 success_rate=0 error_rate=1"},
		{"a refusal", Event{Kind: KindGeneration, FinishReason: "None"}, "success_rate=0 error_rate=0"},
		{"a batch", Event{Kind: KindGeneration, Success: true, Batch: true, Duration: time.Hour, TimeToFirstToken: time.Hour},
			"success_rate=1 error_rate=0"},
		{"an evaluation", Event{Kind: KindEvaluation, Success: true, Duration: 2 * time.Second, Name: "judge", TotalTokens: 7,
			Scores: []Score{{"coherence", 0.5, "fine"}, {"style", -1, ""}}},
			"evaluation_time=2 evaluation_error_rate=0 total_token_count=7 evaluation_score_coherence=0.5 evaluation_score_style=-1"},
		{"a failed evaluation", Event{Kind: KindEvaluation}, "evaluation_error_rate=1"},
		{"a record", Event{Kind: KindRecord, Outcome: Rejected}, "acceptance_rate=0"},
		{"a metric", Event{Kind: KindMetric, Name: "queue depth", Value: -2.5}, "queue depth=-2.5"},
		{"a bare error_rate", Event{Kind: KindMetric, Name: "error_rate", Value: 1}, "error_rate=1"},
		{"a begin", Event{Kind: KindBegin, Model: "m"}, ""},
		{"a target", Event{Kind: KindTarget, Value: 5}, ""},
	} {
		if got := samplesOf(&test.e); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

// TestSeedFault6MetricsCarryTheirAttributes: what an event says besides its numbers goes with each sample.
func TestSeedFault6MetricsCarryTheirAttributes(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 7200))
	call := Event{Kind: KindGeneration, Time: at, Model: "m", Provider: "p", Operation: "chat", Step: "s", RecordID: "row",
		Error: "Request timed out.", Attrs: []Attr{Int("batch", 7)}}
	n := 0
	for metric := range call.Metrics {
		n++
		if got, want := fmt.Sprint(metric.Attrs), "[model_name=m provider=p operation=chat step=s record_id=row "+
			"error_type=timeout error=Request timed out. batch=7]"; got != want || metric.Time != at {
			t.Errorf("%s has attributes %s at %v, want %s", metric.Name, got, metric.Time, want)
		}
	}
	if n != 3 {
		t.Errorf("%d samples, want 3", n)
	}
	evaluation := Event{Kind: KindEvaluation, Name: "judge", Model: "m",
		Scores: []Score{{"a", 1, "two\nlines"}, {"b", 1, ""}}, Attrs: []Attr{Int("k", 1)}}
	want := map[string]string{
		"evaluation_error_rate": "[evaluator_type=judge success=false model_name=m k=1]",
		"evaluation_score_a":    "[evaluator_type=judge success=false model_name=m k=1 feedback=two\nlines]",
		"evaluation_score_b":    "[evaluator_type=judge success=false model_name=m k=1]",
	}
	for metric := range evaluation.Metrics {
		if got := fmt.Sprint(metric.Attrs); got != want[metric.Name] {
			t.Errorf("%s has attributes %q, want %q", metric.Name, got, want[metric.Name])
		}
		delete(want, metric.Name)
	}
	if len(want) > 0 {
		t.Errorf("no samples of %v", want)
	}
}

func TestMetricsStopWhenTold(t *testing.T) {
	for _, e := range []Event{
		{Kind: KindGeneration, Duration: 1, Model: "m", FinishReason: "stop", TotalTokens: 1, Turns: 1},
		{Kind: KindEvaluation, Duration: 1, TotalTokens: 1, Scores: []Score{{Name: "a"}, {Name: "b"}}},
		{Kind: KindRecord}, {Kind: KindMetric},
	} {
		all := 0
		for range e.Metrics {
			all++
		}
		for stop := 1; stop <= all; stop++ {
			n := 0
			for range e.Metrics {
				if n++; n == stop {
					break
				}
			}
			if n != stop {
				t.Errorf("%v went on after %d samples", e.Kind, stop)
			}
		}
	}
}

// TestMetricsAgreeWithAggregates: the samples that handlers get are those that the aggregates are about.
func TestMetricsAgreeWithAggregates(t *testing.T) {
	m := newMetered(t, WithPrices(loadTestPrices(t)))
	recordFixed(t, m.Monitor)
	m.TrackGeneration(t.Context(), Generation{Model: "gpt-4o", FinishReason: "stop", Success: true, PromptTokens: 5, Duration: 1})
	m.RecordMetric(t.Context(), "error_rate", 1) // bare: a sample in files, in no aggregate
	count := make(map[string]uint64)
	sum := make(map[string]float64)
	for e := range m.Snapshot(0) {
		for metric := range e.Metrics {
			if e.Kind == KindMetric && metric.Name == "error_rate" {
				continue
			}
			name := canonicalName(metric.Name)
			count[name]++
			sum[name] += metric.Value
		}
	}
	for _, name := range m.MetricNames() {
		s := m.Aggregate(name, 0)
		if s.Count != count[name] || !near(s.Sum, sum[name]) || s.QuantileCoverage != 1 {
			t.Errorf("%s is %+v, want count %d and sum %v", name, s, count[name], sum[name])
		}
		delete(count, name)
	}
	if len(count) > 0 {
		t.Errorf("no aggregates of %v", count)
	}
}

func TestSnapshot(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now), WithRingSize(256))
	for i := range 300 {
		m.RecordMetric(t.Context(), "x", float64(i))
		clock.advance(time.Second)
	}
	read := func(s Source) (values []float64) {
		for e, err := range s {
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, e.Value)
		}
		return values
	}
	windows := map[time.Duration]int{0: 256, time.Minute: 60, 10 * time.Second: 10, time.Hour: 256}
	sources := make(map[time.Duration]Source)
	first := make(map[time.Duration][]float64)
	for window, want := range windows {
		sources[window] = m.Snapshot(window)
		got := read(sources[window])
		if len(got) != want || got[0] != float64(300-want) || got[len(got)-1] != 299 {
			t.Errorf("the last %v are %d events, want %d that end with 299", window, len(got), want)
		}
		first[window] = got
	}
	for range 300 { // the ring forgets them all
		m.RecordMetric(t.Context(), "later", 0)
	}
	for window, source := range sources {
		for range source {
			break // a reader may stop
		}
		if again := read(source); !slices.Equal(again, first[window]) {
			t.Errorf("read again, the last %v are %v, want %v", window, again, first[window])
		}
	}
	clock.advance(time.Hour)
	if got := read(m.Snapshot(time.Minute)); len(got) != 0 {
		t.Errorf("an idle minute has %v", got)
	}
}
