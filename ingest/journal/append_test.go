package journal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// TestConcurrentAppends: across rotations, each batch is whole and in one segment, each caller's are in order, each event
// is there once.
func TestConcurrentAppends(t *testing.T) {
	const callers, batches, size = 8, 60, 7
	dir := t.TempDir()
	j := open(t, dir, WithSegmentSize(20_000))
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for b := range batches {
				if err := j.Append(t.Context(), calls(fmt.Sprintf("%d-%d", c, b), size)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		checkBatches(t, ids(t, j), size) // readers see only whole batches
	}
	wg.Wait()
	if n := len(ids(t, j)); n != callers*batches*size {
		t.Errorf("%d events, want %d", n, callers*batches*size)
	}
	checkBatches(t, ids(t, j), size)
	mustClose(t, j)
	j = open(t, dir, WithResume())
	checkBatches(t, ids(t, j), size)
	if n, _ := j.Size(); n < 20 {
		t.Errorf("%d segments", n)
	}
	for _, s := range j.snapshot() {
		if s.size > 20_000 {
			t.Errorf("a segment of %d bytes", s.size)
		}
	}
}

// checkBatches checks that ids caller-batch-i are whole batches, and each caller's batches 0, 1, 2, …
func checkBatches(t *testing.T, list []string, size int) {
	t.Helper()
	next := map[string]int{}
	for i := 0; i+size <= len(list); i += size {
		caller, _, _ := strings.Cut(list[i], "-")
		for k := range size {
			if want := fmt.Sprintf("%s-%d-%d", caller, next[caller], k); list[i+k] != want {
				t.Fatalf("event %d is %s, want %s", i+k, list[i+k], want)
			}
		}
		next[caller]++
	}
	if len(list)%size != 0 {
		t.Fatalf("%d events are no whole batches", len(list))
	}
}

// TestGroupCommit: whoever comes during a sync shares the next; who gives up meanwhile is not written.
func TestGroupCommit(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := newFaultDisk(nil)
		d.gate = make(chan struct{})
		j := open(t, dir, d.option())
		answers := make(chan error, 10)
		send := func(ctx context.Context, id string) {
			go func() { answers <- j.Append(ctx, calls(id, 1)) }()
			synctest.Wait()
		}
		send(t.Context(), "first") // is being synced
		for _, id := range []string{"a", "b", "c"} {
			send(t.Context(), id)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		send(ctx, "gone")
		why := errors.New("the client is gone")
		cancel(why)
		wantError(t, <-answers, why)
		wantIDs(t, j) // nothing is read that is not acknowledged
		d.gate <- struct{}{}
		wantError(t, <-answers, nil)
		wantIDs(t, j, "first-0")
		d.gate <- struct{}{}
		for range 3 {
			wantError(t, <-answers, nil)
		}
		wantIDs(t, j, "first-0", "a-0", "b-0", "c-0")
		if d.syncs != 2 {
			t.Errorf("%d syncs, want 2", d.syncs)
		}
		wantError(t, j.Append(ctx, calls("late", 1)), why)
		mustClose(t, j)
	})
}

// TestCloseWaits for the batches under way.
func TestCloseWaits(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := newFaultDisk(nil)
		d.gate = make(chan struct{})
		j := open(t, dir, d.option())
		answers := make(chan error, 3)
		for _, id := range []string{"a", "b"} {
			go func() { answers <- j.Append(t.Context(), calls(id, 1)) }()
			synctest.Wait()
		}
		go func() { answers <- j.Close() }()
		synctest.Wait()
		close(d.gate)
		for range 3 {
			wantError(t, <-answers, nil)
		}
		wantIDs(t, j, "a-0", "b-0")
	})
}

// TestAllocations: an event costs none.
func TestAllocations(t *testing.T) {
	j := open(t, t.TempDir(), WithoutSync())
	events := calls("a", 1000)
	mustAppend(t, j, events...)
	if n := testing.AllocsPerRun(10, func() { mustAppend(t, j, events...) }); n > 20 {
		t.Errorf("%v allocations for 1000 events", n)
	}
}
