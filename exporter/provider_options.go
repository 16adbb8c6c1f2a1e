package exporter

import (
	"github.com/prometheus/client_golang/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/resource"
)

// WithReaders attaches further readers, an OTLP push for example, to the
// MeterProvider that [New] builds. They are flushed and shut down with it.
// Nil readers are skipped. New only.
func WithReaders(rs ...sdkmetric.Reader) Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithReaders")
		c.readers = append(c.readers, rs...)
	})
}

// WithViews adds views to the MeterProvider that [New] builds. New only.
func WithViews(vs ...sdkmetric.View) Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithViews")
		c.views = append(c.views, vs...)
	})
}

// WithResource merges r over [resource.Default]; where both have an attribute,
// r's is taken. Nil adds nothing. New only.
func WithResource(r *resource.Resource) Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithResource")
		c.resource = r
	})
}

// WithServiceName sets the resource's service.name, over [WithResource] and
// the environment. Empty keeps what those say. New only.
func WithServiceName(name string) Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithServiceName")
		c.serviceName = name
	})
}

// WithCardinalityLimit bounds the series of one instrument. What goes past the
// bound is collected in one series labelled otel_metric_overflow="true". The
// default is 2000; zero or less means no bound. New only.
func WithCardinalityLimit(n int) Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithCardinalityLimit")
		c.cardinalityLimit = n
	})
}

// WithNativeHistograms gives histograms native buckets beside the classic ones.
// Prometheus takes them over protobuf when its scrape_native_histograms is on,
// and the classic ones too with always_scrape_classic_histograms; the text
// formats show the classic ones alone, as without the option. A histogram to
// which a view gives an aggregation keeps that one only. Each measurement of a
// histogram is aggregated twice and the SDK's callbacks run twice a scrape;
// other readers are not affected. New only; for [NewReader] see the package
// documentation.
func WithNativeHistograms() Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithNativeHistograms")
		c.nativeHistograms = true
	})
}

// WithExemplars turns exemplars on; they travel in OpenMetrics and protobuf.
// A nil filter means the SDK's own choice: measurements made in sampled spans.
// They are off by default, unless OTEL_METRICS_EXEMPLAR_FILTER is set, because
// they make a scrape several times dearer. New only; a program with its own
// MeterProvider decides there.
func WithExemplars(filter exemplar.Filter) Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithExemplars")
		c.exemplars, c.exemplarFilter = true, filter
	})
}

// WithoutRuntimeCollectors leaves out client_golang's collectors for the Go
// runtime (go_*), the process (process_*) and the build (go_build_info). New
// only.
func WithoutRuntimeCollectors() Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithoutRuntimeCollectors")
		c.withoutRuntime = true
	})
}

// WithCollectors serves Prometheus collectors beside the OpenTelemetry
// metrics. One that cannot be registered makes [New] fail. New only.
func WithCollectors(cs ...prometheus.Collector) Option {
	return optionFunc(func(c *config) {
		c.only(inNew, "WithCollectors")
		c.collectors = append(c.collectors, cs...)
	})
}
