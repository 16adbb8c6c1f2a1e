//go:build unix

package ingest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestFollowStateIsPrivate: what a data directory is made with here is its owner's alone, as the journal beside it is.
func TestFollowStateIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.ndjson")
	overwrite(t, path, numberedAll(1, 3))
	s := startSidecar(t, path)
	s.opts.DataDir = filepath.Join(t.TempDir(), "data")
	s.restart()
	s.polls(time.Second)
	for name, want := range map[string]os.FileMode{s.opts.DataDir: 0o700, s.f.state: 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

// TestFollowNoFiles: what is no file is never opened, since a pipe would wait for its writer and a device has no end; links
// that lead in a circle lead nowhere.
func TestFollowNoFiles(t *testing.T) {
	dir := t.TempDir()
	pipe, loop := filepath.Join(dir, "pipe.ndjson"), filepath.Join(dir, "loop.ndjson")
	device, folder := filepath.Join(dir, "zero.ndjson"), filepath.Join(dir, "folder")
	for _, err := range []error{
		syscall.Mkfifo(pipe, 0o600), os.Symlink(loop, loop), os.Symlink("/dev/zero", device), os.Mkdir(folder, 0o700),
		os.Symlink("..", filepath.Join(folder, "up.ndjson")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{pipe, loop, device} {
		s := startSidecar(t, path)
		s.polls(2 * time.Second)
		s.want()
		if len(s.problems) == 0 {
			t.Errorf("%s: nothing is told", path)
		}
	}
	overwrite(t, filepath.Join(dir, "run.ndjson"), numberedAll(1, 3))
	s := startSidecar(t, dir) // beside all of them
	s.polls(2 * time.Second)
	s.want(1, 2, 3)
}
