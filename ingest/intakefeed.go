package ingest

import (
	"context"

	"github.com/genmeter/genmeter/monitor"
)

// feedBatch is how many events Feed takes at once where they come faster than a journal writes.
const feedBatch = 1024

// fed is what a source gave.
type fed struct {
	event monitor.Event
	err   error
}

// Feed takes every event of src, as they come, and counts what cannot be read, as [Feed] does; OnEvent is called for events
// before they are taken, and IDs are the intake's own. Nobody can be told to send an event again: one that the journal has
// no room for is recorded nevertheless, and counted as dropped by the handler "journal".
//
// The error is ctx's, when it ends first; a src that waits for input then is left alone.
func (in *Intake) Feed(ctx context.Context, src monitor.Source, opts FeedOptions) (Report, error) {
	f := newFeeder(in.mon, opts)
	defer f.log.summary(ctx)
	items := make(chan fed, feedBatch)
	go func() {
		defer close(items)
		for ev, err := range src {
			select {
			case items <- fed{ev, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	var batch []monitor.Event
	for {
		var more bool
		var err error
		if batch, more, err = f.gather(ctx, items, batch[:0]); err != nil {
			return f.report, err
		}
		in.takeFed(ctx, f, batch)
		if !more {
			return f.report, nil
		}
	}
}

// gather waits for an item and takes what else is there. more is false when no further ones come.
func (f *feeder) gather(ctx context.Context, items <-chan fed, batch []monitor.Event) (_ []monitor.Event, more bool, err error) {
	add := func(i fed) {
		if i.err != nil {
			f.problem(ctx, i.err)
			return
		}
		if f.opts.OnEvent != nil {
			f.opts.OnEvent(&i.event)
		}
		batch = append(batch, i.event)
	}
	select {
	case i, ok := <-items:
		if !ok {
			return batch, false, nil
		}
		add(i)
	case <-ctx.Done():
		return batch, false, context.Cause(ctx)
	}
	for len(batch) < feedBatch {
		select {
		case i, ok := <-items:
			if !ok {
				return batch, false, nil
			}
			add(i)
		default:
			return batch, true, nil
		}
	}
	return batch, true, nil
}

// takeFed takes a batch that nobody can send again, whatever the journal says and however soon ctx ends.
func (in *Intake) takeFed(ctx context.Context, f *feeder, events []monitor.Event) {
	if len(events) == 0 {
		return
	}
	n := len(events)
	taken, err := in.take(context.WithoutCancel(ctx), f.opts.Source, events, func(err error, unkept int) error {
		f.log.unkept(ctx, err)
		in.mon.CountDropped("journal", "error", unkept)
		return nil
	})
	if err != nil { // closed
		in.mon.CountRejected(f.opts.Source, monitor.ReasonClosed, n)
		return
	}
	f.tellTaken(ctx, taken)
}

// tellTaken enters what became of a batch, and logs what of it was not taken.
func (f *feeder) tellTaken(ctx context.Context, t Taken) {
	f.report.Events += t.Accepted
	f.report.Duplicates += t.Duplicates
	f.report.Refused += len(t.Refused)
	for range t.Duplicates {
		f.log.problem(ctx, "duplicate", func() string { return "an event whose id was seen before is left out" })
	}
	for _, r := range t.Refused {
		f.log.problem(ctx, r.Reason, r.Error)
	}
}
