package journal

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

const (
	followBatch = 1024        // events that are read, and synced, at once
	retryEvery  = time.Second // after an append that failed
)

// Follow writes to the journal what a monitor records, until the monitor is shut down and everything is written; it returns
// nil then. Run it in a goroutine of its own:
//
//	go journal.Follow(ctx, mon.Follow("journal"), j)
//
// Recording never waits for it: an event is durable some milliseconds after it was recorded, and [monitor.Monitor.Flush] returns when
// all are. While nothing can be written, it tries again every second; what the monitor's ring meanwhile
// overwrites is lost and counted, in genmeter_events_dropped_total, by the cursor, which Follow closes when it ends. Begins without an
// id, which nothing read back could end, are left out.
//
// It returns ctx's error when that ends first, and [ErrClosed] when the journal does: then the last events may not be written.
func Follow(ctx context.Context, c *monitor.Cursor, j *Journal) error {
	defer c.Close()
	buf := make([]monitor.Event, followBatch)
	for {
		n, err := c.Read(ctx, buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := j.appendSurely(ctx, buf[:n]); err != nil {
			return err
		}
		clear(buf[:n]) // their strings
	}
}

// appendSurely tries until it succeeds, without the events that never will.
func (j *Journal) appendSurely(ctx context.Context, events []monitor.Event) error {
	events = slices.DeleteFunc(events, func(ev monitor.Event) bool { return ev.Kind == monitor.KindBegin && ev.ID == "" })
	for {
		err := j.Append(ctx, events)
		var refused *RefusedError
		switch {
		case err == nil || errors.Is(err, ErrClosed) || ctx.Err() != nil:
			return err
		case errors.As(err, &refused):
			j.log.Error("journal: an event cannot be written and is left out", "dir", j.dir,
				"found", refused.Found, "expected", refused.Expected)
			events = slices.Delete(events, refused.Index, refused.Index+1)
			continue
		}
		if err := pause(ctx, retryEvery); err != nil {
			return err
		}
	}
}

// pause waits, or returns ctx's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
