package ingest

import (
	"context"
	"errors"
	"sync"

	"github.com/genmeter/genmeter/monitor"
)

// A Journal keeps events on disk. Append returns when all of them are durable; after an error none of them is, and none will
// be read back. It is safe for concurrent use.
type Journal interface {
	Append(ctx context.Context, events []monitor.Event) error
}

// Intake is the way into a monitor for events that are acknowledged to whoever sent them: what [Intake.Take] says was
// accepted is in the journal, if there is one, and in the monitor, once for each id. It is safe for concurrent use. Roads
// whose ids are one name space share one.
type Intake struct {
	mon     *monitor.Monitor
	journal Journal // nil for none
	ids     *IDWindow

	mu      sync.Mutex
	pending map[idKey]chan struct{} // ids on their way to the journal; closed when that is decided

	open   sync.RWMutex // held for reading by every batch under way
	closed bool
}

// ErrIntakeClosed is the error of what comes after [Intake.Close].
var ErrIntakeClosed = errors.New("the sidecar is shutting down")

// NewIntake returns a way into mon. journal may be nil, and so may ids, the ids that were seen before.
func NewIntake(mon *monitor.Monitor, journal Journal, ids *IDWindow) *Intake {
	if ids == nil {
		ids = NewIDWindow(0)
	}
	return &Intake{mon: mon, journal: journal, ids: ids, pending: make(map[idKey]chan struct{})}
}

// Taken is what became of a batch. Each of its events is one of the three.
type Taken struct {
	Accepted   int
	Duplicates int       // their id was seen before, here or earlier in the batch
	Refused    []Refusal // they cannot be, in the order of the batch
}

// Refusal is an event that was not taken.
type Refusal struct {
	Index  int    // in the batch
	Reason string // one of monitor's Reason… constants
}

// Take takes a batch of events, all or none; source is their source label. Values that cannot be are taken out and counted.
// events is scratch space afterwards.
//
// The error is the journal's, [ErrIntakeClosed], or ctx's when that ends while the same id is on its way in another batch: then nothing of the
// batch is in journal or monitor, nothing was counted, and it can be sent again.
func (in *Intake) Take(ctx context.Context, source string, events []monitor.Event) (Taken, error) {
	in.open.RLock()
	defer in.open.RUnlock()
	if in.closed {
		return Taken{}, ErrIntakeClosed
	}
	b := batch{in: in, source: source}
	b.admit(events)
	if err := b.claim(ctx); err != nil {
		return Taken{}, err
	}
	if len(b.events) > 0 && in.journal != nil {
		if err := in.journal.Append(ctx, b.events); err != nil {
			b.settle(false)
			return Taken{}, err
		}
	}
	b.settle(true)
	b.record()
	return b.taken, nil
}

// Close waits for the batches under way; what comes later is refused, so that nothing is written ahead that is not recorded
// any more. Call it before the monitor is shut down and the journal closed.
func (in *Intake) Close() {
	in.open.Lock()
	defer in.open.Unlock()
	in.closed = true
}

// batch is one Take under way.
type batch struct {
	in      *Intake
	source  string
	events  []monitor.Event // to be recorded
	taken   Taken
	reasons map[string]int // of what was refused or taken out
	done    chan struct{}  // closed when it is decided what became of its ids
}

// admit keeps the events that can be.
func (b *batch) admit(events []monitor.Event) {
	b.events = events[:0]
	var last string
	refuse := func(reason string) {
		if b.reasons == nil {
			b.reasons = make(map[string]int)
		}
		b.reasons[reason]++
		last = reason
	}
	for i := range events {
		ev := &events[i]
		ev.Source = b.source
		if b.in.mon.Admit(ev, refuse) {
			b.events = append(b.events, *ev)
		} else {
			b.taken.Refused = append(b.taken.Refused, Refusal{i, last})
		}
	}
}

// claim leaves out the duplicates and claims the ids of the others. It waits while an id is on its way in another batch: that
// may yet fail, and this one is not a duplicate then. Whoever waits holds no ids itself.
func (b *batch) claim(ctx context.Context) error {
	for {
		other := b.tryClaim()
		if other == nil {
			return nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// tryClaim claims all ids, or none and returns the channel of the batch that has one of them.
func (b *batch) tryClaim() (other <-chan struct{}) {
	in := b.in
	in.mu.Lock()
	defer in.mu.Unlock()
	for i := range b.events {
		if ev := &b.events[i]; ev.ID != "" {
			if theirs, ok := in.pending[keyOf(ev)]; ok {
				return theirs
			}
		}
	}
	b.done = make(chan struct{})
	fresh := b.events[:0]
	for i := range b.events {
		ev := &b.events[i]
		if ev.ID != "" {
			key := keyOf(ev)
			if _, twice := in.pending[key]; twice || in.ids.Has(ev) {
				b.taken.Duplicates++
				continue
			}
			in.pending[key] = b.done
		}
		fresh = append(fresh, *ev)
	}
	b.events = fresh
	return nil
}

// settle gives the ids up, to the window when the events are durable.
func (b *batch) settle(durable bool) {
	in := b.in
	in.mu.Lock()
	defer in.mu.Unlock()
	for i := range b.events {
		ev := &b.events[i]
		if ev.ID == "" {
			continue
		}
		delete(in.pending, keyOf(ev))
		if durable {
			in.ids.Add(ev)
		}
	}
	close(b.done)
}

// record records what is durable.
func (b *batch) record() {
	for i := range b.events {
		if b.in.mon.TrackAdmitted(&b.events[i]) {
			b.taken.Accepted++
		}
	}
	for reason, n := range b.reasons {
		b.in.mon.CountRejected(b.source, reason, n)
	}
}
