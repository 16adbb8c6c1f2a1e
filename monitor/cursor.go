package monitor

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// A Cursor follows the ring: it gives every event recorded after [Monitor.Follow], in order, at its own pace. When it
// falls behind by more than the ring holds, the events it missed are counted in
// genmeter_events_dropped_total{handler,reason="lapped"}, and logged once per burst. A Cursor is for one goroutine;
// Dropped, Name and Close are safe for any.
type Cursor struct {
	m      *Monitor
	name   string
	notify chan struct{} // the pump has moved
	quit   chan struct{} // closed by Close
	done   atomic.Uint64 // every event before it has been dealt with
	asked  atomic.Int64  // log records given to the same handler's queue
	logged atomic.Int64  // those of them that have been dealt with

	mu      sync.Mutex // taken before the followers'
	pos     uint64     // the next event to read
	dropped uint64     // lapped
	late    time.Time  // of the latest drop
	closed  bool

	// given is the number behind the latest event that a handler was given, from the batch that ends at pos.
	given atomic.Uint64
}

// Follow returns a Cursor at the present end of the ring. name is the value of the handler label; a name already in
// use gets a number behind it. Close the Cursor when it is not read any more: [Monitor.Flush] and [Monitor.Shutdown]
// wait for open Cursors to reach the end. The Cursor of a nil Monitor is at its end.
func (m *Monitor) Follow(name string) *Cursor {
	c := &Cursor{
		m:      m,
		notify: make(chan struct{}, 1),
		quit:   make(chan struct{}),
	}
	if m == nil {
		c.name, c.closed = name, true
		close(c.quit)
		return c
	}
	m.followers.add(c, cut(name, maxText))
	return c
}

// Name returns the name under which drops are counted.
func (c *Cursor) Name() string { return c.name }

// Dropped returns how many events the Cursor has missed until now, or until it was closed.
func (c *Cursor) Dropped() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.droppedNow()
}

// droppedNow is Dropped for a caller that holds mu.
func (c *Cursor) droppedNow() uint64 {
	if c.closed {
		return c.dropped
	}
	oldest, _ := c.m.ring.bounds()
	return c.dropped + max(oldest, c.pos) - c.pos
}

// undelivered returns how many events a handler has not been given, and was not lapped by.
func (c *Cursor) undelivered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	oldest, end := c.m.ring.bounds()
	return int(c.pos - c.given.Load() + end - max(oldest, c.pos))
}

// Read copies events into buf and returns how many, waiting until there is at least one. To call it is to say that the
// events of the Read before have been dealt with. It returns io.EOF when the monitor is shut down and every event has
// been read, or the Cursor is closed, and the context's error when ctx ends first.
func (c *Cursor) Read(ctx context.Context, buf []Event) (int, error) {
	select {
	case <-c.quit:
		return 0, io.EOF
	default:
	}
	c.dealt()
	for {
		if n := c.tryRead(buf); n > 0 || len(buf) == 0 {
			return n, nil
		}
		if c.finished() {
			return 0, io.EOF
		}
		select {
		case <-c.notify:
		case <-c.quit:
			return 0, io.EOF
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// finished reports whether everything that there will ever be has been read.
func (c *Cursor) finished() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m.ring.isClosed() && c.pos >= c.m.ring.end()
}

// tryRead is Read without waiting: it returns 0 at the end. It does not say that anything has been dealt with.
func (c *Cursor) tryRead(buf []Event) int {
	n, missed := c.take(buf)
	if missed > 0 { // logged without the lock: the logger is anybody's
		c.m.log.Warn("events dropped: the handler is slower than the events come; give it a larger ring or less to do; "+
			"until none was dropped for 10 s, more are only counted",
			"handler", c.name, "reason", reasonLapped, "events", missed)
	}
	c.m.prices.fill(buf[:n])
	return n
}

// take moves events to buf. missed is how many a burst of drops has begun with, when one has begun.
func (c *Cursor) take(buf []Event) (n int, missed uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, 0
	}
	n, first := c.m.ring.read(c.pos, buf)
	missed = first - c.pos
	c.dropped += missed
	c.pos = first + uint64(n)
	c.given.Store(first)
	if missed > 0 {
		before := c.late
		c.late = time.Now()
		if !before.IsZero() && c.late.Sub(before) <= burstGap {
			missed = 0 // the same burst
		}
	}
	return n, missed
}

// dealt says that everything read has been dealt with.
func (c *Cursor) dealt() {
	c.mu.Lock()
	before := c.done.Swap(c.pos)
	moved := before != c.pos
	c.mu.Unlock()
	if moved {
		c.m.followers.signal()
	}
}

// Close ends the Cursor: the monitor no longer waits for it, and a Read in another goroutine returns io.EOF. It is safe
// to call more than once.
func (c *Cursor) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.dropped = c.droppedNow()
	c.closed = true
	close(c.quit)
	c.m.followers.remove(c, c.dropped)
	c.m.followers.signal()
}

// wake tells the reader that there is something new, without waiting for it.
func (c *Cursor) wake() { wake(c.notify) }
