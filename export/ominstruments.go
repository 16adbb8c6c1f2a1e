package export

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

// The instruments that omMeter makes, each over its family.
type (
	omInt64Counter struct {
		noop.Int64Counter
		family *omFamily
	}
	omFloat64Counter struct {
		noop.Float64Counter
		family *omFamily
	}
	omFloat64UpDownCounter struct {
		noop.Float64UpDownCounter
		family *omFamily
	}
	omFloat64Gauge struct {
		noop.Float64Gauge
		family *omFamily
	}
	omFloat64Histogram struct {
		noop.Float64Histogram
		family *omFamily
	}
	omInt64Histogram struct {
		noop.Int64Histogram
		family *omFamily
	}
	omInt64ObservableGauge struct {
		noop.Int64ObservableGauge
		family *omFamily
	}
	omFloat64ObservableGauge struct {
		noop.Float64ObservableGauge
		family *omFamily
	}
	omInt64ObservableCounter struct {
		noop.Int64ObservableCounter
		family *omFamily
	}
)

func (omInt64Counter) Enabled(context.Context) bool         { return true }
func (omFloat64Counter) Enabled(context.Context) bool       { return true }
func (omFloat64UpDownCounter) Enabled(context.Context) bool { return true }
func (omFloat64Gauge) Enabled(context.Context) bool         { return true }
func (omFloat64Histogram) Enabled(context.Context) bool     { return true }
func (omInt64Histogram) Enabled(context.Context) bool       { return true }

func (i omInt64Counter) Add(_ context.Context, n int64, options ...metric.AddOption) {
	i.family.add(metric.NewAddConfig(options).Attributes(), float64(n))
}

func (i omFloat64Counter) Add(_ context.Context, v float64, options ...metric.AddOption) {
	i.family.add(metric.NewAddConfig(options).Attributes(), v)
}

func (i omFloat64UpDownCounter) Add(_ context.Context, v float64, options ...metric.AddOption) {
	i.family.add(metric.NewAddConfig(options).Attributes(), v)
}

func (i omFloat64Gauge) Record(_ context.Context, v float64, options ...metric.RecordOption) {
	i.family.set(metric.NewRecordConfig(options).Attributes(), v)
}

func (i omFloat64Histogram) Record(_ context.Context, v float64, options ...metric.RecordOption) {
	i.family.observe(metric.NewRecordConfig(options).Attributes(), v)
}

func (i omInt64Histogram) Record(_ context.Context, n int64, options ...metric.RecordOption) {
	i.family.observe(metric.NewRecordConfig(options).Attributes(), float64(n))
}

// omObserver takes what a callback observes.
type omObserver struct {
	noop.Observer
	m *omMeter
}

func (o omObserver) ObserveInt64(instrument metric.Int64Observable, n int64, options ...metric.ObserveOption) {
	switch i := instrument.(type) {
	case omInt64ObservableGauge:
		i.family.set(metric.NewObserveConfig(options).Attributes(), float64(n))
	case omInt64ObservableCounter:
		i.family.set(metric.NewObserveConfig(options).Attributes(), float64(n))
	}
}

func (o omObserver) ObserveFloat64(instrument metric.Float64Observable, v float64, options ...metric.ObserveOption) {
	if i, ok := instrument.(omFloat64ObservableGauge); ok {
		i.family.set(metric.NewObserveConfig(options).Attributes(), v)
	}
}

func (f *omFamily) add(set attribute.Set, v float64) {
	f.meter.mu.Lock()
	defer f.meter.mu.Unlock()
	f.point(set).value += v
}

func (f *omFamily) set(set attribute.Set, v float64) {
	f.meter.mu.Lock()
	defer f.meter.mu.Unlock()
	f.point(set).value = v
}

func (f *omFamily) observe(set attribute.Set, v float64) {
	f.meter.mu.Lock()
	defer f.meter.mu.Unlock()
	p := f.point(set)
	i := 0
	for i < len(f.bounds) && v > f.bounds[i] {
		i++
	}
	p.buckets[i]++
	p.value += v
}
