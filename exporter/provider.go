package exporter

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
)

// Provider is a MeterProvider together with what Prometheus scrapes of it.
// Make one with [New]; it is safe for concurrent use.
type Provider struct {
	meters   *sdkmetric.MeterProvider
	gatherer *gatherer
	handler  http.Handler

	shutdown    sync.Once
	shutdownErr error
}

// New builds a MeterProvider and the bridge that serves it. Without options it
// serves OpenTelemetry's metrics without scope labels, target_info, and the
// go_*, process_* and promhttp_* metrics of client_golang. It registers
// nothing globally.
//
// New fails for options that only [NewReader] takes, for a namespace that
// cannot be made a name, for collectors that cannot be registered, and when no
// random service.instance.id can be made.
func New(opts ...Option) (*Provider, error) {
	c, err := newConfig(inNew, opts)
	if err != nil {
		return nil, err
	}
	registry, err := newRegistry(c)
	if err != nil {
		return nil, err
	}
	res, err := newResource(c)
	if err != nil {
		return nil, err
	}
	r, err := newReader(c)
	if err != nil {
		return nil, err
	}
	sdk := []sdkmetric.Option{
		sdkmetric.WithResource(res),
		sdkmetric.WithReader(r),
		sdkmetric.WithView(c.views...),
		sdkmetric.WithCardinalityLimit(c.cardinalityLimit),
	}
	if n := r.bridge.native; n != nil {
		sdk = append(sdk, sdkmetric.WithReader(n))
	}
	for _, other := range c.readers {
		sdk = append(sdk, sdkmetric.WithReader(other))
	}
	if f := c.filter(); f != nil {
		sdk = append(sdk, sdkmetric.WithExemplarFilter(f))
	}
	p := &Provider{
		meters:   sdkmetric.NewMeterProvider(sdk...),
		gatherer: newGatherer(r.bridge, registry, c.gatherers),
	}
	p.handler = newHandler(p.gatherer, c.handling)
	return p, nil
}

// filter returns the exemplar filter, nil for the SDK's own.
func (c config) filter() exemplar.Filter {
	switch {
	case c.exemplars:
		return c.exemplarFilter
	case os.Getenv("OTEL_METRICS_EXEMPLAR_FILTER") != "":
		return nil
	}
	return exemplar.AlwaysOffFilter
}

func newRegistry(c config) (*prometheus.Registry, error) {
	registry := prometheus.NewRegistry()
	all := c.collectors
	if !c.withoutRuntime {
		all = append([]prometheus.Collector{
			collectors.NewGoCollector(),
			collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
			collectors.NewBuildInfoCollector(),
		}, all...)
	}
	for _, one := range all {
		if err := registry.Register(one); err != nil {
			return nil, fmt.Errorf("exporter: registering a collector: %w", err)
		}
	}
	return registry, nil
}

// MeterProvider returns the provider to make instruments with. After Shutdown
// its meters do nothing.
func (p *Provider) MeterProvider() metric.MeterProvider { return p.meters }

// Handler returns the handler to mount at /metrics, the same one each time. It
// answers in text, OpenMetrics or protobuf, as the client asks. Problems do
// not fail a scrape: the rest is served, and
// promhttp_metric_handler_errors_total counts it. A client that reads slowly
// holds up no other; past [WithMaxRequestsInFlight] the answer is 503. After
// Shutdown the answer is empty.
func (p *Provider) Handler() http.Handler { return p.handler }

// Gatherer returns everything that the handler serves, for tests, pushes and
// embedding. Its families are built anew for each call and belong to the
// caller, which costs several times what a scrape of the handler does. As in
// the handler, an error comes with whatever could be gathered.
func (p *Provider) Gatherer() prometheus.Gatherer {
	return prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		g := p.gatherer
		exposed, _, err := g.gather(g.bridge.newSet())
		families := make([]*dto.MetricFamily, len(exposed))
		for i, f := range exposed {
			families[i] = f.MetricFamily
		}
		return families, err
	})
}

// ForceFlush makes the readers of [WithReaders] push what there is. Scrapes
// are always up to date and need none.
func (p *Provider) ForceFlush(ctx context.Context) error { return p.meters.ForceFlush(ctx) }

// Shutdown flushes and ends all readers; pass a deadline when one of them
// pushes. Scrapes are empty afterwards. Later calls do nothing and return what
// the first returned.
func (p *Provider) Shutdown(ctx context.Context) error {
	p.shutdown.Do(func() { p.shutdownErr = p.meters.Shutdown(ctx) })
	return p.shutdownErr
}
