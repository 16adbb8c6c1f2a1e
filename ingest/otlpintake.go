package ingest

import (
	"context"
	"sync"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// OTLPIntake is the road of OTLP bodies into an [Intake]. It is safe for concurrent use.
//
// What a body adds to what is held, or takes from it, is on disk before its events are in the journal, and both before it is
// answered, if the road keeps it at all: see [OTLPIntake.KeepIn]. What gives way to an event stays on disk with that one's id
// until the journal has it, so that a process may be killed between any two steps.
type OTLPIntake struct {
	in   *Intake
	otlp *OTLP
	held *OTLPHeld // nil when what is held is in memory only

	open   sync.RWMutex // held for reading by every body under way
	closed bool

	mu   sync.Mutex
	left []monitor.Event // that the journal did not take; each has an id
}

// sourceOTLP is the source label of events that came by OTLP.
const sourceOTLP = "otlp"

// maxLeft bounds the events that wait for a journal.
const maxLeft = 65_536

// NewOTLPIntake returns the road of OTLP into in.
func NewOTLPIntake(in *Intake, opts OTLPOptions) *OTLPIntake {
	return &OTLPIntake{in: in, otlp: NewOTLP(opts)}
}

// Traces takes the body of an export of traces. rejected is how many of its spans cannot be, warning what is to be told of
// values that were left out. An error of OTLP's own says where the body is broken, and is [ErrTooManyEvents] or an
// [*OTLPBodyError]; any other is the disk's or [ErrIntakeClosed], and the body can be sent again.
func (o *OTLPIntake) Traces(ctx context.Context, now time.Time, body []byte, enc OTLPEncoding) (rejected int, warning string, err error) {
	return o.take(ctx, func() (OTLPResult, error) { return o.otlp.Traces(now, body, enc) })
}

// Logs takes the body of an export of logs; see [OTLPIntake.Traces].
func (o *OTLPIntake) Logs(ctx context.Context, now time.Time, body []byte, enc OTLPEncoding) (rejected int, warning string, err error) {
	return o.take(ctx, func() (OTLPResult, error) { return o.otlp.Logs(now, body, enc) })
}

// OTLPBodyError tells of a body that is no OTLP.
type OTLPBodyError struct{ Err error }

// Error returns the text of Err.
func (e *OTLPBodyError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *OTLPBodyError) Unwrap() error { return e.Err }

func (o *OTLPIntake) take(ctx context.Context, read func() (OTLPResult, error)) (rejected int, warning string, _ error) {
	o.open.RLock()
	defer o.open.RUnlock()
	if o.closed {
		return 0, "", ErrIntakeClosed
	}
	result, err := read()
	if err != nil {
		return 0, "", &OTLPBodyError{err}
	}
	events := append([]monitor.Event(nil), result.Events...) // Take may leave them in any order
	if err := o.save(result.version); err != nil {
		o.keep(events)
		return 0, "", err
	}
	taken, err := o.in.Take(ctx, sourceOTLP, result.Events)
	if err != nil {
		o.keep(events)
		return 0, "", err
	}
	o.otlp.landed(events)
	for reason, n := range result.Refused {
		o.in.mon.CountRejected(sourceOTLP, reason, n)
	}
	for _, p := range result.Problems {
		o.in.TellRejected(ctx, sourceOTLP, p.Reason, p.Error)
	}
	for _, r := range taken.Refused {
		o.in.TellRejected(ctx, sourceOTLP, r.Reason, r.Error)
	}
	if warning = result.Warning(); warning == "" && len(taken.Refused) > 0 {
		warning = taken.Refused[0].Error()
	}
	return len(taken.Refused), warning, nil
}

// keep keeps events that will not be given again until the journal takes them: those that were held for other spans are among
// them. Those of the body come again with its next sending, under the same ids; one without an id is left to that.
func (o *OTLPIntake) keep(events []monitor.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range events {
		switch {
		case events[i].ID == "":
		case len(o.left) == maxLeft:
			o.in.mon.CountDropped("journal", "full", 1)
			o.otlp.landed(events[i : i+1])
		default:
			o.left = append(o.left, events[i])
		}
	}
}

// Flush takes what was held for other spans and can wait no longer. Call it about every second. An error is the disk's; the
// events are taken by a later call.
func (o *OTLPIntake) Flush(ctx context.Context, now time.Time) error {
	if err := o.flush(ctx, nil); err != nil { // events to which others gave way may be among what is left
		return err
	}
	return o.flush(ctx, o.otlp.Flush(now))
}

// Drain takes all that is held, when the bodies under way are taken. It is for the end: later ones are refused.
func (o *OTLPIntake) Drain(ctx context.Context) error {
	o.open.Lock()
	defer o.open.Unlock()
	o.closed = true
	if err := o.flush(ctx, nil); err != nil { // as in Flush
		return err
	}
	return o.flush(ctx, o.otlp.Drain())
}

// flush takes what is left and these events.
func (o *OTLPIntake) flush(ctx context.Context, events []monitor.Event) error {
	o.mu.Lock()
	events = append(o.left, events...)
	o.left = nil
	o.mu.Unlock()
	kept := append([]monitor.Event(nil), events...)
	if err := o.flushEvents(ctx, events); err != nil {
		o.keep(kept)
		return err
	}
	o.otlp.landed(kept)
	return o.save(o.otlp.version())
}

// flushEvents takes events, once what they change of what is held is on disk.
func (o *OTLPIntake) flushEvents(ctx context.Context, events []monitor.Event) error {
	if len(events) == 0 {
		return nil
	}
	if err := o.save(o.otlp.version()); err != nil {
		return err
	}
	_, err := o.in.Take(ctx, sourceOTLP, events)
	return err
}
