package monitor

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
)

// TestLogFile is the seed's row on FileLogHandler.
func TestLogFile(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, WithLogDir(dir))
	log := r.Logger().With("run", 7).WithGroup("g")
	log.Debug("unseen")
	log.Warn("seen", "a", 1)
	r.stop()
	got := read(t, logPath(dir))
	if i := strings.Index(got, `,"level":`); i < 0 ||
		got[i:] != `,"level":"WARN","msg":"seen","run":7,"g":{"a":1}}`+"\n" {
		t.Errorf("got %s", got)
	}
}

// TestDerivedLogFile: a handler made by WithAttrs is the same file, flushed and closed as that.
func TestDerivedLogFile(t *testing.T) {
	dir := t.TempDir()
	h := FileLogHandler(dir)
	r := newRig(t, WithLogHandlers(h, h.WithAttrs([]slog.Attr{slog.Int("shard", 1)}), h.WithGroup("g")))
	r.TrackRecord(t.Context(), Record{ID: "r"})
	r.stop()
	got := read(t, logPath(dir))
	if strings.Count(got, "record metrics") != 3 || strings.Count(got, `"shard":1`) != 1 ||
		strings.Count(got, `"g":{"data":`) != 1 {
		t.Errorf("got %s", got)
	}
	if open := h.(*logFile).f; open != nil {
		t.Error("the file is still open")
	}
}

// TestLogFileIsRotated: no line is lost on the way, from events and from the logger together.
func TestLogFileIsRotated(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, WithMetricHandlers(),
		WithLogHandlers(newLogFile(newAppendFile(logPath(dir), 100<<10, 100))))
	const n = 10_000
	for i := range n {
		r.TrackGeneration(t.Context(), small(i))
		if i%50 == 0 {
			r.Logger().Info("hello", "i", i)
		}
		if i%500 == 0 {
			if err := r.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.stop()
	events, hellos, files := make(map[string]int), 0, 0
	for path := logPath(dir); ; path = fmt.Sprint(logPath(dir), ".", files) {
		if _, err := os.Stat(path); err != nil {
			break
		}
		files++
		readLines(t, path, func(l jsonLine) {
			switch l.Msg {
			case "generation metrics":
				events[l.Data.RecordID]++
			case "hello":
				hellos++
			}
		})
	}
	checkAll(t, n, events)
	if hellos != n/50 || files < 10 {
		t.Errorf("%d hellos, %d files", hellos, files)
	}
}

func TestLogFileBounds(t *testing.T) {
	h := FileLogHandler("x").(*logFile)
	if h.maxSize != 100<<20 || h.backups != 10 {
		t.Errorf("rotated at %d bytes, %d kept; the documentation says 100 MiB and ten", h.maxSize, h.backups)
	}
}
