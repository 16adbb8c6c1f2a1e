package journal

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

var start = time.Date(2026, 11, 24, 19, 57, 10, 810207000, time.UTC)

// call is a typical event.
func call(id string) monitor.Event {
	return monitor.Event{
		Kind: monitor.KindGeneration, ID: id, Time: start, Duration: 1857 * time.Millisecond, Success: true, Model: "gpt-4o-mini",
		Provider: "openai", PromptTokens: 4808, CompletionTokens: 10, TotalTokens: 4818, FinishReason: "stop",
		Attrs: []monitor.Attr{slog.String("worker", "a")},
	}
}

// calls is a batch of n, with the ids prefix-0, prefix-1, …
func calls(prefix string, n int) []monitor.Event {
	list := make([]monitor.Event, n)
	for i := range list {
		list[i] = call(fmt.Sprintf("%s-%d", prefix, i))
	}
	return list
}

func open(t testing.TB, dir string, opts ...Option) *Journal {
	t.Helper()
	j, err := Open(dir, append([]Option{WithLogger(slog.New(slog.DiscardHandler))}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func mustAppend(t testing.TB, j *Journal, events ...monitor.Event) {
	t.Helper()
	if err := j.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

func mustClose(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// ids reads everything, and fails on what cannot be read.
func ids(t testing.TB, j *Journal) (list []string) {
	t.Helper()
	for ev, err := range j.Events() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, ev.ID)
	}
	return list
}

func wantIDs(t testing.TB, j *Journal, want ...string) {
	t.Helper()
	if got := strings.Join(ids(t, j), " "); got != strings.Join(want, " ") {
		t.Errorf("read back %s\nwant      %s", got, strings.Join(want, " "))
	}
}

// files returns the names in a folder, but for the lock.
func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != lockName {
			names = append(names, e.Name())
		}
	}
	return names
}

func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// contents returns a segment's bytes.
func contents(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lineOf returns the bytes of a batch.
func lineOf(t testing.TB, events ...monitor.Event) []byte {
	t.Helper()
	b := &batch{}
	if err := b.encode(events); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b.buf)
}

func wantError(t testing.TB, err, want error, texts ...string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not say %q", err, text)
		}
	}
}
