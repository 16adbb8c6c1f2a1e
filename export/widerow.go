package export

import (
	"log/slog"
	"strconv"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// wideRow is the row under way: an event, and where in it the values of the dynamic columns are. It is loaded with one
// event after another, and belongs to one goroutine.
type wideRow struct {
	t     *wideTable
	ev    *monitor.Event
	slots []uint8 // of each dynamic column, 1 + the index into Scores or Attrs; 0 for none
	rest  []byte  // other_attributes; empty for none
}

func (t *wideTable) newRow() *wideRow { return &wideRow{t: t, slots: make([]uint8, t.slots)} }

// load makes ev the row. ev must stay as it is until the next load.
func (r *wideRow) load(ev *monitor.Event) {
	r.ev = ev
	r.rest = r.rest[:0]
	clear(r.slots)
	for i := range ev.Scores {
		s := &ev.Scores[i]
		slots := r.t.scores[s.Name]
		if slots == nil || !finite(s.Value) || !r.set(slots.value, i) {
			r.other(prefixScore, s.Name, earlierScores(ev, i), slog.Float64Value(s.Value))
		}
		if s.Feedback != "" && (slots == nil || !r.set(slots.feedback, i)) {
			r.other(prefixFeedback, s.Name, earlierScores(ev, i), slog.StringValue(s.Feedback))
		}
	}
	for i := range ev.Attrs {
		a := &ev.Attrs[i]
		slot := r.t.attrs[a.Key]
		if slot == nil || !slot.kind.holds(a.Value) || !r.set(slot.slot, i) {
			r.other(prefixAttr, a.Key, earlierKeys(ev.Attrs, i), a.Value)
		}
	}
	if len(r.rest) > 0 {
		r.rest = append(r.rest, '}')
	}
}

// set gives a dynamic column its value. It returns false when there is no such column, it has one already, or the value is
// further back than slots can say.
func (r *wideRow) set(slot, i int) bool {
	if slot < 0 || i >= 255 || r.slots[slot] != 0 {
		return false
	}
	r.slots[slot] = uint8(i + 1)
	return true
}

// other puts a value into other_attributes.
func (r *wideRow) other(prefix, key string, earlier int, v slog.Value) {
	r.rest = appendOther(r.rest, prefix, key, earlier, v)
}

// appendOther appends a member to an object of other_attributes, whose brace is still open; dst is empty before the first.
// The second of a name in one event has ~2 behind it.
func appendOther(dst []byte, prefix, key string, earlier int, v slog.Value) []byte {
	sep := byte(',')
	if len(dst) == 0 {
		sep = '{'
	}
	name := prefix + escapeKey(key)
	if earlier > 0 {
		name += "~" + strconv.Itoa(earlier+1)
	}
	dst = eventline.AppendString(append(dst, sep), name)
	return eventline.AppendValue(append(dst, ':'), v)
}

func earlierScores(ev *monitor.Event, i int) (n int) {
	for j := range ev.Scores[:i] {
		if ev.Scores[j].Name == ev.Scores[i].Name {
			n++
		}
	}
	return n
}

func earlierKeys(attrs []monitor.Attr, i int) (n int) {
	for j := range attrs[:i] {
		if attrs[j].Key == attrs[i].Key {
			n++
		}
	}
	return n
}
