package export

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullFileSystem: on a real file system of 256 KiB, every format that does not fit leaves nothing.
func TestFullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skip("cannot mount a file system:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	src := recorded(t, "afterimage-run")
	if err := os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 240<<10), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, format := range Formats() {
		path := filepath.Join(dir, "out")
		err := Write(t.Context(), path, format, src)
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v: %v", format, err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("%v: left behind %v", format, entries)
		}
	}
}

func TestDeviceThatIsAlwaysFull(t *testing.T) {
	for _, format := range Formats() {
		err := Write(t.Context(), "/dev/full", format, recorded(t, "afterimage-quirks"))
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "/dev/full") {
			t.Errorf("%v: %v", format, err)
		}
	}
}
