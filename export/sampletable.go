package export

import (
	"context"
	"maps"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// sampleTable is the columns of a source's samples: metric_name, timestamp, value, and one for each key of an attribute.
type sampleTable struct {
	wanted map[string]bool // nil for all metrics
	rows   int64
	attrs  map[string]*attrSlot
	keys   []string // of attrs, in order of first appearance
}

// newSampleTable finds the columns of the samples of src that belong to the metrics named, all when none is, in one pass.
// It returns the first error of src or ctx as it is, [ErrNoEvents] when there is no sample, and an error that lists the
// metrics when one of those named is not among them.
func newSampleTable(ctx context.Context, src monitor.Source, metrics []string) (*sampleTable, error) {
	t := &sampleTable{attrs: make(map[string]*attrSlot)}
	if len(metrics) > 0 {
		t.wanted = make(map[string]bool, len(metrics))
		for _, name := range metrics {
			t.wanted[name] = true
		}
	}
	found := make(map[string]bool)
	err := eachEvent(ctx, src, func(ev *monitor.Event) error {
		t.see(ev, found)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range metrics {
		if !found[name] {
			return nil, unknownMetric(name, slices.Collect(maps.Keys(found)))
		}
	}
	if t.rows == 0 {
		return nil, ErrNoEvents
	}
	for _, slot := range t.attrs {
		slot.kind = slot.seen.column()
	}
	return t, nil
}

func (t *sampleTable) see(ev *monitor.Event, found map[string]bool) {
	var last []monitor.Attr
	ev.Metrics(func(m monitor.Metric) bool {
		if !finite(m.Value) {
			return true
		}
		if t.wanted != nil || !found[m.Name] {
			found[m.Name] = true
			if !t.wants(m.Name) {
				return true
			}
		}
		t.rows++
		if sameAttrs(m.Attrs, last) {
			return true
		}
		last = m.Attrs
		for i := range m.Attrs {
			t.seeAttr(&m.Attrs[i])
		}
		return true
	})
}

func (t *sampleTable) seeAttr(a *monitor.Attr) {
	slot := t.attrs[a.Key]
	if slot == nil {
		if len(t.keys) == maxDynamicColumns {
			return
		}
		slot = &attrSlot{slot: len(t.keys)}
		t.attrs[a.Key] = slot
		t.keys = append(t.keys, a.Key)
	}
	slot.seen |= kindsOf(a.Value)
}

func (t *sampleTable) wants(metric string) bool { return t.wanted == nil || t.wanted[metric] }

// sameAttrs reports whether a and b are one slice: the samples of an event share theirs.
func sameAttrs(a, b []monitor.Attr) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
