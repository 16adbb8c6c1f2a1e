package monitor

import (
	"os"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func TestSmoke(t *testing.T) {
	rd := sdkmetric.NewManualReader()
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(rd))
	dir := t.TempDir()
	m, err := New(mp, WithLogDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	for range 5 {
		m.TrackGeneration(ctx, benchGen)
	}
	m.TrackGeneration(ctx, Generation{Model: "x", Error: "429 too many", Duration: time.Second})
	m.TrackEvaluation(ctx, Evaluation{Evaluator: "coh", Success: true, Scores: []Score{{"a", 0.5, "ok"}}})
	m.TrackRecord(ctx, Record{ID: "r1"})
	m.RecordMetric(ctx, "queue", 7)
	m.SetTarget(10)
	c := m.Begin(Generation{Model: "x"})
	c.End(ctx, func(g *Generation) { g.Success = true })
	m.Logger().Info("hello", "a", 1)
	t.Logf("%+v", m.Aggregate("generation_time", time.Minute))
	t.Logf("%+v", m.TokenUsage(0))
	t.Logf("%+v", m.Progress())
	t.Log(m.MetricNames())
	var rm metricdata.ResourceMetrics
	if err := rd.Collect(ctx, &rm); err != nil {
		t.Fatal(err)
	}
	for _, mm := range rm.ScopeMetrics[0].Metrics {
		t.Logf("%s %T", mm.Name, mm.Data)
	}
	if err := m.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if err := m.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"metrics.jsonl", "genmeter.log"} {
		b, _ := os.ReadFile(dir + "/" + f)
		t.Logf("%s", b)
	}
}
