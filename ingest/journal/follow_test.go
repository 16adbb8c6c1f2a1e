package journal

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/genmeter/genmeter/monitor"
	"go.opentelemetry.io/otel/metric/noop"
)

func newMonitor(t *testing.T, opts ...monitor.Option) *monitor.Monitor {
	t.Helper()
	mon, err := monitor.New(noop.NewMeterProvider(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mon.Shutdown(context.Background()) })
	return mon
}

func track(t *testing.T, mon *monitor.Monitor, from, to int) (list []string) {
	for i := from; i < to; i++ {
		id := fmt.Sprint(i)
		mon.TrackGeneration(t.Context(), monitor.Generation{ID: id, Duration: time.Second, Success: true})
		list = append(list, id)
	}
	return list
}

// TestFollow: everything recorded before Shutdown is in the journal behind it; Flush waits for it too.
func TestFollow(t *testing.T) {
	j := open(t, t.TempDir())
	mon := newMonitor(t)
	ended := make(chan error)
	cursor := mon.Follow("journal")
	go func() { ended <- Follow(t.Context(), cursor, j) }()
	want := track(t, mon, 0, 3000)
	mon.Begin(monitor.Generation{}).End(t.Context(), func(g *monitor.Generation) { g.ID, g.Success = "ended", true })
	want = append(want, "ended") // and its begin, which has no id, is left out
	if err := mon.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, j, want...)
	want = append(want, track(t, mon, 3000, 3500)...)
	if err := mon.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	wantIDs(t, j, want...)
	if n := cursor.Dropped(); n != 0 {
		t.Errorf("%d dropped", n)
	}
}

// TestFollowRetries: a full disk holds it up; only what the ring meanwhile overwrites is lost, and is counted.
func TestFollowRetries(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var full atomic.Bool
		full.Store(true)
		d := newFaultDisk(func(op string) error { return map[bool]error{true: syscall.ENOSPC}[full.Load() && op == "write"] })
		j := open(t, dir, d.option())
		mon := newMonitor(t, monitor.WithRingSize(256))
		ended := make(chan error)
		cursor := mon.Follow("journal")
		go func() { ended <- Follow(t.Context(), cursor, j) }()
		track(t, mon, 0, 1)
		synctest.Wait() // it has read the first, and fails
		track(t, mon, 1, 1001)
		time.Sleep(10 * time.Second)
		wantIDs(t, j)
		full.Store(false)
		if err := mon.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		got := ids(t, j)
		if len(got)+int(cursor.Dropped()) != 1001 || got[0] != "0" || got[len(got)-1] != "1000" || cursor.Dropped() == 0 {
			t.Errorf("%d written, %d dropped", len(got), cursor.Dropped())
		}
		mustClose(t, j)
	})
}

// TestFollowEnds with its context and its journal.
func TestFollowEnds(t *testing.T) {
	j := open(t, t.TempDir())
	mon := newMonitor(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, Follow(ctx, mon.Follow("journal"), j), context.Canceled)
	mustClose(t, j)
	cursor := mon.Follow("journal")
	track(t, mon, 0, 1)
	wantError(t, Follow(t.Context(), cursor, j), ErrClosed)
}
