package main

import (
	"fmt"
	"net/http"
	"strings"

	vm "github.com/VictoriaMetrics/metrics"
	"github.com/genmeter/genmeter/exporter"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	official "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// contestant is one way to be scraped, holding n label sets.
type contestant struct {
	handler http.Handler
	record  func(i int, v float64) // counts one, and v, in label set i
}

// entry is how a contestant enters. Each is built as its users would, with its defaults, and serves the Go runtime and
// the process as well; only Reader.Handler, which is about one reader, does not.
type entry struct {
	key, name string
	textOnly  bool
	build     func(n int, exemplars bool) (*contestant, error)

	// The part of its time and of its objects that genmeter may take, at 2,000 label sets in text. Zero is no target.
	maxTime, maxObjects float64
}

// entries has the one that the others are compared with first.
var entries = []entry{
	{key: "provider", name: "genmeter exporter.New", build: newProvider},
	{key: "reader", name: "genmeter exporter.NewReader, its handler", build: newReader},
	{key: "registry", name: "genmeter exporter.NewReader, registry", build: newRegistered},
	{key: "official", name: "official OpenTelemetry exporter", build: newOfficial, maxTime: 0.25, maxObjects: 0.33},
	{key: "client_golang", name: "client_golang's own instruments", build: newClientGolang, maxTime: 0.7},
	{key: "victoriametrics", name: "VictoriaMetrics/metrics", build: newVictoriaMetrics, textOnly: true, maxTime: 1},
}

// newProvider is what New gives: no scope labels, and exemplars only when asked for.
func newProvider(n int, exemplars bool) (*contestant, error) {
	opts := []exporter.Option{exporter.WithCardinalityLimit(n + 1)} // one is kept for the overflow
	if exemplars {
		opts = append(opts, exporter.WithExemplars(nil))
	}
	p, err := exporter.New(opts...)
	if err != nil {
		return nil, err
	}
	return instrument(p.MeterProvider(), p.Handler(), n, exemplars)
}

// newReader is the drop-in on its fast road: the SDK's defaults, so that exemplars are offered to its filter.
func newReader(n int, exemplars bool) (*contestant, error) {
	r, err := exporter.NewReader(exporter.WithoutRegisterer())
	if err != nil {
		return nil, err
	}
	return instrument(meterProvider(r, n), r.Handler(), n, exemplars)
}

// newRegistered is the drop-in where the official exporter was, with nothing else changed.
func newRegistered(n int, exemplars bool) (*contestant, error) {
	registry := newRegistry()
	r, err := exporter.NewReader(exporter.WithRegisterer(registry))
	if err != nil {
		return nil, err
	}
	return instrument(meterProvider(r, n), registryHandler(registry), n, exemplars)
}

func newOfficial(n int, exemplars bool) (*contestant, error) {
	registry := newRegistry()
	r, err := official.New(official.WithRegisterer(registry))
	if err != nil {
		return nil, err
	}
	return instrument(meterProvider(r, n), registryHandler(registry), n, exemplars)
}

func meterProvider(r sdkmetric.Reader, n int) *sdkmetric.MeterProvider {
	return sdkmetric.NewMeterProvider(sdkmetric.WithReader(r), sdkmetric.WithCardinalityLimit(n+1))
}

func newClientGolang(n int, exemplars bool) (*contestant, error) {
	registry := newRegistry()
	counters := prometheus.NewCounterVec(prometheus.CounterOpts{Name: counterName}, labelNames)
	histograms := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: histogramName, Buckets: bounds}, labelNames)
	registry.MustRegister(counters, histograms)
	counter, histogram := make([]prometheus.Counter, n), make([]prometheus.Observer, n)
	for i := range n {
		counter[i], histogram[i] = counters.WithLabelValues(labels(i)...), histograms.WithLabelValues(labels(i)...)
	}
	c := &contestant{handler: registryHandler(registry), record: func(i int, v float64) {
		counter[i].Inc()
		histogram[i].Observe(v)
	}}
	if exemplars {
		exemplar := prometheus.Labels{"trace_id": span.TraceID().String(), "span_id": span.SpanID().String()}
		c.record = func(i int, v float64) {
			counter[i].(prometheus.ExemplarAdder).AddWithExemplar(1, exemplar)
			histogram[i].(prometheus.ExemplarObserver).ObserveWithExemplar(v, exemplar)
		}
	}
	return c, nil
}

// newVictoriaMetrics writes only text, without exemplars, and leaves compression to the program around it.
func newVictoriaMetrics(n int, _ bool) (*contestant, error) {
	set := vm.NewSet()
	counters, histograms := make([]*vm.Counter, n), make([]*vm.PrometheusHistogram, n)
	for i := range n {
		var pairs []string
		for j, value := range labels(i) {
			pairs = append(pairs, fmt.Sprintf("%s=%q", labelNames[j], value))
		}
		series := "{" + strings.Join(pairs, ",") + "}"
		counters[i] = set.NewCounter(counterName + series)
		histograms[i] = set.NewPrometheusHistogramExt(histogramName+series, bounds)
	}
	return &contestant{
		handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; version=0.0.4")
			set.WritePrometheus(w)
			vm.WriteProcessMetrics(w)
		}),
		record: func(i int, v float64) {
			counters[i].Inc()
			histograms[i].Update(v)
		},
	}, nil
}

// newRegistry returns a registry with what client_golang's default one has.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// registryHandler is promhttp.Handler for a registry, with OpenMetrics, which exemplars need.
func registryHandler(r *prometheus.Registry) http.Handler {
	return promhttp.InstrumentMetricHandler(r, promhttp.HandlerFor(r, promhttp.HandlerOpts{EnableOpenMetrics: true}))
}
