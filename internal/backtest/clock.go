package backtest

import (
	"sync/atomic"
	"time"
)

// Clock is the clock of a replay: the greatest event time so far. It stands still when the events end, so that
// "the last five minutes" stay the run's own. Its zero value stands at the beginning of 1970.
type Clock struct{ nanos atomic.Int64 }

// Now returns it in UTC.
func (c *Clock) Now() time.Time { return time.Unix(0, c.nanos.Load()).UTC() }

// Advance moves the clock to t, never back: events of several threads are not quite in order.
func (c *Clock) Advance(t time.Time) {
	for next := t.UnixNano(); ; {
		seen := c.nanos.Load()
		if next <= seen || c.nanos.CompareAndSwap(seen, next) {
			return
		}
	}
}
