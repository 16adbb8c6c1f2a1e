package main

import (
	"sync/atomic"
	"time"
)

// eventClock is the clock of a replay: the greatest event time so far. It stands still when the events end, so that
// "the last five minutes" stay the run's own. Its zero value stands at the beginning of 1970.
type eventClock struct{ nanos atomic.Int64 }

func (c *eventClock) now() time.Time { return time.Unix(0, c.nanos.Load()).UTC() }

// advance moves the clock to t, never back: events of several threads are not quite in order.
func (c *eventClock) advance(t time.Time) {
	for next := t.UnixNano(); ; {
		seen := c.nanos.Load()
		if next <= seen || c.nanos.CompareAndSwap(seen, next) {
			return
		}
	}
}
