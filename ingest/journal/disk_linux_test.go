package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// TestFullFileSystem fills a real file system of 1 MiB: what does not fit is refused whole, and the journal goes on when there
// is room again.
func TestFullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("cannot mount a file system:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	data, filler := filepath.Join(dir, "data"), filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 512<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	j := open(t, data, WithSegmentSize(100<<10))
	var want []string
	var err error
	for i := 0; err == nil; i++ {
		events := calls(fmt.Sprint(i), 50)
		if err = j.Append(t.Context(), events); err == nil {
			for _, ev := range events {
				want = append(want, ev.ID)
			}
		}
	}
	wantError(t, err, ErrFull)
	wantError(t, j.Append(t.Context(), calls("still", 50)), syscall.ENOSPC)
	if got := ids(t, j); len(want) < 1000 || !slices.Equal(got, want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	mustClose(t, j)
	j = open(t, data, WithResume()) // on a full disk too
	if r := j.Recovery(); r.CutBytes != 0 {
		t.Errorf("%+v", r)
	}
	wantError(t, j.Append(t.Context(), calls("still", 50)), ErrFull)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, j, call("after"))
	wantIDs(t, j, append(want, "after")...)
}

// TestDeviceThatIsAlwaysFull: /dev/full cannot be cut back either.
func TestDeviceThatIsAlwaysFull(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, func(c *config) { c.disk = func(d disk) disk { return fullDisk{d} } })
	for range 3 {
		wantError(t, j.Append(t.Context(), calls("a", 1)), ErrFull)
	}
	wantIDs(t, j)
	if err := j.Close(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("%v, want that the file could not be cut back", err)
	}
}

// fullDisk has /dev/full for each of its files.
type fullDisk struct{ disk }

func (fullDisk) create(string) (file, error) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	return osFile{f}, err
}

func (fullDisk) remove(string) error { return nil }
