package exporter

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
)

// TestOfficialGolden: the golden expositions of the official exporter's own
// tests, read from its module, come out of ours on all roads.
func TestOfficialGolden(t *testing.T) {
	dir := officialTestdata(t)
	left := make(map[string]bool)
	for _, e := range must(os.ReadDir(dir))(t) {
		left[e.Name()] = true
	}
	for _, c := range officialCases {
		t.Run(c.file, func(t *testing.T) {
			want := sortedText(t, parse(t, string(must(os.ReadFile(filepath.Join(dir, c.file)))(t))))
			if c.instead != "" {
				if want == c.instead {
					t.Errorf("there is no difference any more: %s", c.reason)
				}
				want = c.instead
			}
			c.check(t, want)
		})
		delete(left, c.file)
	}
	for file := range left {
		t.Errorf("%s has no case: a new version of the official exporter tests something new", file)
	}
}

// officialTestdata finds the official exporter's golden files.
func officialTestdata(t *testing.T) string {
	t.Helper()
	dir := must(exec.Command("go", "list", "-f", "{{.Dir}}", "go.opentelemetry.io/otel/exporters/prometheus").Output())(t)
	return filepath.Join(strings.TrimSpace(string(dir)), "testdata")
}

func (c *officialCase) check(t *testing.T, want string) {
	t.Helper()
	handled(t)
	d := newDuo(t, pairOfOptions{ours: c.opts}, c.sdk()...)
	for _, step := range c.steps {
		if step.kind == nil {
			gather(t, d.reader)
			continue
		}
		step.record(t, d.provider)
	}
	text, err := gather(t, d.reader)
	wantText(t, text, want)
	families, registryErr := d.ours.Gather()
	wantText(t, toText(t, families), want)
	for _, err := range []error{err, registryErr} {
		if c.err != "" {
			wantError(t, err, c.err)
		} else if err != nil {
			t.Error(err)
		}
	}
	body := scrape(t, d.reader.Handler(), textType+"; escaping=allow-utf-8")
	wantText(t, sortedText(t, parse(t, without(body, "promhttp_"))), want)
}

// sdk returns the MeterProvider's options: the views and the resource of the
// official tests.
func (c *officialCase) sdk() []sdkmetric.Option {
	attrs := append([]attribute.KeyValue{
		attribute.String("service.name", "prometheus_test"),
		attribute.String("telemetry.sdk.language", "go"),
		attribute.String("telemetry.sdk.name", "opentelemetry"),
		attribute.String("telemetry.sdk.version", "latest"),
	}, c.resource...)
	if c.noResource {
		attrs = nil
	}
	view := func(name string, a sdkmetric.Aggregation) sdkmetric.View {
		return sdkmetric.NewView(sdkmetric.Instrument{Name: name}, sdkmetric.Stream{Aggregation: a})
	}
	return []sdkmetric.Option{
		sdkmetric.WithResource(resource.NewSchemaless(attrs...)),
		sdkmetric.WithView(
			view("histogram_*", sdkmetric.AggregationExplicitBucketHistogram{
				Boundaries: []float64{0, 5, 10, 25, 50, 75, 100, 250, 500, 1000},
			}),
			view("exponential_histogram_*", sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 10}),
		),
	}
}

// sortedText writes parsed families as a registry would order them.
func sortedText(t *testing.T, families map[string]*dto.MetricFamily) string {
	t.Helper()
	var sorted []*dto.MetricFamily
	for _, name := range slices.Sorted(maps.Keys(families)) {
		sorted = append(sorted, families[name])
	}
	return toText(t, sorted)
}

// officialCase is a recording that gives one of the official golden files.
type officialCase struct {
	file       string
	opts       []Option
	resource   []attribute.KeyValue // beside the usual one
	noResource bool
	steps      []officialStep
	err        string // what gathering has to complain about

	instead, reason string // what is exposed where we differ, and why
}

// officialStep is one instrument with its measurements; the zero one is a
// scrape.
type officialStep struct {
	kind             instrument
	scope            string
	name, unit, help string
	at               metric.MeasurementOption
	values           []float64
}

// instrument makes an instrument and returns how to record with it.
type instrument func(m metric.Meter, name string, unit, help metric.InstrumentOption) (recordFunc, error)

type recordFunc func(float64, metric.MeasurementOption)

func (s *officialStep) record(t *testing.T, mp metric.MeterProvider) {
	t.Helper()
	opts := []metric.MeterOption{metric.WithInstrumentationVersion("v0.1.0")}
	if s.scope == "testmeter" {
		opts = append(opts, metric.WithInstrumentationAttributes(attribute.String("fizz", "buzz")))
	}
	// A name that the SDK finds fault with is used all the same.
	record, _ := s.kind(mp.Meter(s.scope, opts...), s.name,
		metric.WithUnit(s.unit), metric.WithDescription(s.help))
	for _, v := range s.values {
		record(v, s.at)
	}
}

func counter(m metric.Meter, name string, unit, help metric.InstrumentOption) (recordFunc, error) {
	i, err := m.Float64Counter(name, unit, help)
	return func(v float64, at metric.MeasurementOption) { i.Add(background, v, at) }, err
}

func upDown(m metric.Meter, name string, unit, help metric.InstrumentOption) (recordFunc, error) {
	i, err := m.Float64UpDownCounter(name, unit, help)
	return func(v float64, at metric.MeasurementOption) { i.Add(background, v, at) }, err
}

func gauge(m metric.Meter, name string, unit, help metric.InstrumentOption) (recordFunc, error) {
	i, err := m.Float64Gauge(name, unit, help)
	return func(v float64, at metric.MeasurementOption) { i.Record(background, v, at) }, err
}

func histogram(m metric.Meter, name string, unit, help metric.InstrumentOption) (recordFunc, error) {
	i, err := m.Float64Histogram(name, unit, help)
	return func(v float64, at metric.MeasurementOption) { i.Record(background, v, at) }, err
}

// Options that many cases share.
var (
	utf8Suffixes = WithTranslationStrategy(otlptranslator.NoUTF8EscapingWithSuffixes)
	dotted       = WithNamespace("my.dotted.namespace")
)
