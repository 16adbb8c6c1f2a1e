package monitor

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// A Cursor follows the ring: it gives every event recorded after [Monitor.Follow], in order, at its own pace. When it
// falls behind by more than the ring holds, the events it missed are counted in
// genmeter_events_dropped_total{handler,reason="lapped"}, and logged once per burst. A Cursor is for one goroutine.
type Cursor struct {
	m      *Monitor
	name   string
	notify chan struct{} // the pump has moved
	quit   chan struct{} // closed by Close
	done   atomic.Uint64 // every event before it has been dealt with
	queued atomic.Int64  // log records that wait for the same handler

	mu      sync.Mutex // taken before the ring's
	pos     uint64     // the next event to read
	dropped uint64     // lapped
	late    bool       // in a burst of drops that has been logged
}

// Follow returns a Cursor at the present end of the ring. name is the value of the handler label; a name already in
// use gets a number behind it. Close the Cursor when it is not read any more: [Monitor.Flush] and [Monitor.Shutdown]
// wait for open Cursors to reach the end.
func (m *Monitor) Follow(name string) *Cursor {
	c := &Cursor{
		m:      m,
		notify: make(chan struct{}, 1),
		quit:   make(chan struct{}),
	}
	m.followers.add(c, name)
	return c
}

// Name returns the name under which drops are counted.
func (c *Cursor) Name() string { return c.name }

// Dropped returns how many events the Cursor has missed.
func (c *Cursor) Dropped() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := &c.m.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	if oldest := r.oldest(); oldest > c.pos {
		return c.dropped + oldest - c.pos
	}
	return c.dropped
}

// Read copies events into buf and returns how many, waiting until there is at least one. To call it is to say that the
// events of the Read before have been dealt with. It returns io.EOF when the monitor is shut down and every event has
// been read, or the Cursor is closed, and the context's error when ctx ends first.
func (c *Cursor) Read(ctx context.Context, buf []Event) (int, error) {
	for {
		// Taken before the look at the ring: an end seen after it is final.
		final := c.m.ring.isClosed()
		if n := c.tryRead(buf); n > 0 || len(buf) == 0 {
			return n, nil
		}
		if final {
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

// tryRead is Read without waiting: it returns 0 at the end.
func (c *Cursor) tryRead(buf []Event) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done.Store(c.pos)
	c.m.followers.signal()
	n, first := c.m.ring.read(c.pos, buf)
	c.m.prices.fill(buf[:n])
	missed := first - c.pos
	c.dropped += missed
	c.pos = first + uint64(n)
	if missed > 0 && !c.late {
		c.m.log.Warn("events dropped: the handler is slower than the events come; give it a larger ring or less to do",
			"handler", c.name, "reason", reasonLapped, "events", missed)
	}
	c.late = missed > 0 || c.late && n > 0
	return n
}

// position returns the number of the next event to read.
func (c *Cursor) position() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pos
}

// Close ends the Cursor: the monitor no longer waits for it. It is safe to call from any goroutine, once.
func (c *Cursor) Close() {
	c.m.followers.remove(c)
	c.m.followers.signal()
	close(c.quit)
}

// wake tells the reader that there is something new, without waiting for it.
func (c *Cursor) wake() {
	select {
	case c.notify <- struct{}{}:
	default:
	}
}
