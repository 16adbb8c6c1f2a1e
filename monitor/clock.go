package monitor

import (
	"sync/atomic"
	"time"
)

// clock stamps events. Reading both of the system's clocks, as time.Now does, takes about twice as long as reading the
// monotonic one, so clock remembers how far the wall clock is ahead of it, and reads one. The pump drops the offset
// whenever it has caught up: the next stamp reads the wall clock anew, so stamps follow its adjustments, and the
// machine's sleep, within one burst.
type clock struct {
	custom func() time.Time // set by WithClock
	start  time.Time        // carries a monotonic reading
	offset atomic.Int64     // wall nanoseconds since 1970 minus nanoseconds since start; 0 means not known
}

func newClock(custom func() time.Time) *clock {
	return &clock{custom: custom, start: time.Now()}
}

// now returns the time in UTC, without a monotonic reading.
func (c *clock) now() time.Time {
	if c.custom != nil {
		return c.custom().Round(0) // Round(0) strips the monotonic reading
	}
	offset := c.offset.Load()
	if offset == 0 {
		return c.sync()
	}
	return time.Unix(0, offset+int64(time.Since(c.start))).UTC()
}

func (c *clock) sync() time.Time {
	now := time.Now()
	c.offset.Store(now.UnixNano() - int64(now.Sub(c.start)))
	return now.UTC().Round(0)
}

// resync makes the next stamp read the wall clock anew.
func (c *clock) resync() { c.offset.Store(0) }

// elapsed returns the time since t on the monotonic clock when t carries its reading.
func (c *clock) elapsed(t time.Time) time.Duration {
	if c.custom != nil {
		return c.custom().Sub(t)
	}
	return time.Since(t)
}

// instant returns a time to hand to elapsed later.
func (c *clock) instant() time.Time {
	if c.custom != nil {
		return c.custom()
	}
	return time.Now()
}
