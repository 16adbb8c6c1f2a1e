package main

import (
	"context"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// contestant is one way to record calls.
type contestant struct {
	name   string
	limits map[string]float64 // by trial: the part of its cost that genmeter may take
	record func(calls int)
	settle func() // returns when every call recorded is in the instruments
}

// The call that is recorded: a real one of the Azure LLM inference trace.
const (
	duration   = 1857 * time.Millisecond
	prompt     = 4808
	completion = 10
	turns      = 1
)

var (
	durationBuckets = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600}
	tokenBuckets    = []float64{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864}
	turnBuckets     = []float64{1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50}
)

func newContestants() ([]*contestant, error) {
	genmeter, err := newGenmeter()
	if err != nil {
		return nil, err
	}
	otel, err := newOTel()
	if err != nil {
		return nil, err
	}
	return []*contestant{genmeter, otel, newClientGolang(), newVictoriaMetrics()}, nil
}

// newGenmeter is genmeter with the defaults that its users get.
func newGenmeter() (*contestant, error) {
	provider, err := exporter.New()
	if err != nil {
		return nil, err
	}
	m, err := monitor.New(provider.MeterProvider())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	call := monitor.Generation{
		Duration: duration, Success: true, Provider: "openai", Model: "gpt-4o-mini", PromptTokens: prompt,
		CompletionTokens: completion, FinishReason: "stop", Turns: turns,
	}
	return &contestant{
		name: "genmeter TrackGeneration",
		record: func(calls int) {
			for range calls {
				m.TrackGeneration(ctx, call)
			}
		},
		settle: func() { m.Progress() },
	}, nil
}

// newOTel is OpenTelemetry with cached options and the SDK's defaults.
func newOTel() (*contestant, error) {
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	meter := provider.Meter("benchmark")
	seconds, err := meter.Float64Histogram("duration", metric.WithExplicitBucketBoundaries(durationBuckets...))
	if err != nil {
		return nil, err
	}
	var sizes [4]metric.Int64Histogram
	for i, name := range []string{"input", "output", "total", "turns"} {
		buckets := tokenBuckets
		if name == "turns" {
			buckets = turnBuckets
		}
		if sizes[i], err = meter.Int64Histogram(name, metric.WithExplicitBucketBoundaries(buckets...)); err != nil {
			return nil, err
		}
	}
	ctx := context.Background()
	opts := []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(
		attribute.String("gen_ai.provider.name", "openai"), attribute.String("gen_ai.request.model", "gpt-4o-mini"),
		attribute.String("gen_ai.operation.name", "chat"), attribute.String("outcome", "success"),
		attribute.String("finish_reason", "stop"),
	))}
	return &contestant{
		name:   "OpenTelemetry SDK, cached options",
		limits: map[string]float64{"sustained": 0.85},
		record: func(calls int) {
			for range calls {
				seconds.Record(ctx, duration.Seconds(), opts...)
				sizes[0].Record(ctx, prompt, opts...)
				sizes[1].Record(ctx, completion, opts...)
				sizes[2].Record(ctx, prompt+completion, opts...)
				sizes[3].Record(ctx, turns, opts...)
			}
		},
		settle: func() {},
	}, nil
}

// newClientGolang is client_golang with cached children.
func newClientGolang() *contestant {
	registry := prometheus.NewRegistry()
	child := func(name string, buckets []float64) prometheus.Observer {
		vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Buckets: buckets},
			[]string{"provider", "model", "operation", "outcome", "finish_reason"})
		registry.MustRegister(vec)
		return vec.WithLabelValues("openai", "gpt-4o-mini", "chat", "success", "stop")
	}
	seconds := child("duration", durationBuckets)
	input, output, total := child("input", tokenBuckets), child("output", tokenBuckets), child("total", tokenBuckets)
	conversation := child("turns", turnBuckets)
	return &contestant{
		name:   "client_golang, cached children",
		limits: map[string]float64{"burst": 0.70, "two": 0.30},
		record: func(calls int) {
			for range calls {
				seconds.Observe(duration.Seconds())
				input.Observe(prompt)
				output.Observe(completion)
				total.Observe(prompt + completion)
				conversation.Observe(turns)
			}
		},
		settle: func() {},
	}
}

// newVictoriaMetrics is VictoriaMetrics/metrics with cached histograms.
func newVictoriaMetrics() *contestant {
	set := vm.NewSet()
	child := func(name string, buckets []float64) *vm.PrometheusHistogram {
		return set.NewPrometheusHistogramExt(name+
			`{provider="openai",model="gpt-4o-mini",operation="chat",outcome="success",finish_reason="stop"}`, buckets)
	}
	seconds := child("duration", durationBuckets)
	input, output, total := child("input", tokenBuckets), child("output", tokenBuckets), child("total", tokenBuckets)
	conversation := child("turns", turnBuckets)
	return &contestant{
		name: "VictoriaMetrics/metrics, cached",
		record: func(calls int) {
			for range calls {
				seconds.Update(duration.Seconds())
				input.Update(prompt)
				output.Update(completion)
				total.Update(prompt + completion)
				conversation.Update(turns)
			}
		},
		settle: func() {},
	}
}
