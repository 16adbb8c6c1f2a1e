package monitor

import (
	"runtime"
	"sync/atomic"
)

// ring keeps the latest events. An event's sequence number is its place in the order of arrival, from 0; its slot is
// that number modulo the ring's size. An append reserves the next number with one atomic addition and writes its slot
// while others write theirs: with one lock around the copy, two cores recorded more slowly than one.
//
// Each slot's state says whose event it holds, and keeps a writer and a reader apart who meet at one slot: a reader that
// copies the oldest event while it is to be overwritten. The pump reads without: append never overwrites what the pump
// has not passed.
type ring struct {
	slots []slot

	// The words that every append reads or writes are on cache lines of their own.
	_      [64]byte
	head   atomic.Uint64 // the next number; closedBit when the ring takes no more
	_      [56]byte
	pumped atomic.Uint64 // the number up to which the pump has passed; stored under the pump's lock alone
	_      [56]byte
	last   atomic.Uint64 // of a closed ring: head as it was, plus 1
}

// slot is the place of one event.
type slot struct {
	state atomic.Uint64
	event Event
}

// A slot's state is written(seq) while the event with number seq is written to it, then held(seq), and held(seq)|reading
// while it is copied out. 0 is a slot that was never used. The states of later events are greater.
const reading = 1

func written(seq uint64) uint64 { return (seq + 1) << 2 }
func held(seq uint64) uint64    { return (seq+1)<<2 | 2 }

// closedBit marks the head of a ring that takes no more events.
const closedBit = 1 << 63

func (r *ring) init(capacity int) { r.slots = make([]slot, capacity) }

func (r *ring) size() uint64 { return uint64(len(r.slots)) }

// at returns the slot of the event with number seq.
func (r *ring) at(seq uint64) *slot { return &r.slots[seq%uint64(len(r.slots))] }

// reserve returns the number for a new event, or false when the ring is closed. What is reserved must be published.
func (r *ring) reserve() (seq uint64, ok bool) {
	seq = r.head.Add(1) - 1
	return seq, seq < closedBit
}

// full reports whether the event with number seq would overwrite one that the pump has not passed.
func (r *ring) full(seq uint64) bool { return seq-r.pumped.Load() >= uint64(len(r.slots)) }

// claim makes the slot the writer's; it waits for a reader that copies the event to be overwritten.
func (s *slot) claim(seq uint64) {
	for {
		state := s.state.Load()
		if state&reading == 0 && s.state.CompareAndSwap(state, written(seq)) {
			return
		}
		runtime.Gosched()
	}
}

// publish makes the event part of the ring.
func (s *slot) publish(seq uint64) { s.state.Store(held(seq)) }

// published returns the event with number seq, which the pump has not passed, or nil while its writer is between reserve
// and publish.
func (r *ring) published(seq uint64) *Event {
	s := r.at(seq)
	if s.state.Load()&^reading != held(seq) {
		return nil
	}
	return &s.event
}

// lock keeps the event with number seq in its slot until unlock. It returns false when the slot holds another: a later
// one, or none yet.
func (s *slot) lock(seq uint64) bool {
	for {
		switch state := s.state.Load(); {
		case state == held(seq):
			if s.state.CompareAndSwap(state, state|reading) {
				return true
			}
		case state != held(seq)|reading:
			return false
		default:
			runtime.Gosched() // another reader copies it
		}
	}
}

func (s *slot) unlock(seq uint64) { s.state.Store(held(seq)) }

// end returns the number that the next event gets.
func (r *ring) end() uint64 {
	head := r.head.Load()
	for head >= closedBit {
		if last := r.last.Load(); last > 0 {
			return last - 1
		}
		runtime.Gosched() // close has not come that far
	}
	return head
}

// bounds returns which events the ring holds: from oldest up to end. Those last reserved may not be published yet; what
// is reserved beyond the ring's size from what the pump has passed waits, and overwrites nothing yet.
func (r *ring) bounds() (oldest, end uint64) {
	pumped := r.pumped.Load() // before end: it is never ahead of that
	end = r.end()
	if used := min(end, pumped+r.size()); used > r.size() {
		oldest = used - r.size()
	}
	return oldest, end
}

// close makes the ring take no more events, and returns its end.
func (r *ring) close() uint64 {
	if head := r.head.Or(closedBit); head < closedBit {
		r.last.Store(head + 1)
	}
	return r.end()
}

// isClosed reports whether the ring takes no more events.
func (r *ring) isClosed() bool { return r.head.Load() >= closedBit }

// copyChunk bounds how many events read copies.
const copyChunk = 64

// read copies events from number seq on into dst, and returns how many it copied and the number of the first: later
// than seq when the ring had moved past it. It returns 0 events when seq is the end, or is not published yet.
func (r *ring) read(seq uint64, dst []Event) (n int, first uint64) {
	for {
		oldest, end := r.bounds()
		first = max(seq, oldest)
		for n < len(dst) && first+uint64(n) < end {
			s := r.at(first + uint64(n))
			if !s.lock(first + uint64(n)) {
				break
			}
			dst[n] = s.event
			s.unlock(first + uint64(n))
			n++
		}
		if oldest, _ = r.bounds(); n > 0 || oldest <= first {
			return n, first
		}
	}
}

// visit calls f with each event that the ring holds at the call, oldest first; f must be short. Events that are
// overwritten meanwhile are passed over.
func (r *ring) visit(f func(*Event)) {
	seq, end := r.bounds()
	for ; seq < end; seq++ {
		if s := r.at(seq); s.lock(seq) {
			f(&s.event)
			s.unlock(seq)
		}
	}
}
