package export

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
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

// TestEveryFault: whatever request to the disk fails, the error names the file, the old one is as it was, and nothing else is
// left.
func TestEveryFault(t *testing.T) {
	var list []monitor.Event
	for i := range 2000 { // so many that there is more than one write
		list = append(list, monitor.Event{Kind: monitor.KindGeneration, ID: strconv.Itoa(i), Time: at, Model: "m", Duration: time.Second})
	}
	src := sourceOf(list...)
	for _, format := range []Format{JSON, Excel, NDJSON, WideParquet} {
		dir := t.TempDir()
		path := filepath.Join(dir, "out"+format.Extension())
		for n := 1; ; n++ {
			if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			err := write(t.Context(), &faultyDisk{left: n}, path, format, src, newConfig(nil))
			if err == nil {
				if n < 5 {
					t.Errorf("%v: only %d requests", format, n)
				}
				break
			}
			if !errors.Is(err, errDisk) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "genmeter-part") {
				t.Errorf("%v, request %d: %v", format, n, err)
			}
			if b, err := os.ReadFile(path); err != nil || string(b) != "old" {
				t.Errorf("%v, request %d: the old file is %.20q, %v", format, n, b, err)
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("%v, request %d: left behind %v", format, n, entries)
			}
		}
	}
}

// TestEveryFaultOfCSV: no file appears before all are complete; those that have appeared when a name cannot be given stay.
func TestEveryFaultOfCSV(t *testing.T) {
	src := sourceOf(metricAt("a", 1), metricAt("b", 2))
	const files = 3
	for n := 1; ; n++ {
		dir := t.TempDir()
		err := write(t.Context(), &faultyDisk{left: n}, filepath.Join(dir, "out.csv"), CSV, src, newConfig(nil))
		entries, _ := os.ReadDir(dir)
		if err == nil {
			if len(entries) != files || n != files*5+1 { // create, write, sync, close and rename each
				t.Errorf("%d requests for %v", n-1, entries)
			}
			return
		}
		if want := max(0, n-files*4-1); len(entries) != want || !errors.Is(err, errDisk) {
			t.Errorf("request %d: %v, %v", n, err, entries)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				t.Errorf("request %d: %s is left behind", n, e.Name())
			}
		}
	}
}

// TestOtherFaults: errors of the source and the context are returned as they are, and nothing is made.
func TestOtherFaults(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	src := run(t, "afterimage-run")
	torn := func(yield func(monitor.Event, error) bool) {
		n := 0
		for ev := range src {
			if n++; n == 300 {
				yield(monitor.Event{}, errRead)
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, format := range Formats() {
		dir := t.TempDir()
		path := filepath.Join(dir, "out")
		if err := Write(t.Context(), path, format, torn); err != errRead {
			t.Errorf("%v: a torn source: %v", format, err)
		}
		if err := Write(cancelled, path, format, src); err != context.Canceled {
			t.Errorf("%v: cancelled: %v", format, err)
		}
		if err := Write(t.Context(), path, format, sourceOf()); !errors.Is(err, ErrNoEvents) {
			t.Errorf("%v: no events: %v", format, err)
		}
		for room := range 3 {
			if err := Encode(t.Context(), &failingWriter{left: room * 400}, format, src); !errors.Is(err, errFull) {
				t.Errorf("%v: a writer with room for %d bytes: %v", format, room*400, err)
			}
		}
		noFiles(t, dir)
	}
	noFiles(t, os.Getenv("TMPDIR"))
}

// TestCancelledMidway: a source that goes on for ever ends with its context.
func TestCancelledMidway(t *testing.T) {
	for _, format := range Formats() {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		endless := func(yield func(monitor.Event, error) bool) {
			for yield(monitor.Event{Kind: monitor.KindGeneration, Time: at, Success: true, PromptTokens: 5}, nil) {
				if n++; n == 5000 {
					cancel()
				}
			}
		}
		if err := Encode(ctx, new(bytes.Buffer), format, endless); err != context.Canceled || n > 20_000 {
			t.Errorf("%v: %v after %d events", format, err, n)
		}
	}
}

func TestWritePlaces(t *testing.T) {
	dir := t.TempDir()
	src := sourceOf(metricAt("a", 1))
	in := func(name string) string { return filepath.Join(dir, name) }
	must := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	must(os.Mkdir(in("folder"), 0o755), os.WriteFile(in("file"), nil, 0o644), os.Mkdir(in("csv_a.csv"), 0o755),
		os.Symlink("loop", in("loop")))
	for _, c := range []struct {
		path, want string
		format     Format
		is         error
	}{
		{in("none/out.json"), "the directory " + in("none") + " does not exist; make it first", JSON, fs.ErrNotExist},
		{in("none/out.csv"), "the directory " + in("none") + " does not exist; make it first", CSV, fs.ErrNotExist},
		{in("folder"), "it is a directory", JSON, nil},
		{in("file/out.json"), "is not a directory", JSON, syscall.ENOTDIR},
		{in("csv.csv"), in("csv_a.csv") + ": it is a directory", CSV, nil},
		{in("loop"), "too many levels of symbolic links", JSON, syscall.ELOOP},
		{"", "there is no name of a file", JSON, nil},
	} {
		err := Write(t.Context(), c.path, c.format, src)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) && c.format != CSV || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", c.path, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 4 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestLinkStays: a symbolic link keeps leading to where it led, also where nothing was.
func TestLinkStays(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target.json"), filepath.Join(dir, "link.json")
	if err := os.Symlink("target.json", link); err != nil {
		t.Skip(err)
	}
	for range 2 {
		if err := Write(t.Context(), link, JSON, sourceOf(metricAt("a", 1))); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(link)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link is %v, %v", info.Mode(), err)
		}
		if b, err := os.ReadFile(target); err != nil || !strings.Contains(string(b), `"a":[`) {
			t.Errorf("the target is %q, %v", b, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}
