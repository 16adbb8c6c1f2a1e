package export

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

// omProvider is the MeterProvider that a monitor records into while a recorded run is gone through: it keeps the current
// value of every series, as the SDK and the exporter would show it to a scrape. It is safe for concurrent use.
type omProvider struct {
	noop.MeterProvider
	meter omMeter
}

func newOMProvider() *omProvider { return new(omProvider) }

func (p *omProvider) Meter(string, ...metric.MeterOption) metric.Meter { return &p.meter }

type omMeter struct {
	noop.Meter
	mu        sync.Mutex
	families  []*omFamily
	dirty     []*omPoint // those that have changed since the last step
	callbacks []metric.Callback
}

// observe runs the callbacks: the monitor draws level with what was recorded, and gives its gauges.
func (m *omMeter) observe(ctx context.Context) error {
	m.mu.Lock()
	callbacks := slices.Clone(m.callbacks)
	m.mu.Unlock()
	var errs []error
	for _, f := range callbacks {
		errs = append(errs, f(ctx, omObserver{m: m}))
	}
	return errors.Join(errs...)
}

func (m *omMeter) family(name, unit, help string, kind omKind, bounds []float64) *omFamily {
	f := &omFamily{
		meter: m, name: omName(name, unit), help: help, kind: kind, bounds: bounds,
		points: make(map[attribute.Distinct]*omPoint),
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.families = append(m.families, f)
	return f
}

// omName is the name that the Prometheus exporter gives an instrument, without the _total of counters.
func omName(name, unit string) string {
	name = strings.ReplaceAll(name, ".", "_")
	if unit == "s" && !strings.HasSuffix(name, "_seconds") {
		name += "_seconds"
	}
	return name
}

func (m *omMeter) Int64Counter(name string, options ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	c := metric.NewInt64CounterConfig(options...)
	return omInt64Counter{family: m.family(name, c.Unit(), c.Description(), omCounter, nil)}, nil
}

func (m *omMeter) Float64Counter(name string, options ...metric.Float64CounterOption) (metric.Float64Counter, error) {
	c := metric.NewFloat64CounterConfig(options...)
	return omFloat64Counter{family: m.family(name, c.Unit(), c.Description(), omCounter, nil)}, nil
}

func (m *omMeter) Float64UpDownCounter(name string, options ...metric.Float64UpDownCounterOption) (metric.Float64UpDownCounter, error) {
	c := metric.NewFloat64UpDownCounterConfig(options...)
	return omFloat64UpDownCounter{family: m.family(name, c.Unit(), c.Description(), omGauge, nil)}, nil
}

func (m *omMeter) Float64Gauge(name string, options ...metric.Float64GaugeOption) (metric.Float64Gauge, error) {
	c := metric.NewFloat64GaugeConfig(options...)
	return omFloat64Gauge{family: m.family(name, c.Unit(), c.Description(), omGauge, nil)}, nil
}

func (m *omMeter) Float64Histogram(name string, options ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	c := metric.NewFloat64HistogramConfig(options...)
	return omFloat64Histogram{family: m.family(name, c.Unit(), c.Description(), omHistogram, c.ExplicitBucketBoundaries())}, nil
}

func (m *omMeter) Int64Histogram(name string, options ...metric.Int64HistogramOption) (metric.Int64Histogram, error) {
	c := metric.NewInt64HistogramConfig(options...)
	return omInt64Histogram{family: m.family(name, c.Unit(), c.Description(), omHistogram, c.ExplicitBucketBoundaries())}, nil
}

func (m *omMeter) Int64ObservableGauge(name string, options ...metric.Int64ObservableGaugeOption) (metric.Int64ObservableGauge, error) {
	c := metric.NewInt64ObservableGaugeConfig(options...)
	return omInt64ObservableGauge{family: m.family(name, c.Unit(), c.Description(), omGauge, nil)}, nil
}

func (m *omMeter) Float64ObservableGauge(name string, options ...metric.Float64ObservableGaugeOption) (metric.Float64ObservableGauge, error) {
	c := metric.NewFloat64ObservableGaugeConfig(options...)
	return omFloat64ObservableGauge{family: m.family(name, c.Unit(), c.Description(), omGauge, nil)}, nil
}

func (m *omMeter) Int64ObservableCounter(name string, options ...metric.Int64ObservableCounterOption) (metric.Int64ObservableCounter, error) {
	c := metric.NewInt64ObservableCounterConfig(options...)
	return omInt64ObservableCounter{family: m.family(name, c.Unit(), c.Description(), omCounter, nil)}, nil
}

func (m *omMeter) RegisterCallback(f metric.Callback, _ ...metric.Observable) (metric.Registration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.callbacks = append(m.callbacks, f)
	return noop.Registration{}, nil
}
