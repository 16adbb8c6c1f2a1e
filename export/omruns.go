package export

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// omRunName returns what tells the run of an event: nothing when at most one run has been named by [WithInfo], else the
// event's first attribute "run".
func omRunName(c *config) func(*monitor.Event) string {
	var first string
	several := false
	for _, p := range c.info {
		if p.key == labelRun {
			several = several || first != "" && p.value != first
			first = cmp.Or(first, p.value)
		}
	}
	return func(ev *monitor.Event) string {
		if !several {
			return first
		}
		for _, a := range ev.Attrs {
			if a.Key == labelRun {
				return a.Value.String()
			}
		}
		return ""
	}
}

// newOMRuns goes through the runs of a source, each with a monitor and a clock of its own, in the order in which they begin.
// A monitor is gone when its run has ended. src is read twice.
func newOMRuns(ctx context.Context, src monitor.Source, nameOf func(*monitor.Event) string) ([]*omRun, error) {
	spans, err := omSpans(ctx, src, nameOf)
	if err != nil {
		return nil, err
	}
	var walks []*omWalk
	var runs []*omRun
	defer func() {
		for _, w := range walks {
			w.close()
		}
	}()
	err = eachEvent(ctx, src, func(ev *monitor.Event) error {
		span := spans[nameOf(ev)]
		if span == nil {
			return nil // it was not there when src was read first
		}
		if span.walk == nil {
			w, err := newOMWalk(ctx, span)
			if err != nil {
				return err
			}
			span.walk, walks, runs = w, append(walks, w), append(runs, &w.omRun)
		}
		return span.walk.event(ev)
	})
	return runs, err
}

// omFamilyOf is a family of a run.
type omFamilyOf struct {
	*omFamily
	run *omRun
}

// chosenFamilies returns the families that have series, by name, each of all runs that have it: all, or those named as
// Prometheus has them.
func chosenFamilies(runs []*omRun, names []string) ([][]omFamilyOf, error) {
	byName := make(map[string][]omFamilyOf)
	for _, r := range runs {
		for _, f := range r.meter.families {
			hidden := slices.ContainsFunc(omHidden, func(p string) bool { return strings.HasPrefix(f.name, p) })
			if name := f.sampleName(); len(f.order) > 0 && !hidden {
				byName[name] = append(byName[name], omFamilyOf{f, r})
			}
		}
	}
	known := slices.Sorted(maps.Keys(byName))
	for _, name := range names {
		if byName[name] == nil {
			return nil, unknownMetric(name, known)
		}
	}
	var chosen [][]omFamilyOf
	for _, name := range known {
		if len(names) == 0 || slices.Contains(names, name) {
			chosen = append(chosen, byName[name])
		}
	}
	return chosen, nil
}
