package ingest

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/internal/otlp"
	"github.com/genmeter/genmeter/monitor"
)

// otlpKept is what is kept on disk of an event that is held: a line of JSON. Trace and span stand in the event's id.
type otlpKept struct {
	Event  json.RawMessage `json:"event"`            // an event line
	Unless string          `json:"unless,omitempty"` // the id of an event beside which this one does not count
	Parent string          `json:"parent,omitempty"`
	Start  uint64          `json:"start,omitempty"`
	End    uint64          `json:"end,omitempty"`
	Known  bool            `json:"known,omitempty"` // these four are as in otlpNode
	Call   bool            `json:"call,omitempty"`
	Uses   bool            `json:"uses,omitempty"`
	Logs   []uint64        `json:"logs,omitempty"`

	event monitor.Event
	due   time.Time
}

// kept returns what is to be kept of an event of a span; user is a span that reports what the event repeats, if there is one.
func (tr *otlpTrace) kept(span otlp.SpanID, h *otlpHeld, user otlp.SpanID) otlpKept {
	k := otlpKept{Unless: spanID(tr.id, user), Start: h.start, End: h.end, event: h.event, due: h.due}
	if n := tr.nodes[span]; n != nil {
		k.Known, k.Call, k.Uses, k.Logs = n.known, n.call, n.uses, slices.Clone(n.logs)
		if n.parent != (otlp.SpanID{}) {
			k.Parent = hex.EncodeToString(n.parent[:])
		}
	}
	return k
}

// appendTo appends the line.
func (k *otlpKept) appendTo(dst []byte) []byte {
	k.Event = eventline.Append(nil, &k.event)
	line, err := json.Marshal(k)
	if err != nil { // there is no such event
		return dst
	}
	return append(append(dst, line...), '\n')
}

// place takes the line apart: the ids of trace, span and parent, and which of the span's events it is. It reports whether they
// are what appendTo has written.
func (k *otlpKept) place() (trace otlp.TraceID, key otlpHeldKey, parent otlp.SpanID, ok bool) {
	trace, key, ok = otlpPlace(k.event.ID)
	ok = ok && (k.Parent == "" || unhex(parent[:], k.Parent)) && len(k.Logs) <= otlpMaxLogs
	return trace, key, parent, ok
}

// otlpPlace takes the id of an event apart, and reports whether it is one of a span.
func otlpPlace(eventID string) (trace otlp.TraceID, key otlpHeldKey, ok bool) {
	id, at, more := strings.Cut(eventID, "/")
	traceText, spanText, _ := strings.Cut(id, "-")
	ok = unhex(trace[:], traceText) && unhex(key.span[:], spanText) && spanID(trace, key.span) == id
	if ok && more {
		var err error
		key.at, err = strconv.ParseUint(at, 10, 64)
		ok = err == nil
	}
	return trace, key, ok
}

func unhex(dst []byte, text string) bool {
	if len(text) != hex.EncodedLen(len(dst)) {
		return false
	}
	_, err := hex.Decode(dst, []byte(text))
	return err == nil
}

// snapshot returns all that is to be on disk.
func (o *OTLP) snapshot() (kept []otlpKept, version uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.tree.traces {
		tr := e.Value.(*otlpTrace)
		for key, h := range tr.held {
			kept = append(kept, tr.kept(key.span, h, tr.usedInside(key.span, h)))
		}
	}
	return slices.AppendSeq(kept, maps.Values(o.tree.leaving)), o.tree.version
}

func (o *OTLP) version() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tree.version
}

// restore remembers what an earlier process had of spans, holds again what that held, and returns what there is no room for.
func (o *OTLP) restore(now time.Time, earlier []otlpSighting, kept []otlpKept) []monitor.Event {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tree.keeping = true
	o.tree.version++ // the file may have more
	for i := range earlier {
		o.tree.recall(&earlier[i])
	}
	for i := range kept {
		o.tree.restore(&kept[i], now.Add(o.hold))
	}
	return o.tree.shrink(nil)
}

// recall notes a span of which its event alone is known: where it stood is forgotten. So it is taken for one whose way up is
// broken, but not by what was held beside it: then it was known not to be inside that.
func (t *otlpTree) recall(s *otlpSighting) {
	if n := t.node(t.trace(s.trace, true), s.span); n != nil {
		n.start, n.end, n.earlier = s.start, s.end, true
		n.uses, n.call = n.uses || s.uses, n.call || s.role == otlpCall
	}
}

func (t *otlpTree) restore(k *otlpKept, due time.Time) {
	trace, key, parent, _ := k.place()
	tr := t.trace(trace, true)
	if n := t.node(tr, key.span); n != nil {
		n.logs, n.uses, n.call = k.Logs, k.Uses, k.Call
		n.start, n.end = k.Start, k.End
		if k.Known {
			t.arrive(tr, &otlpSighting{span: key.span, parent: parent, start: k.Start, end: k.End})
		}
	}
	t.hold(tr, key, otlpHeld{k.event, k.Start, k.End, due, true})
}

// leave keeps an event that is not held any more on disk, until it, or what user's span tells in its place, is in the journal.
func (t *otlpTree) leave(tr *otlpTrace, span otlp.SpanID, h *otlpHeld, user otlp.SpanID) {
	if t.keeping {
		t.leaving[h.event.ID] = tr.kept(span, h, user)
	}
}

// landed takes off the disk what is now in the journal.
func (o *OTLP) landed(events []monitor.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.tree
	if len(t.leaving) == 0 {
		return
	}
	ids := make(map[string]bool, len(events))
	for i := range events {
		ids[events[i].ID] = true
	}
	for id, k := range t.leaving {
		if ids[id] || k.Unless != "" && ids[k.Unless] {
			delete(t.leaving, id)
			t.version++
		}
	}
}

// forgetMoot takes off the disk what has given way to another event and whose own time is up: that event is in the journal.
func (t *otlpTree) forgetMoot(now time.Time) {
	for id, k := range t.leaving {
		if k.Unless != "" && !k.due.After(now) {
			delete(t.leaving, id)
			t.version++
		}
	}
}
