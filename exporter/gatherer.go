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

// gatherer joins the bridge's families with those of a registry: the
// handler's own metrics, and the Provider's collectors.
type gatherer struct {
	bridge   *bridge
	registry *prometheus.Registry
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

// join adds the registry's families. Where both have a name the registry's is
// served, since a scrape must not have it twice.
func (g *gatherer) join(families []*family, err error) ([]exposed, error) {
	errs := asMulti(err)
	own, err := g.registry.Gather()
	for _, e := range asMulti(err) {
		g.bridge.reporter.report(problem{err: e, key: e.Error()})
		errs = append(errs, e)
	}
	joined := make([]exposed, 0, len(own)+len(families))
	for _, f := range own {
		addLabel(f, runLabel, g.bridge.run)
		joined = append(joined, exposed{MetricFamily: f})
	}
	for _, f := range families {
		if _, taken := slices.BinarySearchFunc(own, f.name, compareName); taken {
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
