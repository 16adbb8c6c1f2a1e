package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// grouped gives what g gathers as a group of the Pushgateway takes it: the Pushgateway puts the labels of the group on
// every series itself, and takes none that already has them. A series that disagrees keeps its own value under
// exported_NAME, as in a scrape without honor_labels. Families that the Pushgateway has of itself are left out: it
// complains of each of them in its log, and refuses the whole push where its own are of another type.
func grouped(g prometheus.Gatherer, group map[string]string) prometheus.Gatherer {
	return prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		families, err := g.Gather()
		if len(families) > 0 {
			err = nil // a series that cannot be exposed does not cost the others; it was reported
		}
		families = slices.DeleteFunc(families, isOfProcess)
		for _, f := range families {
			for _, m := range f.Metric {
				m.Label = regroup(m.Label, group)
			}
		}
		return families, err
	})
}

// isOfProcess tells the families of client_golang's own collectors.
func isOfProcess(f *dto.MetricFamily) bool {
	return slices.ContainsFunc([]string{"go_", "process_", "promhttp_"}, func(prefix string) bool {
		return strings.HasPrefix(f.GetName(), prefix)
	})
}

// regroup returns labels as they are, or a changed copy: series share their labels.
func regroup(labels []*dto.LabelPair, group map[string]string) []*dto.LabelPair {
	inGroup := func(l *dto.LabelPair) bool { _, ok := group[l.GetName()]; return ok }
	if !slices.ContainsFunc(labels, inGroup) {
		return labels
	}
	has := func(name string) bool {
		return slices.ContainsFunc(labels, func(l *dto.LabelPair) bool { return l.GetName() == name })
	}
	out := make([]*dto.LabelPair, 0, len(labels))
	for _, l := range labels {
		switch {
		case !inGroup(l):
			out = append(out, l)
		case l.GetValue() != group[l.GetName()]:
			name := "exported_" + l.GetName()
			for has(name) {
				name = "exported_" + name
			}
			out = append(out, &dto.LabelPair{Name: &name, Value: l.Value})
		}
	}
	slices.SortFunc(out, func(a, b *dto.LabelPair) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return out
}
