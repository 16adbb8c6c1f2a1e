package export

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// maxDynamicColumns bounds the columns that come from names of scores and keys of attributes. What is beyond them is in
// other_attributes.
const maxDynamicColumns = 200

// otherAttributes is the last column of every wide table: a JSON object of the scores, feedbacks and attributes that have
// no column, or whose value their column cannot hold, by the name that a column would have.
const otherAttributes = "other_attributes"

// Prefixes of the columns of scores and attributes. No fixed column begins with one.
const (
	prefixScore    = "score_"
	prefixFeedback = "feedback_"
	prefixAttr     = "attr_"
)

// wideTable is the columns of a source of events: one row a call, evaluation, finished record or usage report. It is read only, and may
// be used by several goroutines, each with a row of its own.
type wideTable struct {
	columns []column
	rows    int64 // how many the first pass saw
	slots   int   // dynamic columns

	scores map[string]*scoreSlots
	attrs  map[string]*attrSlot
}

// scoreSlots are the dynamic columns of a score, -1 for none.
type scoreSlots struct{ value, feedback int }

// attrSlot is the dynamic column of an attribute.
type attrSlot struct {
	slot int
	seen seenKinds
	kind columnKind
}

// isRow reports whether the wide table has a row for the event.
func isRow(ev *monitor.Event) bool {
	switch ev.Kind {
	case monitor.KindGeneration, monitor.KindEvaluation, monitor.KindRecord, monitor.KindUsage:
		return true
	}
	return false
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// newWideTable finds the columns of src, in one pass. It returns the first error of src or ctx as it is, and
// [ErrNoEvents] when there are no rows.
func newWideTable(ctx context.Context, src monitor.Source) (*wideTable, error) {
	t := &wideTable{scores: make(map[string]*scoreSlots), attrs: make(map[string]*attrSlot)}
	var order wideOrder
	err := eachEvent(ctx, src, func(ev *monitor.Event) error {
		if isRow(ev) {
			t.rows++
			t.see(ev, &order)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if t.rows == 0 {
		return nil, ErrNoEvents
	}
	t.build(&order)
	return t, nil
}

// wideOrder has the names in order of first appearance.
type wideOrder struct{ scores, attrs []string }

func (t *wideTable) see(ev *monitor.Event, order *wideOrder) {
	for i := range ev.Scores {
		s := &ev.Scores[i]
		slots := t.scores[s.Name]
		if slots == nil {
			if t.slots == maxDynamicColumns {
				continue
			}
			slots = &scoreSlots{t.slots, -1}
			t.scores[s.Name] = slots
			order.scores = append(order.scores, s.Name)
			t.slots++
		}
		if s.Feedback != "" && slots.feedback < 0 && t.slots < maxDynamicColumns {
			slots.feedback = t.slots
			t.slots++
		}
	}
	for _, a := range ev.Attrs {
		slot := t.attrs[a.Key]
		if slot == nil {
			if t.slots == maxDynamicColumns {
				continue
			}
			slot = &attrSlot{slot: t.slots}
			t.attrs[a.Key] = slot
			order.attrs = append(order.attrs, a.Key)
			t.slots++
		}
		slot.seen |= kindsOf(a.Value)
	}
}

// build makes the columns: the fixed ones, scores each with its feedback, attributes, and the rest.
func (t *wideTable) build(order *wideOrder) {
	t.columns = wideFields()
	var names columnNames
	for _, c := range t.columns {
		names.take("", c.name)
	}
	names.take("", otherAttributes)
	for _, name := range order.scores {
		slots := t.scores[name]
		t.columns = append(t.columns, scoreColumn(names.take(prefixScore, name), slots.value))
		if slots.feedback >= 0 {
			t.columns = append(t.columns, feedbackColumn(names.take(prefixFeedback, name), slots.feedback))
		}
	}
	for _, key := range order.attrs {
		slot := t.attrs[key]
		slot.kind = slot.seen.column()
		t.columns = append(t.columns, attrColumn(names.take(prefixAttr, key), slot))
	}
	t.columns = append(slices.Clip(t.columns), column{name: otherAttributes, kind: columnText,
		text: func(r *wideRow) (string, bool) { return string(r.rest), len(r.rest) > 0 }})
}

func scoreColumn(name string, slot int) column {
	return column{name: name, kind: columnFloat, float: func(r *wideRow) (float64, bool) {
		if i := r.slots[slot]; i > 0 {
			return r.ev.Scores[i-1].Value, true
		}
		return 0, false
	}}
}

func feedbackColumn(name string, slot int) column {
	return column{name: name, kind: columnText, text: func(r *wideRow) (string, bool) {
		if i := r.slots[slot]; i > 0 {
			return r.ev.Scores[i-1].Feedback, true
		}
		return "", false
	}}
}

func attrColumn(name string, a *attrSlot) column {
	c := column{name: name, kind: a.kind}
	slot := a.slot
	switch a.kind {
	case columnText:
		c.text = func(r *wideRow) (s string, ok bool) {
			if i := r.slots[slot]; i > 0 {
				return textOf(r.ev.Attrs[i-1].Value), true
			}
			return "", false
		}
	case columnInt:
		c.int = func(r *wideRow) (int64, bool) {
			if i := r.slots[slot]; i > 0 {
				return intOf(r.ev.Attrs[i-1].Value), true
			}
			return 0, false
		}
	case columnFloat:
		c.float = func(r *wideRow) (float64, bool) {
			if i := r.slots[slot]; i > 0 {
				return floatOf(r.ev.Attrs[i-1].Value), true
			}
			return 0, false
		}
	case columnBool:
		c.bool = func(r *wideRow) (bool, bool) {
			if i := r.slots[slot]; i > 0 {
				return r.ev.Attrs[i-1].Value.Bool(), true
			}
			return false, false
		}
	case columnTime:
		c.time = func(r *wideRow) (time.Time, bool) {
			if i := r.slots[slot]; i > 0 {
				return r.ev.Attrs[i-1].Value.Time(), true
			}
			return time.Time{}, false
		}
	}
	return c
}
