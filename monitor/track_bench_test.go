package monitor

import (
	"context"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
)

func benchMonitor(b *testing.B, opts ...Option) *Monitor {
	b.Helper()
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()),
		sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter))
	m, err := New(mp, opts...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { m.Shutdown(context.Background()) })
	return m
}

var benchGen = Generation{
	Duration: 1857 * time.Millisecond, Success: true, Provider: "openai", Model: "gpt-4o-mini", PromptTokens: 4808,
	CompletionTokens: 10, FinishReason: "stop", Turns: 1,
}

// BenchmarkTrackBurst is a burst of 10,000 calls, with the clock stopped while the pump catches up.
func BenchmarkTrackBurst(b *testing.B) {
	m := benchMonitor(b)
	ctx := context.Background()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		m.TrackGeneration(ctx, benchGen)
		if n++; n == 10000 {
			b.StopTimer()
			m.pump.drain()
			n = 0
			b.StartTimer()
		}
	}
}

func BenchmarkSustained(b *testing.B) {
	m := benchMonitor(b)
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		m.TrackGeneration(ctx, benchGen)
	}
	m.pump.drain()
}

func BenchmarkPump(b *testing.B) {
	m := benchMonitor(b)
	ctx := context.Background()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		b.StopTimer()
		for range 10000 {
			m.TrackGeneration(ctx, benchGen)
		}
		b.StartTimer()
		m.pump.drain()
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/10000, "ns/event")
}
