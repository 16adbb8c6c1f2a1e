package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// Values of the reason label of genmeter_events_dropped_total.
const (
	reasonLapped   = "lapped"   // the ring overwrote what the handler had not read
	reasonShutdown = "shutdown" // not delivered when Shutdown's context ended
	reasonQueue    = "queue"    // a log record found its handler's queue full
)

// followers are the open cursors, and what closed ones have left behind: counters never go back.
type followers struct {
	mu   sync.Mutex
	open []*Cursor
	past map[string]uint64 // dropped by closed cursors, by name

	waiting atomic.Int32  // calls of wait
	moved   chan struct{} // closed and replaced when a cursor has moved on while somebody waits
}

func (f *followers) add(c *Cursor, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c.name = f.unused(name)
	end := c.m.ring.end()
	c.pos = end
	c.given.Store(end)
	c.done.Store(end)
	f.open = append(f.open, c)
}

// unused returns name, or name with a number that no open cursor has.
func (f *followers) unused(name string) string {
	taken := func(s string) bool {
		return slices.ContainsFunc(f.open, func(c *Cursor) bool { return c.name == s })
	}
	unused := name
	for i := 2; taken(unused); i++ {
		unused = name + "-" + strconv.Itoa(i)
	}
	return unused
}

// maxPast bounds the names of closed cursors that are told apart.
const maxPast = 200

// remove takes a cursor off the list, and keeps how many events it has missed.
func (f *followers) remove(c *Cursor, dropped uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open = slices.DeleteFunc(f.open, func(o *Cursor) bool { return o == c })
	if f.past == nil {
		f.past = make(map[string]uint64)
	}
	name := c.name
	if _, ok := f.past[name]; !ok && len(f.past) >= maxPast {
		name = labelOther
	}
	f.past[name] += dropped
}

// wake wakes every reader.
func (f *followers) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.open {
		c.wake()
	}
}

// list returns the open cursors.
func (f *followers) list() []*Cursor {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.open)
}

// droppedByName calls observe with each handler's count of lapped events.
func (f *followers) droppedByName(observe func(handler string, n uint64)) {
	sums := make(map[string]uint64)
	f.mu.Lock()
	for name, n := range f.past {
		sums[name] += n
	}
	open := slices.Clone(f.open)
	f.mu.Unlock()
	for _, c := range open {
		sums[c.name] += c.Dropped()
	}
	for name, n := range sums {
		observe(name, n)
	}
}

// behind returns an error that names each cursor which has not dealt with every event before end, or not with as many log
// records as asked; a nil among is all.
func (f *followers) behind(end uint64, asked map[*Cursor]int64, among func(*Cursor) bool) error {
	var errs []error
	for _, c := range f.list() {
		if among != nil && !among(c) {
			continue
		}
		if done := c.done.Load(); done < end {
			errs = append(errs, fmt.Errorf("handler %q has not dealt with the last %d events", c.name, end-done))
		}
		if n := asked[c] - c.logged.Load(); n > 0 {
			errs = append(errs, fmt.Errorf("handler %q has not dealt with the last %d log records", c.name, n))
		}
	}
	return errors.Join(errs...)
}

// wait waits until every cursor has dealt with the events before end.
func (f *followers) wait(ctx context.Context, end uint64) error {
	f.waiting.Add(1)
	defer f.waiting.Add(-1)
	asked := make(map[*Cursor]int64) // now: what is logged while we wait is not waited for
	for _, c := range f.list() {
		asked[c] = c.asked.Load()
	}
	f.wake() // once: those who have moved on signal, and must not be woken by it again
	for {
		f.mu.Lock()
		if f.moved == nil {
			f.moved = make(chan struct{})
		}
		moved := f.moved
		f.mu.Unlock()
		err := f.behind(end, asked, nil)
		if err == nil {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

// signal tells those who wait that a cursor has moved on.
func (f *followers) signal() {
	if f.waiting.Load() == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.moved != nil {
		close(f.moved)
		f.moved = nil
	}
}
