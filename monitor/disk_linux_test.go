package monitor

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// tinyDisk is a real file system of 1 MiB.
type tinyDisk struct {
	t      *testing.T
	path   string
	filler string
}

// newTinyDisk skips the test when the user may not mount; the same test runs on a quotaDisk everywhere.
func newTinyDisk(t *testing.T) *tinyDisk {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("cannot mount a file system:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return &tinyDisk{t, dir, filepath.Join(dir, "filler")}
}

func (d *tinyDisk) dir() string       { return d.path }
func (d *tinyDisk) adopt(*appendFile) {}
func (d *tinyDisk) free()             { os.Remove(d.filler) }

func (d *tinyDisk) fill() {
	f, err := os.Create(d.filler)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
}

func TestFullFileSystem(t *testing.T) {
	testFullDisk(t, func(t *testing.T) disk { return newTinyDisk(t) })
}

// TestDeviceThatIsAlwaysFull: /dev/full cannot be cut back either.
func TestDeviceThatIsAlwaysFull(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/dev/full", metricsPath(dir)); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, WithMetricHandlers(FileMetricHandler(dir)))
	for range 10 {
		r.TrackGeneration(t.Context(), Generation{Duration: time.Second})
	}
	ctx, cancel := timeout(t, 0)
	defer cancel()
	err := r.Shutdown(ctx)
	if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, ctx.Err()) {
		t.Error(err)
	}
	if got := r.sum("genmeter.events_dropped", "handler", "metrics.jsonl", "reason", "shutdown"); got != 10 {
		t.Errorf("%d events counted, want 10", got)
	}
}
