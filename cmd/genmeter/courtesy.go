package main

import (
	"context"
	"sync/atomic"
	"time"
)

// courtesy is a wait at the end of a program, for the sake of others, that a signal ends: the program does not end with it
// and does what comes after the wait.
type courtesy struct {
	cancel atomic.Pointer[context.CancelFunc]
}

type courtesyKey struct{}

// end ends the wait, and reports whether there was one.
func (c *courtesy) end() bool {
	cancel := c.cancel.Swap(nil)
	if cancel != nil {
		(*cancel)()
	}
	return cancel != nil
}

// wait waits for d or the next signal. The end of ctx is no reason to end the wait when it came before: it is how the
// sidecar was told to end.
func wait(ctx context.Context, d time.Duration) { waitFor(ctx, nil, d) }

// waitFor is wait that also ends when done is closed.
func waitFor(ctx context.Context, done <-chan struct{}, most time.Duration) {
	if ctx.Err() != nil {
		next, cancel := context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		if c, ok := ctx.Value(courtesyKey{}).(*courtesy); ok {
			c.cancel.Store(&cancel)
			defer c.cancel.Store(nil)
		}
		ctx = next
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
	case <-ctx.Done():
	}
}
