package monitor

import (
	"context"
	"reflect"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// TestResume: what an earlier process recorded is part of the run's totals, aggregates and gauges, and of no counter.
func TestResume(t *testing.T) {
	at := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)
	now := func() time.Time { return at.Add(2 * time.Minute) }
	earlier := []Event{
		{Kind: KindTarget, Value: 10, Time: at},
		{Kind: KindBegin, ID: "c", Model: "m", Time: at},
		{Kind: KindGeneration, Model: "m", Success: true, PromptTokens: 5, CompletionTokens: 2, CostUSD: 0.5, Duration: time.Second, Time: at},
		{Kind: KindGeneration, Model: "m", Error: "timed out", Time: at.Add(time.Second)},
		{Kind: KindEvaluation, Name: "judge", Scores: []Score{{Name: "s", Value: 0.5}}, Time: at},
		{Kind: KindRecord, ID: "row-1", Time: at},
		{Kind: KindMetric, Name: "depth", Value: 3, Time: at},
	}
	later := Event{Kind: KindGeneration, Model: "m", Success: true, PromptTokens: 1, ID: "c", Time: at.Add(time.Minute)}
	reader := sdkmetric.NewManualReader()
	resumed, err := New(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)), WithClock(now))
	if err != nil {
		t.Fatal(err)
	}
	defer resumed.Shutdown(context.Background())
	whole, err := New(nil, WithClock(now))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Shutdown(context.Background())
	for _, e := range earlier {
		if !resumed.Resume(e) || !whole.Track(context.Background(), e) {
			t.Fatalf("%+v is refused", e)
		}
	}
	for _, m := range []*Monitor{resumed, whole} {
		m.Track(context.Background(), later)
	}
	if got, want := resumed.Progress(), whole.Progress(); got != want || got.Done != 1 || got.Calls != 3 || got.InProgress != 0 {
		t.Errorf("progress %+v, want %+v", got, want)
	}
	if got, want := resumed.TokenUsage(0), whole.TokenUsage(0); !reflect.DeepEqual(got, want) || got.TotalTokens != 8 {
		t.Errorf("usage %+v, want %+v", got, want)
	}
	if got, want := resumed.Failures(), whole.Failures(); !reflect.DeepEqual(got, want) || len(got) != 1 {
		t.Errorf("failures %+v, want %+v", got, want)
	}
	for _, metric := range []string{"success_rate", "error_rate", "evaluation_score_s", "depth", "acceptance_rate"} {
		for _, window := range []time.Duration{0, 5 * time.Minute} {
			got, want := resumed.Aggregate(metric, window), whole.Aggregate(metric, window)
			if got.Count != want.Count || got.Sum != want.Sum || got.Count == 0 {
				t.Errorf("%s over %v: %+v, want %+v", metric, window, got, want)
			}
		}
	}
	if !resumed.Resume(Event{Kind: KindRecord, Time: now().Add(time.Hour)}) || resumed.Progress().Done != 2 {
		t.Error("an event from the future, after the clock was set back, does not count")
	}
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); err != nil {
		t.Fatal(err)
	}
	for _, m := range rm.ScopeMetrics[0].Metrics {
		switch d := m.Data.(type) {
		case metricdata.Sum[int64]:
			for _, p := range d.DataPoints {
				want := int64(0)
				switch m.Name {
				case "genmeter.generations", "genmeter.events", "genmeter.usage_reports", "genmeter.tokens", "genmeter.unpriced_tokens":
					want = 1
				}
				if p.Value > want {
					t.Errorf("%s %v is %d, want %d", m.Name, p.Attributes.ToSlice(), p.Value, want)
				}
			}
		case metricdata.Gauge[float64]:
			if m.Name == "genmeter.run_tokens" && d.DataPoints[0].Value != 8 {
				t.Errorf("%s is %v", m.Name, d.DataPoints[0].Value)
			}
			if m.Name == "genmeter.metric_value" {
				t.Errorf("%s has %v", m.Name, d.DataPoints)
			}
		}
	}
}
