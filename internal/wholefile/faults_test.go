package wholefile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var errDisk = errors.New("the disk says no")

// faultyDisk fails at the request of this number, and counts.
type faultyDisk struct {
	osDisk
	left int
}

func (d *faultyDisk) fails() bool { d.left--; return d.left == 0 }

func (d *faultyDisk) create(name string, perm fs.FileMode) (diskFile, error) {
	if d.fails() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errDisk}
	}
	f, err := d.osDisk.create(name, perm)
	return &faultyFile{f, d, name}, err
}

func (d *faultyDisk) rename(from, to string) error {
	if d.fails() {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: errDisk}
	}
	return d.osDisk.rename(from, to)
}

func (d *faultyDisk) syncDir(name string) error {
	if d.fails() {
		return &fs.PathError{Op: "sync", Path: name, Err: errDisk}
	}
	return d.osDisk.syncDir(name)
}

type faultyFile struct {
	diskFile
	disk *faultyDisk
	name string
}

func (f *faultyFile) fault(op string, err error) error {
	if f.disk.fails() {
		return &fs.PathError{Op: op, Path: f.name, Err: errDisk}
	}
	return err
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if err := f.fault("write", nil); err != nil {
		return 0, err
	}
	return f.diskFile.Write(p)
}

func (f *faultyFile) Chmod(m fs.FileMode) error { return f.fault("chmod", f.diskFile.Chmod(m)) }
func (f *faultyFile) Sync() error               { return f.fault("sync", f.diskFile.Sync()) }
func (f *faultyFile) Close() error              { return f.fault("close", f.diskFile.Close()) }

// twoWrites is more than the buffer holds.
func twoWrites(w io.Writer) error {
	for range 2 {
		if _, err := w.Write(bytes.Repeat([]byte("x"), 40<<10)); err != nil {
			return err
		}
	}
	return nil
}

// TestEveryFault: whatever request to the disk fails, the error names the file, and nothing else is left. The old file is as
// it was, but when all that failed is to make its new name durable.
func TestEveryFault(t *testing.T) {
	const requests = 8 // create, chmod, two writes, sync, close, rename, and the sync of the directory
	for n := 1; n <= requests+1; n++ {
		dir := t.TempDir()
		path := filepath.Join(dir, "out")
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := write(t.Context(), &faultyDisk{left: n}, path, twoWrites)
		if n > requests {
			if err != nil {
				t.Errorf("request %d: %v", n, err)
			}
			break
		}
		named := path
		if n == requests {
			named = dir
		}
		if !errors.Is(err, errDisk) || !strings.Contains(err.Error(), named) || strings.Contains(err.Error(), "genmeter-part") {
			t.Errorf("request %d: %v", n, err)
		}
		if b, err := os.ReadFile(path); err != nil || (string(b) == "old") != (n < requests) {
			t.Errorf("request %d: the file is %.20q, %v", n, b, err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("request %d: left behind %v", n, entries)
		}
	}
}

// TestEveryFaultOfSet: no file appears before all are complete; those that have appeared when a name cannot be given stay.
func TestEveryFaultOfSet(t *testing.T) {
	const files = 3
	for n := 1; n <= files*5+2; n++ {
		dir := t.TempDir()
		s := Set{disk: &faultyDisk{left: n}}
		err := func() error {
			defer s.Discard()
			for _, name := range []string{"a", "b", "c"} {
				if err := s.Write(filepath.Join(dir, name), func(w io.Writer) error { _, err := io.WriteString(w, name); return err }); err != nil {
					return err
				}
			}
			return s.Commit(t.Context())
		}()
		// Create, write, sync and close each, then the names, then the directory.
		want := min(max(0, n-files*4-1), files)
		if failed := n <= files*5+1; errors.Is(err, errDisk) != failed {
			t.Errorf("request %d: %v", n, err)
		}
		entries, _ := os.ReadDir(dir)
		if len(entries) != want {
			t.Errorf("request %d: %v, want %d files", n, entries, want)
		}
		for i, e := range entries {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if e.Name() != string(rune('a'+i)) || string(b) != e.Name() || err != nil {
				t.Errorf("request %d: %s holds %q, %v", n, e.Name(), b, err)
			}
		}
	}
}
