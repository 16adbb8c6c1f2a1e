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

// gatherer joins the bridge's families with those of a registry, which has the
// handler's own metrics and the collectors, and with whatever else it was given.
type gatherer struct {
	bridge   *bridge
	registry *prometheus.Registry
	more     prometheus.Gatherers
}

func newGatherer(b *bridge, registry *prometheus.Registry, more []prometheus.Gatherer) *gatherer {
	return &gatherer{bridge: b, registry: registry, more: more}
}

// gather collects from all into s. After Shutdown only what is not the bridge's
// business is left.
func (g *gatherer) gather(s *set) (families []exposed, spoiled bool, err error) {
	if g.bridge.isClosed() {
		if len(g.more) == 0 {
			return nil, false, nil
		}
		families, err = g.join(nil, nil, g.more)
		return families, false, err
	}
	r := g.bridge.scrape(s)
	var others prometheus.Gatherer = g.registry
	if len(g.more) > 0 {
		others = append(prometheus.Gatherers{g.registry}, g.more...)
	}
	families, err = g.join(r.families, r.all(), others)
	return families, r.spoiled, err
}

// join adds the others' families. Where names meet the other one is served,
// since a scrape must not have a sample twice.
func (g *gatherer) join(families []*family, err error, from prometheus.Gatherer) ([]exposed, error) {
	errs := asMulti(err)
	others, err := safely(from)
	for _, e := range asMulti(err) {
		g.bridge.reporter.report(problem{err: e})
		errs = append(errs, e)
	}
	joined := make([]exposed, 0, len(others)+len(families))
	for _, f := range others {
		addLabel(f, runLabel, g.bridge.run)
		joined = append(joined, exposed{MetricFamily: f})
	}
	for _, f := range families {
		if other, taken := clash(f, others); taken {
			p := problem{err: fmt.Errorf("exporter: %s is left out: a collector or gatherer has %s", f.name, other), key: f.name + " " + other}
			g.bridge.reporter.report(p)
			errs = append(errs, p.err)
			continue
		}
		joined = append(joined, exposed{&f.dto, f})
	}
	slices.SortFunc(joined, func(a, b exposed) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return joined, errs.MaybeUnwrap()
}

// safely gathers from somebody else: a panic there is an error of this scrape.
func safely(from prometheus.Gatherer) (families []*dto.MetricFamily, err error) {
	defer func() {
		if r := recover(); r != nil {
			families, err = nil, fmt.Errorf("exporter: panic in a gatherer: %v", r)
		}
	}()
	families, err = from.Gather()
	return slices.DeleteFunc(families, func(f *dto.MetricFamily) bool { return f == nil }), err
}

// clash finds a family among the others, sorted by name, that has samples of the
// same name.
func clash(f *family, others []*dto.MetricFamily) (name string, found bool) {
	typeOf := func(name string) (dto.MetricType, bool) {
		i, ok := slices.BinarySearchFunc(others, name, func(f *dto.MetricFamily, name string) int { return cmp.Compare(f.GetName(), name) })
		if !ok {
			return 0, false
		}
		return others[i].GetType(), true
	}
	if _, ok := typeOf(f.name); ok {
		return f.name, true
	}
	return collide(f.name, f.typ, typeOf)
}

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
