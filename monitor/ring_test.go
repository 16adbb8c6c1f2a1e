package monitor

import (
	"sync"
	"testing"
)

// fillRing appends events whose Value is their number.
func fillRing(r *ring, from, to int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := from; i < to; i++ {
		r.slots[r.next] = Event{Value: float64(i)}
		r.advance()
	}
}

func TestRingReadsWhatItHolds(t *testing.T) {
	var r ring
	r.init(100)
	fillRing(&r, 0, 250)

	for _, test := range []struct {
		name         string
		seq          uint64
		room         int
		n            int
		first, value uint64
	}{
		{"lapped reader goes on at the oldest", 0, 10, 10, 150, 150},
		{"in the middle", 200, 10, 10, 200, 200},
		{"across the wrap of the slots", 195, 10, 10, 195, 195},
		{"up to the end", 245, 10, 5, 245, 245},
		{"at the end", 250, 10, 0, 250, 0},
		{"no more than a chunk at a time", 150, 90, copyChunk, 150, 150},
	} {
		buf := make([]Event, test.room)
		n, first := r.read(test.seq, buf)
		if n != test.n || first != test.first {
			t.Errorf("%s: read %d from %d, want %d from %d", test.name, n, first, test.n, test.first)
		}
		for i := range n {
			if got := buf[i].Value; got != float64(test.value)+float64(i) {
				t.Errorf("%s: event %d has number %v, want %d", test.name, i, got, test.value+uint64(i))
			}
		}
	}
}

func TestRingVisitSeesEachOnceInOrder(t *testing.T) {
	for _, recorded := range []int{0, 1, 99, 100, 101, 1000, 1001} {
		var r ring
		r.init(100)
		fillRing(&r, 0, recorded)
		next := max(0, recorded-100)
		r.visit(func(e *Event) {
			if e.Value != float64(next) {
				t.Fatalf("of %d: visited %v, want %d", recorded, e.Value, next)
			}
			next++
		})
		if next != recorded {
			t.Errorf("of %d: the last visited was %d", recorded, next-1)
		}
	}
}

// TestRingVisitLetsAppendsIn appends while a visit goes on: what is overwritten is passed over, what comes after the
// call is not visited, and the order holds.
func TestRingVisitLetsAppendsIn(t *testing.T) {
	var r ring
	r.init(1024)
	fillRing(&r, 0, 1024)
	var appends sync.WaitGroup
	last := -1.0
	r.visit(func(e *Event) {
		if last < 0 {
			appends.Go(func() { fillRing(&r, 1024, 1424) }) // waits for the lock, which visit gives up between chunks
		}
		if e.Value <= last || e.Value >= 1024 {
			t.Fatalf("visited %v after %v", e.Value, last)
		}
		last = e.Value
	})
	appends.Wait()
	if last != 1023 {
		t.Errorf("the last visited is %v, want 1023", last)
	}
}
