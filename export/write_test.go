package export

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// TestNothingHalfWritten: errors of the source and the context are returned as they are; nothing is made, and a file that was
// there is as it was.
func TestNothingHalfWritten(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	src := recorded(t, "afterimage-run")
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
		noFiles(t, dir)
		stays(t, path, format, torn, errRead)
		for room := range 3 {
			if err := Encode(t.Context(), &failingWriter{left: room * 400}, format, src); !errors.Is(err, errFull) {
				t.Errorf("%v: a writer with room for %d bytes: %v", format, room*400, err)
			}
		}
	}
	noFiles(t, os.Getenv("TMPDIR"))
}

// stays checks that an export which ends with an error leaves an older file as it was, and nothing beside it.
func stays(t *testing.T, path string, format Format, src monitor.Source, want error) {
	t.Helper()
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), path, format, src); err != want {
		t.Errorf("%v over an older file: %v", format, err)
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if b, err := os.ReadFile(path); err != nil || string(b) != "old" || len(entries) != 1 {
		t.Errorf("%v: the old file is %.20q, %v, among %v", format, b, err, entries)
	}
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
	must(os.Mkdir(in("folder"), 0o755), os.Mkdir(in("csv_a.csv"), 0o755))
	for _, c := range []struct {
		path, want string
		format     Format
		is         error
	}{
		{in("none/out.json"), "the directory " + in("none") + " does not exist; make it first", JSON, fs.ErrNotExist},
		{in("none/out.csv"), "the directory " + in("none") + " does not exist; make it first", CSV, fs.ErrNotExist},
		{in("folder"), "it is a directory", JSON, nil},
		{in("csv.csv"), in("csv_a.csv") + ": it is a directory", CSV, nil},
	} {
		err := Write(t.Context(), c.path, c.format, src)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) && c.format != CSV || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", c.path, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}
