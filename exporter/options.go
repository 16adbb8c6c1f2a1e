package exporter

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// WithRegisterer makes [NewReader] register itself with r, so that whatever
// serves r serves the OpenTelemetry metrics too. A nil r, or no such option,
// means [prometheus.DefaultRegisterer], as in the official exporter. The
// faster [Reader.Handler] does not need it: see [WithoutRegisterer].
// NewReader only.
func WithRegisterer(r prometheus.Registerer) Option {
	return optionFunc(func(c *config) {
		c.only(inNewReader, "WithRegisterer")
		c.registerer, c.unregistered = r, false
	})
}

// WithoutRegisterer makes [NewReader] register itself nowhere. It is for
// programs that serve [Reader.Handler] and whose default registry must not
// expose the same series a second time. NewReader only.
func WithoutRegisterer() Option {
	return optionFunc(func(c *config) {
		c.only(inNewReader, "WithoutRegisterer")
		c.registerer, c.unregistered = nil, true
	})
}

// WithAggregationSelector chooses the aggregation of each instrument kind.
// Without it, or where it returns nil, the SDK's default holds.
func WithAggregationSelector(s sdkmetric.AggregationSelector) Option {
	return optionFunc(func(c *config) {
		c.readerOpts = append(c.readerOpts, sdkmetric.WithAggregationSelector(s))
	})
}

// WithProducer adds a source of metrics that are not made by the SDK. Its
// Produce is called in every scrape, concurrently if scrapes are. It can be
// given several times.
func WithProducer(p sdkmetric.Producer) Option {
	return optionFunc(func(c *config) {
		c.readerOpts = append(c.readerOpts, sdkmetric.WithProducer(p))
		c.hasProducers = true
	})
}

// WithoutTargetInfo leaves out target_info, the metric whose labels are the
// attributes of the resource.
func WithoutTargetInfo() Option {
	return optionFunc(func(c *config) { c.withoutTargetInfo = true })
}

// WithoutScopeInfo leaves out the labels that name the instrumentation scope
// (otel_scope_name, otel_scope_version, otel_scope_schema_url and the scope's
// attributes). It is the default of [New]. Series that differ in nothing else
// are then merged: see the package documentation.
func WithoutScopeInfo() Option {
	return optionFunc(func(c *config) { c.withoutScopeInfo = true })
}

// WithScopeInfo puts the labels that name the instrumentation scope on every
// series. It is the default of [NewReader].
func WithScopeInfo() Option {
	return optionFunc(func(c *config) { c.withoutScopeInfo = false })
}

// WithTranslationStrategy chooses how OpenTelemetry names become Prometheus
// names. The default, also of the empty strategy, is
// [otlptranslator.UnderscoreEscapingWithSuffixes].
func WithTranslationStrategy(s otlptranslator.TranslationStrategyOption) Option {
	return optionFunc(func(c *config) { c.strategy = s })
}

// WithoutUnits leaves the unit out of metric names: a counter "wait" in "s"
// becomes wait_total instead of wait_seconds_total. The official exporter
// prefers [WithTranslationStrategy].
func WithoutUnits() Option {
	return optionFunc(func(c *config) { c.withoutUnits = true })
}

// WithoutCounterSuffixes leaves "_total" off the names of counters. The
// official exporter prefers [WithTranslationStrategy].
func WithoutCounterSuffixes() Option {
	return optionFunc(func(c *config) { c.withoutCounterSuffixes = true })
}

// WithNamespace puts a prefix and "_" before every metric name but
// target_info. Empty means none.
func WithNamespace(ns string) Option {
	return optionFunc(func(c *config) { c.namespace = ns })
}

// WithResourceAsConstantLabels puts the resource attributes that filter
// accepts on every OpenTelemetry series. target_info is not affected; nil
// means none.
func WithResourceAsConstantLabels(filter attribute.Filter) Option {
	return optionFunc(func(c *config) { c.resourceFilter = filter })
}

// WithRun puts the label run="name" on every series that the handler serves:
// the OpenTelemetry ones and target_info, and those of collectors and of the
// handler itself. A series that has a run label of its own keeps it. An empty
// name means no label.
func WithRun(name string) Option {
	return optionFunc(func(c *config) { c.run = name })
}

// WithGatherers makes the handler serve what gs gather beside the
// OpenTelemetry metrics: [prometheus.DefaultGatherer], for a program whose own
// Prometheus metrics are there. A [NewReader] must then not be registered with
// the same registry: see [WithoutRegisterer]. It can be given several times;
// where names meet, gs have precedence. Nil ones are skipped. What they gather
// is served after Shutdown too.
func WithGatherers(gs ...prometheus.Gatherer) Option {
	return optionFunc(func(c *config) {
		for _, g := range gs {
			if g != nil {
				c.gatherers = append(c.gatherers, g)
			}
		}
	})
}

// WithoutOpenMetrics makes the handler offer text and protobuf only, as the
// handler of promhttp.Handler does. Prometheus before version 3 takes the le
// labels of OpenMetrics, "1.0" where text has "1", for other series: this keeps
// those that it has.
func WithoutOpenMetrics() Option {
	return optionFunc(func(c *config) { c.withoutOpenMetrics = true })
}

// WithMaxRequestsInFlight bounds the scrapes that the handler serves at the
// same time; further ones are answered 503 at once. The default is 40, because
// a scrape holds memory until its client has read it; zero or less means no
// bound.
func WithMaxRequestsInFlight(n int) Option {
	return optionFunc(func(c *config) { c.maxRequests = n })
}
