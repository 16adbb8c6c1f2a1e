package exporter

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// exposed is one family of a scrape: a registry's, or the bridge's own.
type exposed struct {
	*dto.MetricFamily
	own *family // nil for a registry's
}

// gatherer joins the bridge's families with others: the handler's own metrics
// and the collectors, in a registry, and whatever else it was given.
type gatherer struct {
	bridge   *bridge
	registry *prometheus.Registry
	others   prometheus.Gatherer // the registry too
}

func newGatherer(b *bridge, registry *prometheus.Registry, more []prometheus.Gatherer) *gatherer {
	g := &gatherer{bridge: b, registry: registry, others: registry}
	if len(more) > 0 {
		g.others = append(prometheus.Gatherers{registry}, more...)
	}
	return g
}

// gather collects from both into s.
func (g *gatherer) gather(s *set) (families []exposed, spoiled bool, err error) {
	if g.bridge.isClosed() {
		return nil, false, nil
	}
	r := g.bridge.scrape(s)
	families, err = g.join(r.families, r.all())
	return families, r.spoiled, err
}

// join adds the others' families. Where both have a name the other one is
// served, since a scrape must not have it twice.
func (g *gatherer) join(families []*family, err error) ([]exposed, error) {
	errs := asMulti(err)
	others, err := g.others.Gather()
	for _, e := range asMulti(err) {
		g.bridge.reporter.report(problem{err: e, key: e.Error()})
		errs = append(errs, e)
	}
	joined := make([]exposed, 0, len(others)+len(families))
	for _, f := range others {
		addLabel(f, runLabel, g.bridge.run)
		joined = append(joined, exposed{MetricFamily: f})
	}
	for _, f := range families {
		if _, taken := slices.BinarySearchFunc(others, f.name, compareName); taken {
			e := fmt.Errorf("exporter: %s is left out: a collector has a metric of that name", f.name)
			g.bridge.reporter.report(problem{err: e, key: e.Error()})
			errs = append(errs, e)
			continue
		}
		joined = append(joined, exposed{&f.dto, f})
	}
	slices.SortFunc(joined, func(a, b exposed) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return joined, errs.MaybeUnwrap()
}

func compareName(f *dto.MetricFamily, name string) int { return cmp.Compare(f.GetName(), name) }

// addLabel puts a label on every series of a family. Neither the series nor
// their labels are ours: both are copied.
func addLabel(f *dto.MetricFamily, name, value string) {
	if value == "" {
		return
	}
	pair := &dto.LabelPair{Name: &name, Value: &value}
	for n, m := range f.Metric {
		i, taken := slices.BinarySearchFunc(m.Label, name, func(l *dto.LabelPair, name string) int {
			return cmp.Compare(l.GetName(), name)
		})
		if !taken {
			f.Metric[n] = &dto.Metric{
				Label: slices.Insert(slices.Clip(m.Label), i, pair), Gauge: m.Gauge, Counter: m.Counter, Summary: m.Summary,
				Untyped: m.Untyped, Histogram: m.Histogram, TimestampMs: m.TimestampMs,
			}
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
