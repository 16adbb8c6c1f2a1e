package ingest

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

func event(kind monitor.Kind, id string) *monitor.Event { return &monitor.Event{Kind: kind, ID: id} }

func TestIDWindow(t *testing.T) {
	w := NewIDWindow(3)
	gen := func(id string) *monitor.Event { return event(monitor.KindGeneration, id) }
	for _, id := range []string{"a", "b", "c"} {
		if w.Has(gen(id)) || !w.Add(gen(id)) || !w.Has(gen(id)) || w.Add(gen(id)) {
			t.Errorf("%s is not new, then known", id)
		}
	}
	if !w.Add(event(monitor.KindBegin, "a")) { // takes the place of generation a
		t.Error("a begin and its generation share their id")
	}
	if w.Has(gen("a")) || !w.Has(gen("b")) || !w.Has(gen("c")) {
		t.Error("not the oldest was forgotten")
	}
	if w.Has(gen("")) || !w.Add(gen("")) || !w.Add(gen("")) {
		t.Error("an event without an id is always new")
	}
	long := strings.Repeat("x", 1<<20)
	if !w.Add(gen(long)) || w.Add(gen(long)) || !w.Add(gen(long+"y")) {
		t.Error("long ids are not told apart")
	}
}

func TestIDWindowForgetsInOrder(t *testing.T) {
	w := NewIDWindow(0)
	const n = 3 * DefaultIDs
	for i := range n {
		w.Add(event(monitor.KindRecord, strconv.Itoa(i)))
	}
	if len(w.seen) != DefaultIDs || len(w.last) != DefaultIDs {
		t.Errorf("%d and %d ids", len(w.seen), len(w.last))
	}
	for i := range n {
		if known := i >= n-DefaultIDs; w.Has(event(monitor.KindRecord, strconv.Itoa(i))) != known {
			t.Fatalf("id %d: known %v", i, !known)
		}
	}
}

// TestIDWindowConcurrently: of several that add an id at once, one is first.
func TestIDWindowConcurrently(t *testing.T) {
	w := NewIDWindow(1000)
	var wg sync.WaitGroup
	first := make(chan int, 8000)
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				if w.Add(event(monitor.KindRecord, strconv.Itoa(i))) {
					first <- i
				}
			}
		})
	}
	wg.Wait()
	equal(t, "ids that were new", len(first), 1000)
}
