package monitor

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// disk is a place that can be full.
type disk interface {
	dir() string
	fill()
	free()
	adopt(*appendFile) // has the file live there
}

// quotaDisk is a disk that needs no privilege: what files write is counted, and cut off at any byte where a real disk
// would be full.
type quotaDisk struct {
	path string
	mu   sync.Mutex
	left int64
}

func newQuotaDisk(t *testing.T) *quotaDisk { return &quotaDisk{path: t.TempDir(), left: 1 << 40} }

func (d *quotaDisk) dir() string { return d.path }
func (d *quotaDisk) set(n int64) { d.mu.Lock(); defer d.mu.Unlock(); d.left = n }
func (d *quotaDisk) fill()       { d.set(1234) } // the middle of a line
func (d *quotaDisk) free()       { d.set(1 << 40) }

func (d *quotaDisk) adopt(a *appendFile) {
	a.openFile = func(path string) (file, error) {
		f, err := openFile(path)
		if err != nil {
			return nil, err
		}
		return &quotaFile{f, d}, nil
	}
}

type quotaFile struct {
	file
	disk *quotaDisk
}

func (f *quotaFile) Write(b []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	room := min(int64(len(b)), f.disk.left)
	n, err := f.file.Write(b[:room])
	f.disk.left -= int64(n)
	if err == nil && n < len(b) {
		err = &fs.PathError{Op: "write", Path: "quota", Err: syscall.ENOSPC}
	}
	return n, err
}

func (f *quotaFile) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	f.disk.left += info.Size() - size
	return f.file.Truncate(size)
}

// fileHandlers returns both file handlers, on the disk.
func fileHandlers(d disk) []Option {
	metrics := FileMetricHandler(d.dir()).(*metricFile)
	log := FileLogHandler(d.dir()).(*logFile)
	d.adopt(metrics.appendFile)
	d.adopt(log.appendFile)
	return []Option{WithMetricHandlers(metrics), WithLogHandlers(log)}
}

// jsonLine is what tests look at in a line of either file.
type jsonLine struct {
	Metric   string  `json:"metric"`
	Value    float64 `json:"value"`
	RecordID string  `json:"record_id"`

	Msg  string `json:"msg"`
	Data struct {
		RecordID string `json:"record_id"`
	} `json:"data"`
}

// readLines calls f with each line of a file, all of which must be JSON and whole.
func readLines(t testing.TB, path string, f func(jsonLine)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := bufio.NewReaderSize(file, 1<<20)
	for n := 1; ; n++ {
		b, err := r.ReadBytes('\n')
		if len(b) == 0 {
			return
		}
		var line jsonLine
		if err != nil {
			t.Fatalf("%s:%d: half a line: %s", path, n, b)
		}
		if err := json.Unmarshal(b, &line); err != nil {
			t.Fatalf("%s:%d: %v: %s", path, n, err, b)
		}
		f(line)
	}
}

// countEvents returns how often each record id is in a metrics.jsonl, by its generation_time; each must come with the
// same number of lines.
func countEvents(t testing.TB, path string, linesEach int) map[string]int {
	t.Helper()
	events, lines := make(map[string]int), make(map[string]int)
	readLines(t, path, func(l jsonLine) {
		lines[l.RecordID]++
		if l.Metric == "generation_time" {
			events[l.RecordID]++
		}
	})
	for id, n := range lines {
		if n != linesEach*events[id] {
			t.Errorf("%s: event %q has %d lines, want %d", path, id, n, linesEach*events[id])
		}
	}
	return events
}

// countLogged returns how often each record id is in a genmeter.log.
func countLogged(t testing.TB, path string) map[string]int {
	t.Helper()
	events := make(map[string]int)
	readLines(t, path, func(l jsonLine) {
		if l.Msg == "generation metrics" {
			events[l.Data.RecordID]++
		}
	})
	return events
}

// countLines returns how many lines of a file hold text, faster than JSON can be read.
func countLines(t testing.TB, path, text string) (n int64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.Contains(s.Text(), text) {
			n++
		}
	}
	return n
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func metricsPath(dir string) string { return filepath.Join(dir, "metrics.jsonl") }
func logPath(dir string) string     { return filepath.Join(dir, "genmeter.log") }
