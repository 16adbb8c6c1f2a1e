package ingest

import (
	"container/list"
	"slices"
	"time"

	"github.com/genmeter/genmeter/internal/otlp"
	"github.com/genmeter/genmeter/monitor"
)

// Bounds of what is remembered of traces: about 15 MB when full.
const (
	otlpMaxNodes   = 65_536 // spans
	otlpMaxHeld    = 4_096  // events that wait for other spans of their trace
	otlpMaxSteps   = 100    // from a span towards its root
	otlpMaxLogs    = 64     // calls in one span that log records tell of
	otlpMaxEarlier = 16_384 // spans of an earlier process
	otlpMaxLoose   = 1_000  // reports of usage in a trace whose way up to the root is broken
)

// otlpTree remembers which spans of the last traces are inside which, so that what an agent reports of its calls is not
// counted beside them. Only traces that have shown a span about a model are remembered; of those all spans, since others
// stand between an agent and its calls.
type otlpTree struct {
	traces map[otlp.TraceID]*list.Element // of *otlpTrace
	used   *list.List                     // the one that was used least recently first
	nodes  int                            // of all traces
	held   int
	queue  []otlpDeadline // in order; entries whose event is gone are passed over

	keeping bool                // what is held is on disk too
	leaving map[string]otlpKept // by event id, while keeping: what was held and may not be in the journal yet
	version uint64              // grows when what is to be on disk may have changed
}

type otlpTrace struct {
	id    otlp.TraceID
	nodes map[otlp.SpanID]*otlpNode
	held  map[otlpHeldKey]*otlpHeld
	loose []otlpLoose // valid while fresh
	fresh bool        // nothing has arrived since loose was made
}

// otlpLoose is a report of usage whose way up ends at a span that has not arrived.
type otlpLoose struct {
	span, top  otlp.SpanID
	start, end uint64
	earlier    bool
}

// otlpNode is a span. What is said of a span before it arrives is kept in its node too.
type otlpNode struct {
	parent     otlp.SpanID
	start, end uint64
	known      bool        // the span has arrived
	call       bool        // it is a call
	uses       bool        // it, or a log record of it, reports usage
	earlier    bool        // it is known from an earlier process
	callInside bool        // one of its descendants is a call
	useInside  otlp.SpanID // a descendant that reports usage
	logs       []uint64    // the times of the calls that log records tell of
}

// user returns a span that reports usage, this one or one inside it; the zero id for none.
func (n *otlpNode) user(id otlp.SpanID) otlp.SpanID {
	if n.useInside == (otlp.SpanID{}) && n.uses {
		return id
	}
	return n.useInside
}

// otlpHeldKey tells the events of one span apart: at is 0 but for the second and later calls that log records tell of.
type otlpHeldKey struct {
	span otlp.SpanID
	at   uint64
}

// otlpHeld is an event that waits until the other spans of its trace had time to come.
type otlpHeld struct {
	event      monitor.Event
	start, end uint64
	due        time.Time
	earlier    bool // an earlier process held it
}

type otlpDeadline struct {
	due   time.Time
	trace otlp.TraceID
	key   otlpHeldKey
}

func newOTLPTree() *otlpTree {
	return &otlpTree{traces: make(map[otlp.TraceID]*list.Element), used: list.New(), leaving: make(map[string]otlpKept)}
}

// trace returns a trace that is remembered, as the one used last; nil for any other unless open is set.
func (t *otlpTree) trace(id otlp.TraceID, open bool) *otlpTrace {
	if e := t.traces[id]; e != nil {
		t.used.MoveToBack(e)
		return e.Value.(*otlpTrace)
	}
	if !open {
		return nil
	}
	tr := &otlpTrace{id: id, nodes: make(map[otlp.SpanID]*otlpNode), held: make(map[otlpHeldKey]*otlpHeld)}
	t.traces[id] = t.used.PushBack(tr)
	return tr
}

// node returns the node of a span, a new one if there is none; nil when a single trace fills the memory.
func (t *otlpTree) node(tr *otlpTrace, id otlp.SpanID) *otlpNode {
	n := tr.nodes[id]
	if n == nil && len(tr.nodes) < otlpMaxNodes {
		n = new(otlpNode)
		tr.nodes[id] = n
		t.nodes++
	}
	tr.fresh = false
	return n
}

// arrive notes a span.
func (t *otlpTree) arrive(tr *otlpTrace, s *otlpSighting) {
	n := t.node(tr, s.span)
	if n == nil {
		return
	}
	n.known, n.earlier, n.parent = true, false, s.parent
	n.start, n.end = s.start, s.end
	n.call = n.call || s.role == otlpCall
	n.uses = n.uses || s.uses
	if len(tr.held) > 0 { // which may count no more, or again
		t.version++
	}
	t.tellAbove(tr, n.parent, n.call || n.callInside, n.user(s.span))
}

// tellAbove tells the spans around one what is inside them. A span that knows it already has told those around itself,
// so that all of this takes two steps a span, and ends where parents run in a circle.
func (t *otlpTree) tellAbove(tr *otlpTrace, id otlp.SpanID, call bool, user otlp.SpanID) {
	none := otlp.SpanID{}
	for id != none && (call || user != none) {
		n := t.node(tr, id)
		if n == nil {
			return
		}
		call = call && !n.callInside
		n.callInside = n.callInside || call
		if n.useInside != none {
			user = none
		} else {
			n.useInside = user
		}
		if !n.known {
			return
		}
		id = n.parent
	}
}

// hold keeps an event until due.
func (t *otlpTree) hold(tr *otlpTrace, key otlpHeldKey, h otlpHeld) {
	if tr.held[key] == nil {
		t.held++
	}
	tr.held[key] = &h
	t.version++
	t.queue = append(t.queue, otlpDeadline{h.due, tr.id, key})
}

func (t *otlpTree) drop(tr *otlpTrace, key otlpHeldKey) bool {
	if tr.held[key] == nil {
		return false
	}
	delete(tr.held, key)
	t.held--
	t.version++
	return true
}

// giveWay drops what is held under key, for what the span of this id tells: that may not be in the journal yet.
func (t *otlpTree) giveWay(tr *otlpTrace, key otlpHeldKey, to otlp.SpanID) {
	h := tr.held[key]
	if t.drop(tr, key) && to != (otlp.SpanID{}) {
		t.leave(tr, key.span, h, to)
	}
}

// dropLogs drops the calls that log records tell of in a span that is a call itself.
func (t *otlpTree) dropLogs(tr *otlpTrace, span otlp.SpanID) {
	t.giveWay(tr, otlpHeldKey{span: span}, span)
	if n := tr.nodes[span]; n != nil {
		for _, at := range n.logs {
			t.giveWay(tr, otlpHeldKey{span, at}, span)
		}
	}
}

// settle decides what is held under key, and appends its event if it counts.
func (t *otlpTree) settle(events []monitor.Event, tr *otlpTrace, key otlpHeldKey) []monitor.Event {
	h := tr.held[key]
	user := tr.usedInside(key.span, h)
	t.drop(tr, key)
	t.leave(tr, key.span, h, user)
	if user != (otlp.SpanID{}) {
		return events
	}
	return append(events, h.event)
}

// due settles what is due by now.
func (t *otlpTree) due(events []monitor.Event, now time.Time) []monitor.Event {
	t.forgetMoot(now) // what is settled now is so next time
	n := 0
	for ; n < len(t.queue) && !t.queue[n].due.After(now); n++ {
		d := &t.queue[n]
		if e := t.traces[d.trace]; e != nil {
			tr := e.Value.(*otlpTrace)
			if h := tr.held[d.key]; h != nil && !h.due.After(now) {
				events = t.settle(events, tr, d.key)
			}
		}
	}
	t.queue = append(t.queue[:0], t.queue[n:]...)
	return events
}

// shrink forgets the traces that were used least recently while there is too much to remember. What they hold is settled.
func (t *otlpTree) shrink(events []monitor.Event) []monitor.Event {
	for (t.nodes > otlpMaxNodes || t.held > otlpMaxHeld) && t.used.Len() > 0 {
		events = t.forget(events)
	}
	if len(t.queue) > 2*otlpMaxHeld { // most of it is of traces that are forgotten
		t.compact()
	}
	return events
}

// forget settles and forgets the trace that was used least recently.
func (t *otlpTree) forget(events []monitor.Event) []monitor.Event {
	e := t.used.Front()
	tr := t.used.Remove(e).(*otlpTrace)
	for key := range tr.held {
		events = t.settle(events, tr, key)
	}
	delete(t.traces, tr.id)
	t.nodes -= len(tr.nodes)
	return events
}

// compact takes the entries out of the queue whose event is gone.
func (t *otlpTree) compact() {
	kept := t.queue[:0]
	for _, d := range t.queue {
		if e := t.traces[d.trace]; e != nil {
			if h := e.Value.(*otlpTrace).held[d.key]; h != nil && h.due.Equal(d.due) {
				kept = append(kept, d)
			}
		}
	}
	t.queue = kept
}

// usedInside returns the innermost descendant of an agent's span that is known to report usage, the zero id for none: one whose
// way up leads there; or, since exporters leave spans out, one whose way up is broken, and that lies within the agent's time.
func (tr *otlpTrace) usedInside(id otlp.SpanID, h *otlpHeld) otlp.SpanID {
	agent := tr.nodes[id]
	if agent == nil || h.event.Kind != monitor.KindUsage {
		return otlp.SpanID{}
	}
	user := agent.useInside
	if user == (otlp.SpanID{}) {
		tr.findLoose()
		top, _ := tr.top(id)
		i := slices.IndexFunc(tr.loose, func(l otlpLoose) bool {
			return l.span != id && (!l.earlier || !h.earlier) && l.top != top && l.start >= h.start && l.end <= h.end
		})
		if i < 0 {
			return otlp.SpanID{}
		}
		user = tr.loose[i].span
	}
	return tr.innermost(user)
}

// innermost returns the span whose report of usage is the one that counts in the end, of those that are inside one another.
func (tr *otlpTrace) innermost(user otlp.SpanID) otlp.SpanID {
	for range otlpMaxSteps { // parents may run in a circle
		n := tr.nodes[user]
		if n == nil || n.useInside == (otlp.SpanID{}) {
			break
		}
		user = n.useInside
	}
	return user
}

// findLoose makes the list of loose reports, once for all agents of a trace that are settled together.
func (tr *otlpTrace) findLoose() {
	if tr.fresh {
		return
	}
	tr.loose, tr.fresh = tr.loose[:0], true
	for id, n := range tr.nodes {
		if !n.uses {
			continue
		}
		if top, broken := tr.top(id); broken {
			tr.loose = append(tr.loose, otlpLoose{id, top, n.start, n.end, n.earlier})
		}
		if len(tr.loose) == otlpMaxLoose {
			return
		}
	}
}

// top follows a span's parents to the last one of which anything is known, and reports whether that one has not arrived.
func (tr *otlpTrace) top(id otlp.SpanID) (top otlp.SpanID, broken bool) {
	for range otlpMaxSteps {
		n := tr.nodes[id]
		if n == nil || !n.known {
			return id, true
		}
		if n.parent == (otlp.SpanID{}) {
			return id, false
		}
		id = n.parent
	}
	return id, false
}
