package exporter

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// gatherer joins the bridge's families with those of a registry: the
// handler's own metrics, and the Provider's collectors.
type gatherer struct {
	bridge   *bridge
	registry *prometheus.Registry
}

// Gather implements [prometheus.TransactionalGatherer].
func (g *gatherer) Gather() ([]*dto.MetricFamily, func(), error) {
	if g.bridge.isClosed() {
		return nil, func() {}, nil
	}
	families, done, err := g.bridge.gather()
	joined, err := g.join(families, err)
	return joined, done, err
}

// join adds the registry's families. Where both have a name the registry's is
// served, since a scrape must not have it twice.
func (g *gatherer) join(families []*dto.MetricFamily, err error) ([]*dto.MetricFamily, error) {
	errs := asMulti(err)
	own, err := g.registry.Gather()
	for _, e := range asMulti(err) {
		g.bridge.reporter.report(problem{err: e, key: e.Error()})
		errs = append(errs, e)
	}
	for _, f := range own {
		addLabel(f, runLabel, g.bridge.run)
	}
	joined := make([]*dto.MetricFamily, 0, len(own)+len(families))
	joined = append(joined, own...)
	for _, f := range families {
		if _, taken := slices.BinarySearchFunc(own, f, byName); taken {
			e := fmt.Errorf("exporter: %s is left out: a collector has a metric of that name", f.GetName())
			g.bridge.reporter.report(problem{err: e, key: e.Error()})
			errs = append(errs, e)
			continue
		}
		joined = append(joined, f)
	}
	slices.SortFunc(joined, byName)
	return joined, errs.MaybeUnwrap()
}

func byName(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) }

// addLabel puts a label on every series of a family that a registry has just
// made. The series are the gatherer's, their labels are not: they are copied.
func addLabel(f *dto.MetricFamily, name, value string) {
	if value == "" {
		return
	}
	pair := &dto.LabelPair{Name: &name, Value: &value}
	for _, m := range f.Metric {
		i, taken := slices.BinarySearchFunc(m.Label, name, func(l *dto.LabelPair, name string) int {
			return cmp.Compare(l.GetName(), name)
		})
		if !taken {
			m.Label = slices.Insert(slices.Clip(m.Label), i, pair)
		}
	}
}

func asMulti(err error) prometheus.MultiError {
	var errs prometheus.MultiError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &errs):
		return errs
	}
	return prometheus.MultiError{err}
}

// newHandler serves g and counts, in g's registry, how that goes.
func newHandler(g *gatherer, maxRequests int) http.Handler {
	return promhttp.InstrumentMetricHandler(g.registry, promhttp.HandlerForTransactional(g, promhttp.HandlerOpts{
		ErrorHandling:       promhttp.ContinueOnError,
		EnableOpenMetrics:   true,
		MaxRequestsInFlight: maxRequests,
		Registry:            g.registry,
	}))
}
