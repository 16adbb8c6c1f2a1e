package ingest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

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
	// Logger is told of what senders sent that could not be taken, as [Intake.TellRejected] says; nil is [slog.Default]. Set it
	// before the first event.
	Logger *slog.Logger

	mon     *monitor.Monitor
	journal Journal // nil for none
	ids     *IDWindow

	open   sync.RWMutex // held for reading by every batch under way
	closed bool

	rejected rejectLog
}

// ErrIntakeClosed is the error of what comes after [Intake.Close].
var ErrIntakeClosed = errors.New("the sidecar is shutting down")

// NewIntake returns a way into mon. journal may be nil, and so may ids, the ids that were seen before.
func NewIntake(mon *monitor.Monitor, journal Journal, ids *IDWindow) *Intake {
	if ids == nil {
		ids = NewIDWindow(0)
	}
	return &Intake{mon: mon, journal: journal, ids: ids}
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
	Kind   monitor.Kind
	Time   time.Time // the event's own, the time of arrival when it had none
}

// Error returns a sentence with what was found and what was expected.
func (r Refusal) Error() string {
	if r.Reason == monitor.ReasonFuture {
		return "found a " + r.Kind.String() + " of " + r.Time.Format(time.RFC3339) +
			", expected a time no more than 5 min ahead of this host's clock; the event is refused"
	}
	return "a " + r.Kind.String() + " event is refused: " + r.Reason
}

// Take takes a batch of events, all or none; source is their source label. Values that cannot be are taken out and counted.
// events is scratch space afterwards.
//
// The error is the journal's, [ErrIntakeClosed], or ctx's when that ends while the same id is on its way in another batch: then nothing of the
// batch is in journal or monitor, nothing was counted, and it can be sent again.
func (in *Intake) Take(ctx context.Context, source string, events []monitor.Event) (Taken, error) {
	return in.take(ctx, source, events, func(err error, _ int) error { return err })
}

// take is Take that goes on without the journal when unkept, which hears its error and how many events that is about, returns nil.
func (in *Intake) take(ctx context.Context, source string, events []monitor.Event, unkept func(error, int) error) (Taken, error) {
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
			if err = unkept(err, len(b.events)); err != nil {
				in.ids.settle(b.ids, false)
				return Taken{}, err
			}
		}
	}
	in.ids.settle(b.ids, true)
	b.record()
	b.tellValues(ctx)
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
	ids     idClaim
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
		switch {
		case !b.in.mon.Admit(ev, refuse):
			b.taken.Refused = append(b.taken.Refused, Refusal{i, last, ev.Kind, ev.Time})
		case len(b.events) == i: // as nearly always; an event is large
			b.events = events[:i+1]
		default:
			b.events = append(b.events, *ev)
		}
	}
}

// claim leaves out the duplicates and claims the ids of the others. It waits while an id is on its way in another batch: that
// may yet fail, and this one is not a duplicate then. Whoever waits holds no ids itself.
func (b *batch) claim(ctx context.Context) error {
	for {
		ids, known, other := b.in.ids.claim(b.events)
		if other == nil {
			b.ids = ids
			b.leaveOut(known)
			return nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// leaveOut leaves out duplicates, whose places are in order.
func (b *batch) leaveOut(known []int) {
	b.taken.Duplicates = len(known)
	if len(known) == 0 {
		return
	}
	fresh := b.events[:0]
	for i := range b.events {
		if len(known) > 0 && known[0] == i {
			known = known[1:]
			continue
		}
		fresh = append(fresh, b.events[i])
	}
	b.events = fresh
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
