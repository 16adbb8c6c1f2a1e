package ingest

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMetricsBesideLog: the samples of record_metric come between the log's events by their times, and those of calls
// and evaluations do not come again, torn and impossible ones included.
func TestMetricsBesideLog(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "afterimage.log", callLine("2026-01-01T10:00:00", 1)+callLine("2026-01-01T10:00:20", 2))
	write(t, dir, "metrics.jsonl", strings.Join([]string{
		`{"metric": "generation_time", "value": 1, "timestamp": "2026-01-01T10:00:00"}`,
		`{"metric": "queue", "value": 7, "timestamp": "2026-01-01T10:00:05"}`,
		`{"metric": "queue", "value": NaN, "timestamp": "2026-01-01T10:00:06"}`,
		`{"metric": "generation_time", "value": NaN, "timestamp": "2026-01-01T10:00:20"}`,
		`{"metric": "error_rate", "value": 1, "timestamp": "2026-01-01T10:00:21"}`,
		`{"metric": "model_usage:m`,
	}, "\n"))
	source, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for ev, err := range source {
		if err != nil {
			var line *LineError
			if !errors.As(err, &line) {
				t.Fatal(err)
			}
			got = append(got, line.Reason)
			continue
		}
		got = append(got, strings.TrimSpace(ev.Kind.String()+" "+ev.Name))
	}
	// A line that cannot be read is told of as it comes, before the samples that still wait for others of their time.
	want := []string{"not_finite", "generation", "metric queue", "generation", "metric error_rate"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// callLine is afterimage.log's line of a call.
func callLine(at string, seconds int) string {
	return fmt.Sprintf(`%s,000 - {"message": "Generation metrics", "data": {"timestamp": %q, "duration": %d, "success": true}, "level": "info"}`+"\n",
		strings.Replace(at, "T", " ", 1), at, seconds)
}

// TestUnreadablePart: a part of a run that cannot be read is told of, and the rest is read.
func TestUnreadablePart(t *testing.T) {
	dir := t.TempDir()
	a := write(t, dir, "a.ndjson", good+"\n")
	c := write(t, dir, "c.ndjson", good+"\n")
	gone := filepath.Join(dir, "b.ndjson")
	run, metrics := parts([]File{
		{Path: a, Format: Events}, {Path: gone, Skipped: "permission denied", unreadable: true}, {Path: c, Format: Events},
		{Path: "notes.log", Skipped: "it does not begin like a recorded run"},
	})
	cfg := newConfig(nil)
	events, errs := collect(inOrder(run, &cfg))
	var file *FileError
	if len(events) != 2 || len(errs) != 1 || !errors.As(errs[0], &file) || file.File != gone || len(metrics) != 0 {
		t.Errorf("%d events, %v, want 2 and an error about %s", len(events), errs, gone)
	}
}
