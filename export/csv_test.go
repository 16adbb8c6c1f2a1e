package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

func TestCSV(t *testing.T) {
	src := sourceOf(
		metricAt("m", 1, monitor.String("b", "x,y"), monitor.Int("n", -3)),
		metricAt("m", math.NaN()),
		metricAt("m", 0.1, monitor.String("=k", "=1+1"), monitor.String("b", "-1"), monitor.String("model_name", "gpt")),
		monitor.Event{Kind: monitor.KindMetric, Name: "m", Value: -2, Attrs: []monitor.Attr{monitor.Float64("n", 2)}},
		metricAt("m", 5, monitor.String("timestamp", "mine"), monitor.Bool("n", true)),
	)
	const want = `timestamp,value,model_name,b,n,'=k
2026-11-24T19:57:10.810207Z,1,,"x,y",-3,
2026-11-24T19:57:10.810207Z,,,,,
2026-11-24T19:57:10.810207Z,0.1,gpt,'-1,,'=1+1
,-2,,,2,
2026-11-24T19:57:10.810207Z,5,,,true,
`
	if got := exported(t, CSV, src, WithMetrics("m")); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := exported(t, CSV, src, WithMetrics("m"), WithRawText()); got != strings.ReplaceAll(want, "'", "") {
		t.Errorf("raw: got\n%s", got)
	}
	const bare = "timestamp,value,k\n2026-11-24T19:57:10.810207Z,1,\n2026-11-24T19:57:10.810207Z,2,v\n"
	if got := exported(t, CSV, sourceOf(metricAt("m", 1), metricAt("m", 2, monitor.String("k", "v"))), WithMetrics("m")); got != bare {
		t.Errorf("without model: got\n%s", got)
	}
}

// TestCSVOfRecordedRuns: another reader finds what was tracked, through the index.
func TestCSVOfRecordedRuns(t *testing.T) {
	for _, run := range runNames {
		t.Run(run, func(t *testing.T) {
			dir := t.TempDir()
			if err := Write(t.Context(), filepath.Join(dir, "out.csv"), CSV, recorded(t, run)); err != nil {
				t.Fatal(err)
			}
			same(t, total(readCSVFiles(t, dir, "out_index.csv")), tracked(t, run))
		})
	}
}

func readCSVFiles(t *testing.T, dir, index string) (samples []readSample) {
	files := readCSV(t, filepath.Join(dir, index))
	for _, f := range files {
		rows := readCSV(t, filepath.Join(dir, f["file"]))
		if f["rows"] != strconv.Itoa(len(rows)) {
			t.Errorf("%s has %d rows, not %s", f["file"], len(rows), f["rows"])
		}
		for _, row := range rows {
			value, err := strconv.ParseFloat(row["value"], 64)
			if err != nil {
				t.Fatal(err)
			}
			if row["timestamp"] < f["first"] || row["timestamp"] > f["last"] {
				t.Errorf("%s is not between %s and %s", row["timestamp"], f["first"], f["last"])
			}
			samples = append(samples, readSample{f["metric"], value, row})
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != len(files)+1 {
		t.Errorf("%d files, and the index has %d", len(entries), len(files))
	}
	return samples
}

// readCSV returns the rows of a file by column.
func readCSV(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(path, err)
	}
	for _, cells := range all[1:] {
		row := make(map[string]string)
		for i, cell := range cells {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// TestCSVArchive: it holds the files that Write makes, and is the same each time.
func TestCSVArchive(t *testing.T) {
	src := recorded(t, "afterimage-quirks")
	archive := exported(t, CSV, src)
	if again := exported(t, CSV, src); again != archive {
		t.Error("the same events give another archive")
	}
	dir := t.TempDir()
	if err := Write(t.Context(), filepath.Join(dir, "metrics.csv"), CSV, src); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	if z.File[0].Name != "metrics_index.csv" {
		t.Errorf("the first file is %s", z.File[0].Name)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, or not as Write has it", f.Name, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != len(z.File) {
		t.Errorf("%d files are written and %d archived", len(entries), len(z.File))
	}
}

// TestSpilledTables: what goes through a file on its way comes out the same.
func TestSpilledTables(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	src := func(yield func(monitor.Event, error) bool) {
		for i := range 30_000 {
			ev := metricAt(fmt.Sprintf("m%d", i%40), float64(i), monitor.String(fmt.Sprintf("k%d", i%(1+i/3_000)), strings.Repeat("x", i%900)))
			if !yield(ev, nil) {
				return
			}
		}
	}
	for _, format := range []Format{JSON, CSV} {
		var read []readSample
		dir := t.TempDir()
		path := filepath.Join(dir, "out")
		if err := Write(t.Context(), path, format, src); err != nil {
			t.Fatal(err)
		}
		if format == CSV {
			read = readCSVFiles(t, dir, "out_index.csv")
		} else {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			read = readJSON(t, string(b))
		}
		next := make(map[string]int)
		for _, s := range read {
			var m int
			fmt.Sscanf(s.metric, "m%d", &m)
			i := m + 40*next[s.metric]
			next[s.metric]++
			key := fmt.Sprintf("k%d", i%(1+i/3_000))
			if s.value != float64(i) || len(s.attrs[key]) != i%900 {
				t.Fatalf("%v: sample %d of %s is %v", format, i, s.metric, s)
			}
		}
		if len(read) != 30_000 {
			t.Errorf("%v: %d samples", format, len(read))
		}
	}
	noFiles(t, os.Getenv("TMPDIR"))
}

// BenchmarkByFormat: an event has nine samples or so. It reports events a second.
func BenchmarkByFormat(b *testing.B) {
	var list []monitor.Event
	for ev := range recorded(b, "afterimage-run") {
		list = append(list, ev)
	}
	const n = 200_000
	src := func(yield func(monitor.Event, error) bool) {
		for i := range n {
			if !yield(list[i%len(list)], nil) {
				return
			}
		}
	}
	for format, encode := range formatEncoders {
		if encode == nil {
			continue
		}
		b.Run(Format(format).String(), func(b *testing.B) {
			b.ReportAllocs()
			start := time.Now()
			for b.Loop() {
				if err := Encode(context.Background(), io.Discard, Format(format), src); err != nil {
					b.Skip(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/time.Since(start).Seconds(), "events/s")
		})
	}
}
