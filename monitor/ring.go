package monitor

import (
	"sync"
	"sync/atomic"
)

// ring keeps the latest events. Appending takes one lock and copies one event; readers copy out under the same lock, a
// batch at a time. Only the pump reads in place: append never overwrites what the pump has not passed.
//
// An event's sequence number is its place in the order of arrival, from 0. The ring holds the numbers from
// head-len(slots) (or 0) up to head.
type ring struct {
	mu     sync.Mutex
	head   uint64 // the number that the next event gets
	next   int    // head % len(slots), kept to spare append a division
	closed bool
	slots  []Event

	// pumped is the number up to which the pump has passed. Only the pump stores it, under its own lock.
	pumped atomic.Uint64
}

func (r *ring) init(capacity int) { r.slots = make([]Event, capacity) }

// full reports whether the next append would overwrite an event that the pump has not passed. The caller holds mu.
func (r *ring) full() bool { return r.head-r.pumped.Load() >= uint64(len(r.slots)) }

// slot returns the place of the event with number seq.
func (r *ring) slot(seq uint64) *Event { return &r.slots[seq%uint64(len(r.slots))] }

// advance publishes the event written to slots[next] and returns how many events now wait for the pump. The caller
// holds mu.
func (r *ring) advance() (lag uint64) {
	r.head++
	if r.next++; r.next == len(r.slots) {
		r.next = 0
	}
	return r.head - r.pumped.Load()
}

// end returns head.
func (r *ring) end() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.head
}

// oldest returns the number of the oldest event that the ring holds. The caller holds mu.
func (r *ring) oldest() uint64 {
	if n := uint64(len(r.slots)); r.head > n {
		return r.head - n
	}
	return 0
}

// copyChunk bounds how many events one hold of the lock copies, so that a reader delays an append by a few
// microseconds at most.
const copyChunk = 64

// read copies events from number seq on into dst, and returns how many it copied and the number of the first: later
// than seq when the ring had moved past it. It returns 0 events when seq is the end.
func (r *ring) read(seq uint64, dst []Event) (n int, first uint64) {
	if len(dst) > copyChunk {
		dst = dst[:copyChunk]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	first = max(seq, r.oldest())
	for n < len(dst) && first+uint64(n) < r.head {
		dst[n] = *r.slot(first + uint64(n))
		n++
	}
	return n, first
}

// visit calls f with each event that the ring holds at the call, oldest first, under the lock a chunk at a time: f must
// be short. Events overwritten meanwhile are passed over.
func (r *ring) visit(f func(*Event)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	end := r.head
	for seq := r.oldest(); seq < end; seq++ {
		if seq%(4*copyChunk) == 0 {
			r.mu.Unlock() // let appends in
			r.mu.Lock()
			if seq = max(seq, r.oldest()); seq >= end {
				return
			}
		}
		f(r.slot(seq))
	}
}

// isClosed reports whether the ring takes no more events.
func (r *ring) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}
