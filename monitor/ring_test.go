package monitor

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// fillRing appends events whose Value is their number; the pump passes each at once.
func fillRing(r *ring, from, to int) {
	for i := from; i < to; i++ {
		seq, ok := r.reserve()
		if !ok {
			return
		}
		s := r.at(seq)
		s.claim(seq)
		s.event = Event{Value: float64(i)}
		s.publish(seq)
		r.pumped.Store(seq + 1)
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
		{"as much as there is room for", 150, 90, 90, 150, 150},
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
			appends.Go(func() { fillRing(&r, 1024, 1424) }) // waits where visit is
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

// TestRingReadersAndWriters appends from several goroutines while others read and visit: under the race detector, every
// event that is read is whole, and a reader that keeps up sees each once.
func TestRingReadersAndWriters(t *testing.T) {
	const each, writers = 20_000, 3
	var r ring
	r.init(256)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				seq, _ := r.reserve()
				for r.full(seq) {
					runtime.Gosched()
				}
				s := r.at(seq)
				s.claim(seq)
				s.event = Event{Value: float64(w), CostUSD: float64(w), Name: "w", Turns: int32(i)}
				s.publish(seq)
			}
		})
	}
	whole := func(e *Event) {
		if e.Value != e.CostUSD || e.Name != "w" {
			t.Errorf("read half an event: %+v", e)
		}
	}
	all.Go(func() { // the pump
		for seq := range uint64(each * writers) {
			e := r.published(seq)
			for ; e == nil; e = r.published(seq) {
				runtime.Gosched()
			}
			whole(e)
			r.pumped.Store(seq + 1)
		}
	})
	for range 2 {
		all.Go(func() {
			var pos, seen uint64
			buf := make([]Event, 50)
			for pos < each*writers {
				n, first := r.read(pos, buf)
				for i := range n {
					whole(&buf[i])
				}
				seen += uint64(n) + first - pos
				pos = first + uint64(n)
				runtime.Gosched()
			}
			if seen != each*writers {
				t.Errorf("read or missed %d events, want %d", seen, each*writers)
			}
		})
	}
	all.Go(func() {
		for r.end() < each*writers {
			r.visit(whole)
			runtime.Gosched()
		}
	})
	all.Wait()
}

// TestRingCloses closes while others append: what was reserved before counts, nothing after.
func TestRingCloses(t *testing.T) {
	var r ring
	r.init(1 << 16)
	var appends sync.WaitGroup
	var taken atomic.Uint64
	for range 4 {
		appends.Go(func() {
			for range 10_000 {
				seq, ok := r.reserve()
				if !ok {
					return
				}
				s := r.at(seq)
				s.claim(seq)
				s.publish(seq)
				taken.Add(1)
			}
		})
	}
	end := r.close()
	appends.Wait()
	fillRing(&r, 0, 10)
	if again := r.close(); taken.Load() != end || r.end() != end || again != end || !r.isClosed() {
		t.Errorf("closed at %d, then at %d, with %d events; the end is %d", end, again, taken.Load(), r.end())
	}
}
