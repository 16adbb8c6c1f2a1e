package journal

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

func TestAppendedIsReadBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	j := open(t, dir)
	evaluation := monitor.Event{Kind: monitor.KindEvaluation, ID: "e", Time: start, Success: true, Name: "judge",
		Scores: []monitor.Score{{Name: "coherence", Value: -0.25, Feedback: "two\nlines \n"}}}
	want := []monitor.Event{call("g"), evaluation,
		{Kind: monitor.KindRecord, ID: "r", Time: start, Outcome: monitor.Rejected, Name: "short"},
		{Kind: monitor.KindMetric, Time: start, Name: "queue", Value: 7},
		{Kind: monitor.KindBegin, ID: "b", Time: start, Model: "m"},
		{Kind: monitor.KindTarget, Time: start, Value: 100}}
	mustAppend(t, j, want...)
	mustAppend(t, j)
	mustClose(t, j)

	j = open(t, dir, WithResume())
	var got []monitor.Event
	for ev, err := range j.Events() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ev)
	}
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i := range got {
		if !bytes.Equal(lineOf(t, got[i]), lineOf(t, want[i])) {
			t.Errorf("got  %+v\nwant %+v", got[i], want[i])
		}
	}
	if r := j.Recovery(); r.Segments != 1 || r.CutFile != "" || r.Bytes != int64(len(lineOf(t, want...))) {
		t.Errorf("%+v", r)
	}
}

// TestOwnerOnly: error texts may hold what prompts held.
func TestOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	dir := filepath.Join(t.TempDir(), "data")
	mustAppend(t, open(t, dir), call("a"))
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Join(dir, segmentName(1)): 0o600, filepath.Join(dir, lockName): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
		}
	}
}

// TestIngestReadsTheFolder: report and replay take the folder as it is.
func TestIngestReadsTheFolder(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, WithSegmentSize(1000), WithMaxSize(4000))
	for i := range 10 {
		mustAppend(t, j, calls(string(rune('a'+i)), 3)...)
	}
	src, err := ingest.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for ev, err := range src {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ev.ID)
	}
	if want := ids(t, j); len(got) < 6 || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFolderWithEventsNeedsResume(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "notes.txt", []byte("mine"))
	write(t, dir, "events-1.ndjson", []byte("mine too"))
	mustClose(t, open(t, dir)) // nothing of a journal's
	j := open(t, dir)
	mustAppend(t, j, call("a"))
	mustClose(t, j)
	_, err := Open(dir)
	wantError(t, err, ErrNotEmpty, dir, "in one segment")
	j = open(t, dir, WithResume()) // the refusal left no lock behind
	mustAppend(t, j, call("b"))
	wantIDs(t, j, "a", "b")
	if got := files(t, dir); !reflect.DeepEqual(got, []string{"events-00000001.ndjson", "events-00000002.ndjson", "events-1.ndjson", "notes.txt"}) {
		t.Error(got)
	}
	if string(contents(t, dir, "events-1.ndjson")) != "mine too" {
		t.Error("a file of another name was touched")
	}
}

func TestClosed(t *testing.T) {
	j := open(t, t.TempDir())
	mustAppend(t, j, call("a"))
	mustClose(t, j)
	wantError(t, j.Append(t.Context(), calls("b", 1)), ErrClosed)
	mustClose(t, j)
	wantIDs(t, j, "a")
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Option{WithSegmentSize(0), WithMaxSize(-1), WithMaxAge(-1)} {
		if _, err := Open(t.TempDir(), o); err == nil {
			t.Error("taken")
		}
	}
	if _, err := Open(""); err == nil {
		t.Error("no folder was taken")
	}
	path := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(path), "file", nil)
	_, err := Open(path)
	var pathErr *fs.PathError
	if !errors.As(err, &pathErr) {
		t.Errorf("%v, want a path error", err)
	}
	if j := open(t, t.TempDir(), WithLogger(nil)); j.log != slog.Default() {
		t.Error("nil is not the default logger")
	}
}

// TestUnreadableIsRefused: what could not be read back is not acknowledged.
func TestUnreadableIsRefused(t *testing.T) {
	j := open(t, t.TempDir())
	long := call("long")
	long.Error = string(make([]byte, maxLine))
	for name, ev := range map[string]monitor.Event{
		"no kind": {}, "kind": {Kind: 99}, "metric": {Kind: monitor.KindMetric}, "begin": {Kind: monitor.KindBegin},
		"value":   {Kind: monitor.KindMetric, Name: "m", Value: inf()},
		"half":    {Kind: monitor.KindTarget, Value: 0.5},
		"outcome": {Kind: monitor.KindRecord, Outcome: 9},
		"long":    long,
	} {
		var refused *RefusedError
		err := j.Append(t.Context(), []monitor.Event{call("a"), ev})
		if !errors.As(err, &refused) || refused.Index != 1 || refused.Found == "" || refused.Expected == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	mustAppend(t, j, call("b"))
	wantIDs(t, j, "b")
}

func inf() float64 { var zero float64; return 1 / zero }
