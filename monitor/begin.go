package monitor

import (
	"context"
	"sync/atomic"
	"time"
)

// Call is a call in progress, from [Monitor.Begin] to End.
type Call struct {
	m     *Monitor
	gen   Generation
	id    uint64
	start time.Time
	ended atomic.Bool
}

// Begin says that a call to a model has begun: it counts as in progress, under g's Provider and Model, until
// [Call.End]. A Begin that has no End within an hour is given up, and counted in genmeter_begins_expired_total.
func (m *Monitor) Begin(g Generation) *Call {
	if m == nil {
		return &Call{gen: g}
	}
	return &Call{m: m, gen: g, id: m.begin(&g), start: m.clock.instant()}
}

// End says that the call has ended, and records it as [Monitor.TrackGeneration] does. fill may be nil; it is given the
// Generation of Begin to complete. Its Duration is measured since Begin where it is 0. A second End does nothing. Begin
// and End allocate the Call, and nothing else.
func (c *Call) End(ctx context.Context, fill func(*Generation)) {
	if c.ended.Swap(true) {
		return
	}
	if fill != nil {
		fill(&c.gen)
	}
	if c.m == nil {
		return
	}
	if c.gen.Duration == 0 {
		c.gen.Duration = max(c.m.clock.elapsed(c.start), 1)
	}
	c.m.track(ctx, &c.gen, c.id)
}

// begin records the start of a call and returns its number.
func (m *Monitor) begin(g *Generation) uint64 {
	id := m.lastCall.Add(1)
	m.Track(context.Background(), Event{
		Kind: KindBegin, Provider: g.Provider, Model: g.Model, Operation: g.Operation, Step: g.Step,
		ID: g.ID, RecordID: g.RecordID, call: id,
	})
	return id
}

// beginKey names a call in progress: by its number when Begin was called here, by its id when it came by another road.
type beginKey struct {
	call uint64
	id   string
}

func (e *Event) beginKey() beginKey {
	if e.call != 0 {
		return beginKey{call: e.call}
	}
	return beginKey{id: e.ID}
}

// openBegin is a call in progress.
type openBegin struct {
	series *modelSeries
	at     time.Time
}

// begin is an entry of the queue of calls in progress, in the order in which they began.
type begin struct {
	key beginKey
	at  time.Time
}

// begin passes a call that has begun.
func (p *pump) begin(e *Event) {
	key := e.beginKey()
	if _, again := p.begins[key]; again || key == (beginKey{}) {
		return
	}
	s := p.call(e.Provider, e.Model, e.Operation, e.Step).modelSeries
	s.begun = true
	s.inProgress++
	p.stats.inProgress++
	p.begins[key] = openBegin{s, e.Time}
	p.beginOrder = append(p.beginOrder, begin{key, e.Time})
	for len(p.begins) > maxBegins { // the first entries may be of calls that have ended
		p.expireFirst()
	}
	if len(p.beginOrder) > 2*maxBegins {
		p.compactBegins()
	}
}

// endBegin passes the end of a call that had begun.
func (p *pump) endBegin(e *Event) {
	if len(p.begins) == 0 || e.call == 0 && e.ID == "" {
		return
	}
	p.closeBegin(e.beginKey())
}

// closeBegin takes a call out of those in progress, and reports whether it was there.
func (p *pump) closeBegin(key beginKey) bool {
	open, ok := p.begins[key]
	if ok {
		delete(p.begins, key)
		open.series.inProgress--
		p.stats.inProgress--
	}
	return ok
}

// expireBegins gives up the calls that began more than an hour ago.
func (p *pump) expireBegins() {
	if len(p.beginOrder) == 0 {
		return
	}
	before := p.m.clock.now().Add(-beginExpiry)
	for len(p.beginOrder) > 0 {
		if first := p.beginOrder[0]; p.isOpen(first) && first.at.After(before) {
			return
		}
		p.expireFirst()
	}
}

// expireFirst takes the first entry off the queue; a call that is still in progress is given up.
func (p *pump) expireFirst() {
	first := p.beginOrder[0]
	p.beginOrder = p.beginOrder[1:]
	if p.isOpen(first) && p.closeBegin(first.key) {
		p.count(p.expired, 1)
	}
}

// isOpen reports whether the entry's call is in progress. An id may have begun again: then the entry is out of date.
func (p *pump) isOpen(b begin) bool {
	open, ok := p.begins[b.key]
	return ok && open.at.Equal(b.at)
}

// compactBegins drops the entries of ended calls that wait behind one still in progress.
func (p *pump) compactBegins() {
	kept := p.beginOrder[:0]
	for _, b := range p.beginOrder {
		if p.isOpen(b) {
			kept = append(kept, b)
		}
	}
	p.beginOrder = kept
}
