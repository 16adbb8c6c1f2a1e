package journal

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMaxSize: the oldest segments go, whole, and are counted.
func TestMaxSize(t *testing.T) {
	dir := t.TempDir()
	size := int64(len(lineOf(t, calls("00", 2)...)))
	var log strings.Builder
	opts := []Option{WithSegmentSize(size), WithMaxSize(8 * size), WithLogger(slog.New(slog.NewTextHandler(&log, nil)))}
	j := open(t, dir, opts...)
	for i := range 10 {
		mustAppend(t, j, calls(fmt.Sprintf("%02d", i), 2)...)
		if _, bytes := j.Size(); bytes > 8*size {
			t.Errorf("%d bytes", bytes)
		}
	}
	if got := ids(t, j); len(got) != 16 || got[0] != "02-0" || got[15] != "09-1" {
		t.Errorf("%q", got)
	}
	if d := j.Dropped(); d.Segments != 2 || d.Events != 4 || d.Bytes != 2*size || d.Until.IsZero() {
		t.Errorf("%+v", d)
	}
	if n := strings.Count(log.String(), "deleted the oldest segment"); n != 2 {
		t.Errorf("%d deletions were logged", n)
	}
	mustClose(t, j)

	// A resumed run knows, reads everything first, and counts the events of segments that it has not written itself.
	j = open(t, dir, append(opts, WithResume(), WithMaxSize(4*size))...)
	if d := j.Recovery().Dropped; d.Events != 4 || len(ids(t, j)) != 16 {
		t.Errorf("%+v", d)
	}
	for i := range 4 {
		mustAppend(t, j, calls(fmt.Sprintf("x%d", i), 2)...)
	}
	if d, n := j.Dropped(), len(ids(t, j)); n > 8 || d.Events+int64(n) != 28 || d.Bytes != size*d.Events/2 {
		t.Errorf("%d events, %+v", n, d)
	}
}

func TestMaxAge(t *testing.T) {
	now := start
	clock := func(c *config) { c.now = func() time.Time { return now } }
	j := open(t, t.TempDir(), WithMaxAge(10*time.Hour), clock)
	for i := range 24 {
		mustAppend(t, j, call(fmt.Sprint(i)))
		now = now.Add(65 * time.Minute)
	}
	got := ids(t, j) // the last was written 65 minutes ago; the oldest is 10 hours old when the last was written, at most
	if len(got) != 10 || got[0] != "14" || got[9] != "23" {
		t.Errorf("%q", got)
	}
	if d := j.Dropped(); d.Events != 14 || !d.Until.Equal(start.Add(13*65*time.Minute)) {
		t.Errorf("%+v", d)
	}
	now = now.Add(1000 * time.Hour)
	mustAppend(t, j, call("late"))
	wantIDs(t, j, "late")
}

// TestDropIsCountedOnce: a crash between the count and the deletion counts once.
func TestDropIsCountedOnce(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, WithSegmentSize(1))
	for _, id := range []string{"a", "b", "c"} {
		mustAppend(t, j, call(id))
	}
	mustClose(t, j)
	d := newFaultDisk(func(op string) error { return map[bool]error{true: errIO}[op == "remove"] })
	j = open(t, dir, WithResume(), WithMaxSize(1), d.option())
	mustAppend(t, j, call("d"))
	mustAppend(t, j, call("e")) // and tries again
	if got := j.Dropped(); got.Segments != 1 || got.Events != 1 {
		t.Fatalf("%+v", got)
	}
	wantIDs(t, j, "b", "c", "d", "e") // it is not read, though it is there
	mustClose(t, j)
	if _, err := os.Stat(filepath.Join(dir, segmentName(1))); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir, WithResume())
	if got := j.Dropped(); got.Segments != 1 || got.Events != 1 {
		t.Errorf("%+v", got)
	}
	wantIDs(t, j, "b", "c", "d", "e")
	if _, err := os.Stat(filepath.Join(dir, segmentName(1))); err == nil {
		t.Error("it is still there")
	}
}

// TestRecordComesFirst: what cannot be counted is not deleted.
func TestRecordComesFirst(t *testing.T) {
	dir := t.TempDir()
	d := newFaultDisk(func(op string) error { return map[bool]error{true: errIO}[op == "replace"] })
	j := open(t, dir, WithSegmentSize(1), WithMaxSize(1), d.option())
	mustAppend(t, j, call("a"))
	mustAppend(t, j, call("b"))
	wantIDs(t, j, "a", "b")
	d.fail = nil
	mustAppend(t, j, call("c"))
	wantIDs(t, j, "c")
	var r dropRecord
	if err := json.Unmarshal(contents(t, dir, droppedName), &r); err != nil || r.Through != 2 || r.Events != 2 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestRecordThatCannotBeRead costs its numbers.
func TestRecordThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, droppedName, []byte("{"))
	write(t, dir, segmentName(1), lineOf(t, call("a")))
	var log strings.Builder
	j := open(t, dir, WithResume(), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	wantIDs(t, j, "a")
	if !strings.Contains(log.String(), droppedName) {
		t.Error(log.String())
	}
}
