package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// span is the sampled span in which everything is recorded that is to have exemplars.
var span = trace.NewSpanContext(trace.SpanContextConfig{
	TraceID:    trace.TraceID{0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 1, 2},
	SpanID:     trace.SpanID{0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7},
	TraceFlags: trace.FlagsSampled,
})

// instrument makes the contents in an OpenTelemetry MeterProvider, whose metrics the handler serves.
func instrument(provider metric.MeterProvider, h http.Handler, n int, exemplars bool) (*contestant, error) {
	meter := provider.Meter("benchmark")
	counter, err := meter.Int64Counter("generations")
	if err != nil {
		return nil, err
	}
	histogram, err := meter.Float64Histogram("duration", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(bounds...))
	if err != nil {
		return nil, err
	}
	add, record := make([][]metric.AddOption, n), make([][]metric.RecordOption, n)
	for i := range n {
		var pairs []attribute.KeyValue
		for j, value := range labels(i) {
			pairs = append(pairs, attribute.String(labelNames[j], value))
		}
		set := metric.WithAttributeSet(attribute.NewSet(pairs...))
		add[i], record[i] = []metric.AddOption{set}, []metric.RecordOption{set}
	}
	ctx := context.Background()
	if exemplars {
		ctx = trace.ContextWithSpanContext(ctx, span)
	}
	return &contestant{handler: h, record: func(i int, v float64) {
		counter.Add(ctx, 1, add[i]...)
		histogram.Record(ctx, v, record[i]...)
	}}, nil
}
