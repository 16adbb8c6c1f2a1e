package exporter

import (
	"cmp"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/attribute"
	official "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
)

// duo is the official exporter and ours, two readers of one MeterProvider.
type duo struct {
	provider *sdkmetric.MeterProvider
	theirs   *prometheus.Registry
	ours     *prometheus.Registry
	reader   *Reader
}

func newDuo(t testing.TB, o pairOfOptions, opts ...sdkmetric.Option) *duo {
	t.Helper()
	d := &duo{theirs: prometheus.NewRegistry(), ours: prometheus.NewRegistry()}
	them := must(official.New(append(slices.Clip(o.official), official.WithRegisterer(d.theirs))...))(t)
	d.reader = must(NewReader(append([]Option{WithRegisterer(d.ours)}, o.ours...)...))(t)
	d.provider = sdkmetric.NewMeterProvider(append([]sdkmetric.Option{
		sdkmetric.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "svc"), attribute.String("service.instance.id", "1"))),
		sdkmetric.WithReader(them),
		sdkmetric.WithReader(d.reader),
	}, opts...)...)
	t.Cleanup(func() { _ = d.provider.Shutdown(background) })
	return d
}

// producing adds a producer to both exporters' options.
func (o pairOfOptions) producing(p sdkmetric.Producer) pairOfOptions {
	o.ours = append(slices.Clip(o.ours), WithProducer(p))
	o.official = append(slices.Clip(o.official), official.WithProducer(p))
	return o
}

// their returns the official exporter's families. Its exemplars have their
// labels in random order, ours are sorted: those are brought in order.
func (d *duo) their() ([]*dto.MetricFamily, error) {
	families, err := d.theirs.Gather()
	sortLabels := func(e *dto.Exemplar) {
		slices.SortFunc(e.GetLabel(), func(a, b *dto.LabelPair) int { return cmp.Compare(a.GetName(), b.GetName()) })
	}
	for _, f := range families {
		for _, m := range f.Metric {
			sortLabels(m.GetCounter().GetExemplar())
			for _, b := range m.GetHistogram().GetBucket() {
				sortLabels(b.Exemplar)
			}
			for _, e := range m.GetHistogram().GetExemplars() {
				sortLabels(e)
			}
		}
	}
	return families, err
}

// withoutInfo leaves scope labels and target_info off.
var withoutInfo = pairOfOptions{
	name:     "without info",
	ours:     []Option{WithoutScopeInfo(), WithoutTargetInfo()},
	official: []official.Option{official.WithoutScopeInfo(), official.WithoutTargetInfo()},
}

// and joins two choices of options.
func (o pairOfOptions) and(p pairOfOptions) pairOfOptions {
	o.name += " " + p.name
	o.ours = append(slices.Clip(o.ours), p.ours...)
	o.official = append(slices.Clip(o.official), p.official...)
	return o
}
