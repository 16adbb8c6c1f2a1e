package exporter

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// family is a metric family kept between scrapes, with the streams that feed
// it. Its series are in the order in which a registry would have them.
type family struct {
	dto     dto.MetricFamily
	name    string
	help    string
	typ     dto.MetricType
	desc    *prometheus.Desc
	headers [dialects]string // HELP and TYPE lines; "" is not made yet
	streams []*stream
	changed bool // series came or went
	points  []*point
	shown   []*point // those of dto.Metric: the rest is merged into them
	merges  []merge
	skipped *problem
}

func newFamily(name, help string, typ dto.MetricType) *family {
	f := &family{name: name, help: help, typ: typ, desc: prometheus.NewDesc(name, help, nil, nil)}
	f.dto.Name, f.dto.Help, f.dto.Type = &f.name, &f.help, &f.typ
	return f
}

func (f *family) add(st *stream) {
	f.streams = append(f.streams, st)
	f.changed = true
}

func (f *family) remove(st *stream) {
	f.streams = slices.DeleteFunc(f.streams, func(o *stream) bool { return o == st })
	f.changed = true
}

// settle brings the family in order after all its points have been set.
func (f *family) settle() {
	if f.changed {
		f.rebuild()
		f.changed = false
	}
	for _, m := range f.merges {
		m.into.merge(m.from)
	}
}

// rebuild sorts the series anew. Series with the same labels stand side by
// side then; the first of them is exposed and takes the others in.
func (f *family) rebuild() {
	all := f.points[:0]
	for _, st := range f.streams {
		for _, p := range st.points {
			if p.err == nil {
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, comparePoints)
	if len(all) < len(f.points) {
		clear(f.points[len(all):])
	}
	f.points, f.merges, f.skipped = all, f.merges[:0], nil

	metrics, shown := f.dto.Metric[:0], f.shown[:0]
	for i := 0; i < len(all); {
		n := 1
		for i+n < len(all) && compareLabels(all[i], all[i+n]) == 0 {
			n++
		}
		same := all[i : i+n]
		i += n
		if same[0].stream.isTwin {
			continue // it is newer than what the classic reader has
		}
		metrics, shown = append(metrics, &same[0].metric), append(shown, same[0])
		f.mergeAll(same)
	}
	if n := len(metrics); n < len(f.dto.Metric) {
		clear(f.dto.Metric[n:])
		clear(f.shown[n:])
	}
	f.dto.Metric, f.shown = metrics, shown
}

// mergeAll plans how series with the same labels become one.
func (f *family) mergeAll(same []*point) {
	for _, p := range same[1:] {
		if same[0].canMerge(p, len(same)) {
			f.merges = append(f.merges, merge{same[0], p})
			continue
		}
		if same[0].classic != nil && p.native != nil {
			f.skipped = &problem{
				err: fmt.Errorf("exporter: %s: several instruments give the same series, which goes without native buckets", f.name),
				key: f.name + " without native",
			}
			continue
		}
		f.skipped = &problem{
			fmt.Errorf("exporter: %s: %v and %v give the same series, the second is left out",
				f.name, &same[0].stream.key, &p.stream.key),
			f.name + " skipped", true,
		}
	}
}

// problem tells what two streams of the family had in common.
func (f *family) problem() (problem, bool) {
	if f.skipped != nil {
		return *f.skipped, true
	}
	for _, m := range f.merges {
		if m.from.stream.key.kind != m.into.stream.key.kind {
			continue // a classic histogram with its native twin is meant
		}
		return problem{
			fmt.Errorf("exporter: %s: %v and %v give the same series, they are added up",
				f.name, &m.into.stream.key, &m.from.stream.key),
			f.name + " merged", false,
		}, true
	}
	return problem{}, false
}

// comparePoints orders series as client_golang's registry does, by the number
// of labels and then by their values, and settles what that leaves open.
func comparePoints(a, b *point) int {
	if c := compareLabels(a, b); c != 0 {
		return c
	}
	if a.stream != b.stream {
		return a.stream.key.compare(&b.stream.key)
	}
	return cmp.Compare(encoded(&a.attrs), encoded(&b.attrs))
}

func compareLabels(a, b *point) int {
	x, y := a.metric.Label, b.metric.Label
	if c := cmp.Compare(len(x), len(y)); c != 0 {
		return c
	}
	for i := range x {
		if c := cmp.Compare(*x[i].Value, *y[i].Value); c != 0 {
			return c
		}
	}
	for i := range x {
		if c := cmp.Compare(*x[i].Name, *y[i].Name); c != 0 {
			return c
		}
	}
	return 0
}
