package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestEachFault: the batch that meets it is refused whole, the ones before and behind are there.
func TestEachFault(t *testing.T) {
	for _, op := range []string{"create", "syncdir", "write", "sync"} {
		for _, at := range []int{0, 2} { // at the first batch, and behind others
			t.Run(fmt.Sprint(op, at), func(t *testing.T) {
				dir, d := t.TempDir(), newFaultDisk(nil)
				j := open(t, dir, d.option(), WithSegmentSize(700)) // two batches
				var want []string
				for i := range at {
					mustAppend(t, j, calls(fmt.Sprint(i), 1)...)
					want = append(want, fmt.Sprintf("%d-0", i))
				}
				d.fail = once(op, syscall.ENOSPC)
				var err error
				for i := 0; err == nil; i++ {
					id := fmt.Sprint("x", i)
					if err = j.Append(t.Context(), calls(id, 2)); err == nil {
						want = append(want, id+"-0", id+"-1")
					}
				}
				wantError(t, err, ErrFull, dir, "the disk is full")
				wantError(t, err, syscall.ENOSPC)
				wantIDs(t, j, want...)
				mustAppend(t, j, calls("after", 1)...)
				want = append(want, "after-0")
				wantIDs(t, j, want...)
				mustClose(t, j)
				wantIDs(t, open(t, dir, WithResume()), want...)
			})
		}
	}
}

// TestNothingIsWrittenBehindWhatCannotBeCutOff: until it can be.
func TestNothingIsWrittenBehindWhatCannotBeCutOff(t *testing.T) {
	dir, d := t.TempDir(), newFaultDisk(nil)
	j := open(t, dir, d.option())
	mustAppend(t, j, call("a"))
	d.fail = func(op string) error {
		if op == "truncate" {
			return errIO
		}
		return map[bool]error{true: syscall.ENOSPC}[op == "write"]
	}
	wantError(t, j.Append(t.Context(), calls("b", 50)), ErrFull)
	d.fail = func(op string) error { return map[bool]error{true: errIO}[op == "truncate"] }
	err := j.Append(t.Context(), calls("c", 1))
	wantError(t, err, errIO, "cutting")
	wantError(t, err, ErrFull)
	wantIDs(t, j, "a")
	d.fail = nil
	mustAppend(t, j, call("d"))
	wantIDs(t, j, "a", "d")
}

// TestSyncThatFailedIsNotTrusted: a second sync of the same file would say that all is well.
func TestSyncThatFailedIsNotTrusted(t *testing.T) {
	dir, d := t.TempDir(), newFaultDisk(nil)
	j := open(t, dir, d.option())
	mustAppend(t, j, call("a"))
	d.fail = once("sync", errIO)
	wantError(t, j.Append(t.Context(), calls("b", 1)), errIO)
	mustAppend(t, j, call("c"))
	wantIDs(t, j, "a", "c")
	if got := files(t, dir); !slices.Equal(got, []string{segmentName(1), segmentName(2)}) {
		t.Error(got)
	}
}

// TestFaultsAtRandom: whatever fails, and wherever the power fails then, what was acknowledged is there once and in order,
// and what was refused is not, unless the power failed while it could not be cut off.
func TestFaultsAtRandom(t *testing.T) {
	for seed := range uint64(100) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		d, dir := newFaultDisk(nil), t.TempDir()
		d.rnd = rnd
		rate := rnd.Float64() / 2
		d.fail = func(string) error {
			if rnd.Float64() < rate {
				return []error{syscall.ENOSPC, errIO}[rnd.IntN(2)]
			}
			return nil
		}
		j := open(t, dir, d.option(), WithSegmentSize(3000))
		var acked []string
		refused := map[string]bool{}
		for b := range 20 {
			events := calls(fmt.Sprint(b), 1+rnd.IntN(5))
			err := j.Append(t.Context(), events)
			for _, ev := range events {
				if err == nil {
					acked = append(acked, ev.ID)
				} else {
					refused[ev.ID] = true
				}
			}
			if got := ids(t, j); !slices.Equal(got, acked) {
				t.Fatalf("seed %d, batch %d: read %q, acknowledged %q", seed, b, got, acked)
			}
			if rnd.IntN(3) > 0 {
				continue
			}
			after := t.TempDir()
			d.crash(t, after)
			got := ids(t, open(t, after, WithResume()))
			if j.unclean != nil {
				got = slices.DeleteFunc(got, func(id string) bool { return refused[id] })
			}
			if !slices.Equal(got, acked) {
				t.Fatalf("seed %d, batch %d: after a power failure %q, acknowledged %q", seed, b, got, acked)
			}
		}
	}
}

// TestFolderDeleted: what is written to a file that nobody can find is not acknowledged.
func TestFolderDeleted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	j := open(t, dir)
	mustAppend(t, j, call("a"))
	if err := os.RemoveAll(dir); err != nil {
		t.Skip("the system does not delete files in use:", err)
	}
	wantError(t, j.Append(t.Context(), calls("b", 1)), ErrGone, dir)
	mustAppend(t, j, call("c"))
	wantIDs(t, j, "c")
	var locked *LockedError
	if _, err := Open(dir); !errors.As(err, &locked) {
		t.Errorf("the new folder is not locked: %v", err)
	}

	// A file is in its way, and then not.
	if err := errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	wantError(t, j.Append(t.Context(), calls("d", 1)), ErrGone)
	wantError(t, j.Append(t.Context(), calls("e", 1)), syscall.ENOTDIR)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, j, call("f"))
	wantIDs(t, j, "f")
}

// TestSegmentDeleted: the others are kept.
func TestSegmentDeleted(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, WithSegmentSize(1))
	mustAppend(t, j, call("a"))
	mustAppend(t, j, call("b"))
	mustAppend(t, j, call("c"))
	if err := os.Remove(filepath.Join(dir, segmentName(3))); err != nil {
		t.Skip("the system does not delete files in use:", err)
	}
	j.segment = 1 << 20
	wantError(t, j.Append(t.Context(), calls("d", 1)), ErrGone)
	mustAppend(t, j, call("e"))
	wantIDs(t, j, "a", "b", "e")
}

// TestTroubleIsLoggedOnce: each caller is told, the log only when it begins and ends.
func TestTroubleIsLoggedOnce(t *testing.T) {
	var log strings.Builder
	d := newFaultDisk(func(op string) error { return map[bool]error{true: syscall.ENOSPC}[op == "create"] })
	j := open(t, t.TempDir(), d.option(), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	for range 3 {
		wantError(t, j.Append(t.Context(), calls("a", 1)), ErrFull)
	}
	d.fail = nil
	mustAppend(t, j, call("b"))
	if strings.Count(log.String(), "cannot be written") != 1 || strings.Count(log.String(), "written again") != 1 {
		t.Error(log.String())
	}
}
