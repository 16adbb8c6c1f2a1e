package ingest

import (
	"context"
	"sync"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// OTLPIntake is the road of OTLP bodies into an [Intake]. It is safe for concurrent use.
type OTLPIntake struct {
	in   *Intake
	otlp *OTLP

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
// [*OTLPBodyError]; any other is the journal's, and the body can be sent again.
func (o *OTLPIntake) Traces(ctx context.Context, now time.Time, body []byte, enc OTLPEncoding) (rejected int, warning string, err error) {
	result, err := o.otlp.Traces(now, body, enc)
	return o.take(ctx, result, err)
}

// Logs takes the body of an export of logs; see [OTLPIntake.Traces].
func (o *OTLPIntake) Logs(ctx context.Context, now time.Time, body []byte, enc OTLPEncoding) (rejected int, warning string, err error) {
	result, err := o.otlp.Logs(now, body, enc)
	return o.take(ctx, result, err)
}

// OTLPBodyError tells of a body that is no OTLP.
type OTLPBodyError struct{ Err error }

// Error returns the text of Err.
func (e *OTLPBodyError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *OTLPBodyError) Unwrap() error { return e.Err }

func (o *OTLPIntake) take(ctx context.Context, result OTLPResult, err error) (rejected int, warning string, _ error) {
	if err != nil {
		return 0, "", &OTLPBodyError{err}
	}
	events := append([]monitor.Event(nil), result.Events...) // Take may leave them in any order
	taken, err := o.in.Take(ctx, sourceOTLP, result.Events)
	if err != nil {
		o.keep(events)
		return 0, "", err
	}
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
		default:
			o.left = append(o.left, events[i])
		}
	}
}

// Flush takes what was held for other spans and can wait no longer. Call it about every second. An error is the journal's; the
// events are taken by a later call.
func (o *OTLPIntake) Flush(ctx context.Context, now time.Time) error {
	return o.flush(ctx, o.otlp.Flush(now))
}

// Drain takes all that is held. It is for the end.
func (o *OTLPIntake) Drain(ctx context.Context) error { return o.flush(ctx, o.otlp.Drain()) }

func (o *OTLPIntake) flush(ctx context.Context, events []monitor.Event) error {
	o.mu.Lock()
	events = append(o.left, events...)
	o.left = nil
	o.mu.Unlock()
	if len(events) == 0 {
		return nil
	}
	kept := append([]monitor.Event(nil), events...)
	if _, err := o.in.Take(ctx, sourceOTLP, events); err != nil {
		o.keep(kept)
		return err
	}
	return nil
}
