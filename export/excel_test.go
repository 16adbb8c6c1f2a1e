package export

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/genmeter/genmeter/monitor"
)

// workbook opens what Excel would.
func workbook(t testing.TB, format Format, src monitor.Source, opts ...Option) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(exported(t, format, src, opts...)), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func sheetRows(t testing.TB, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestExcel(t *testing.T) {
	long := strings.Repeat("😀", 20_000)
	f := workbook(t, Excel, sourceOf(
		metricAt("model_usage:a/b", 1, monitor.String("text", "=1+1"), monitor.Int("n", 1<<53+1)),
		metricAt("model_usage:a/b", -2.5, monitor.String("text", "a\x01b"), monitor.Int("n", -7), monitor.Bool("ok", true), monitor.String("model_name", "a/b")),
		metricAt("model_usage:a/b", 3, monitor.String("text", long)),
		monitor.Event{Kind: monitor.KindMetric, Time: time.Date(1899, 1, 1, 0, 0, 0, 0, time.UTC), Name: "index", Value: 1},
	), WithInfo("run", "=nightly"))
	if got, want := fmt.Sprint(f.GetSheetList()), "[index index~2 model_usage_a_b]"; got != want {
		t.Errorf("sheets %s, want %s", got, want)
	}
	const serial = "46350.831375118134" // 2026-11-24T19:57:10.810207Z
	want := [][]string{
		{"sheet", "metric", "samples", "first (UTC)", "last (UTC)", "mean"},
		{"index~2", "index", "1", "1899-01-01T00:00:00.000000Z", "1899-01-01T00:00:00.000000Z", "1"},
		{"model_usage_a_b", "model_usage:a/b", "3", serial, serial, "0.5"},
		nil,
		{"run", "=nightly"},
	}
	if got := sheetRows(t, f, "index"); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("index\n%q, want\n%q", got, want)
	}
	rows := sheetRows(t, f, "model_usage_a_b")
	want = [][]string{
		{"timestamp (UTC)", "value", "model_name", "text", "n", "ok"},
		{serial, "1", "", "=1+1", "9007199254740993"},
		{serial, "-2.5", "a/b", "a\uFFFDb", "-7", "1"},
		{serial, "3", "", strings.Repeat("😀", (maxCellUnits-len([]rune(cutMark)))/2) + cutMark},
	}
	if fmt.Sprintf("%q", rows) != fmt.Sprintf("%q", want) {
		t.Errorf("got\n%.300q, want\n%.300q", rows, want)
	}
	for cell, want := range map[string]excelize.CellType{
		"A2": excelize.CellTypeUnset, "B2": excelize.CellTypeUnset, "D2": excelize.CellTypeInlineString, // unset is a number
		"E2": excelize.CellTypeInlineString, "E3": excelize.CellTypeUnset, "F3": excelize.CellTypeBool,
	} {
		if got, err := f.GetCellType("model_usage_a_b", cell); got != want || err != nil {
			t.Errorf("%s has type %v, want %v, %v", cell, got, want, err)
		}
		if formula, err := f.GetCellFormula("model_usage_a_b", cell); formula != "" || err != nil {
			t.Errorf("%s has the formula %q, %v", cell, formula, err)
		}
	}
	panes, err := f.GetPanes("model_usage_a_b")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if width, err := f.GetColWidth("model_usage_a_b", "D"); width != mostWidth+1 || err != nil {
		t.Errorf("width %v, %v", width, err)
	}
}

// TestExcelMeans: the index has the mean of what a monitor counts, however large the values are.
func TestExcelMeans(t *testing.T) {
	const most = math.MaxFloat64
	f := workbook(t, Excel, sourceOf(
		metricAt("huge", most), metricAt("huge", most), metricAt("huge", most/2), metricAt("huge", most/2),
		metricAt("far", most), metricAt("far", most), metricAt("far", -most), metricAt("far", -most),
		metricAt("tenths", 0.1), metricAt("tenths", 0.1), metricAt("tenths", 0.1),
		metricAt("none", math.NaN()), metricAt("some", math.NaN()), metricAt("some", 3),
		metricAt("error_rate", 0.25), metricAt("acceptance_rate", 0.25),
		monitor.Event{Kind: monitor.KindGeneration, Time: at, Error: "no"}, monitor.Event{Kind: monitor.KindGeneration, Time: at, Success: true},
	))
	want := map[string]string{"huge": fmt.Sprint(most * 0.75), "far": "0", "tenths": "0.1", "some": "3", "error_rate": "0.5",
		"acceptance_rate": "0.25", "none": ""}
	for _, row := range sheetRows(t, f, "index")[1:] {
		metric, mean := row[1], append(row, "")[5]
		if w, listed := want[metric]; listed && mean != w {
			t.Errorf("the mean of %s is %s, want %s", metric, mean, w)
		}
		delete(want, metric)
	}
	if len(want) > 0 {
		t.Errorf("not in the index: %v", want)
	}
}

// TestExcelTime: what Excel shows is the time; a float64 has 10 µs at worst.
func TestExcelTime(t *testing.T) {
	for _, at := range []time.Time{
		time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999e6, time.UTC),
		time.Date(2026, 11, 24, 19, 57, 10, 810e6, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		serial, ok := excelTime(at)
		days := math.Floor(serial)
		read := time.Date(1899, 12, 30+int(days), 0, 0, 0, int((serial-days)*86400e9), time.UTC)
		if d := read.Sub(at).Abs(); !ok || d > 10*time.Microsecond {
			t.Errorf("%v is %v, which is %v", at, serial, read)
		}
	}
	for _, at := range []time.Time{{}, time.Date(1900, 2, 28, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if serial, ok := excelTime(at); ok {
			t.Errorf("%v is %v", at, serial)
		}
	}
}

func TestExcelOfRecordedRuns(t *testing.T) {
	for _, name := range runNames {
		t.Run(name, func(t *testing.T) {
			f := workbook(t, Excel, recorded(t, name))
			var samples []readSample
			for _, entry := range sheetRows(t, f, "index")[1:] {
				rows := sheetRows(t, f, entry[0])
				if entry[2] != strconv.Itoa(len(rows)-1) {
					t.Errorf("%s has %d rows, not %s", entry[0], len(rows)-1, entry[2])
				}
				for _, row := range rows[1:] {
					s := readSample{metric: entry[1], attrs: make(map[string]string)}
					var err error
					if s.value, err = strconv.ParseFloat(row[1], 64); err != nil {
						t.Fatal(err)
					}
					for i, cell := range row[2:] {
						s.attrs[rows[0][i+2]] = cell
					}
					samples = append(samples, s)
				}
			}
			same(t, total(samples), tracked(t, name))
		})
	}
}

// TestWideExcel: a sheet a kind, each with the columns that have values there.
func TestWideExcel(t *testing.T) {
	f := workbook(t, WideExcel, sourceOf(
		monitor.Event{Kind: monitor.KindGeneration, Time: at, Model: "m", Success: true, PromptTokens: 7, Duration: time.Second},
		monitor.Event{Kind: monitor.KindEvaluation, Time: at, Name: "judge", Scores: []monitor.Score{{Name: "fit", Value: -0.5, Feedback: "=no\n\"really\""}}},
		monitor.Event{Kind: monitor.KindGeneration, Model: "n", Error: "@boom"},
		monitor.Event{Kind: monitor.KindRecord, Time: at, ID: "r1", Outcome: monitor.Rejected, Name: "short"},
		metricAt("not a row", 1),
		monitor.Event{Kind: monitor.KindUsage, Time: at, Model: "m", CompletionTokens: 3, TotalTokens: 9},
	), WithInfo("run", "nightly"))
	if got, want := fmt.Sprint(f.GetSheetList()), "[generations evaluations records usage info]"; got != want {
		t.Errorf("sheets %s, want %s", got, want)
	}
	const serial = "46350.831375118134"
	for sheet, want := range map[string][][]string{
		"generations": {
			{"timestamp (UTC)", "event", "model_name", "success", "outcome", "duration_seconds", "prompt_tokens", "error_type", "error", "cache_hit", "batch"},
			{serial, "generation", "m", "1", "success", "1", "7", "", "", "0", "0"},
			{"", "generation", "n", "0", "error", "", "", "other", "@boom", "0", "0"},
		},
		"evaluations": {
			{"timestamp (UTC)", "event", "success", "outcome", "evaluator", "score_fit", "feedback_fit"},
			{serial, "evaluation", "0", "rejected", "judge", "-0.5", "=no\n\"really\""},
		},
		"usage": {
			{"timestamp (UTC)", "event", "model_name", "completion_tokens", "total_tokens"},
			{serial, "usage", "m", "3", "9"},
		},
		"info": {{"key", "value"}, {"run", "nightly"}},
	} {
		if got := sheetRows(t, f, sheet); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%s: got\n%q, want\n%q", sheet, got, want)
		}
	}
	if rows := sheetRows(t, f, "records"); len(rows) != 2 || rows[1][len(rows[1])-1] != "short" {
		t.Errorf("records %q", rows)
	}
}

// TestExcelRows: a sheet has the rows that have cells, and none behind them: a full one would have a row too many.
func TestExcelRows(t *testing.T) {
	src := sourceOf(metricAt("m", 1), metricAt("m", 2), monitor.Event{Kind: monitor.KindRecord})
	for format, want := range map[Format]map[string]string{
		Excel:     {"sheet1": "1 2 3 5", "sheet2": "1 2", "sheet3": "1 2 3"}, // index, acceptance_rate, m
		WideExcel: {"sheet1": "1 2", "sheet2": "1 2"},                        // records, info
	} {
		text := exported(t, format, src, WithInfo("run", "nightly"))
		z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		for name, numbers := range want {
			part, err := fs.ReadFile(z, "xl/worksheets/"+name+".xml")
			if err != nil {
				t.Fatal(err)
			}
			var sheet struct {
				Rows []struct {
					R     string     `xml:"r,attr"`
					Cells []struct{} `xml:"c"`
				} `xml:"sheetData>row"`
			}
			if err := xml.Unmarshal(part, &sheet); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range sheet.Rows {
				if got = append(got, row.R); len(row.Cells) == 0 {
					t.Errorf("%v: row %s of %s is empty", format, row.R, name)
				}
			}
			if strings.Join(got, " ") != numbers {
				t.Errorf("%v: %s has the rows %s, want %s", format, name, got, numbers)
			}
		}
	}
}

// TestTooManyRows: the error says what to do, and nothing is written.
func TestTooManyRows(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	src := func(yield func(monitor.Event, error) bool) {
		ev := monitor.Event{Kind: monitor.KindMetric, Name: "m", Value: 1}
		for range maxSheetRows {
			if !yield(ev, nil) {
				return
			}
		}
	}
	var b bytes.Buffer
	err := Encode(t.Context(), &b, Excel, src)
	if err == nil || err.Error() != "metric m has 1048576 rows, and a sheet of Excel holds 1048575 below its header; write csv or parquet, or a shorter window" {
		t.Errorf("got %v", err)
	}
	if b.Len() > 0 {
		t.Errorf("%d bytes are written", b.Len())
	}
	noFiles(t, os.Getenv("TMPDIR"))
}

// TestExcelLeavesNoTemporaryFiles, whether it succeeds or not, of sheets that are too large for memory.
func TestExcelLeavesNoTemporaryFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	src := func(yield func(monitor.Event, error) bool) {
		for i := range 100_000 {
			if !yield(metricAt("m", float64(i), monitor.String("text", strings.Repeat("x", 250))), nil) {
				return
			}
		}
	}
	if err := Encode(t.Context(), io.Discard, Excel, src); err != nil {
		t.Error(err)
	}
	if err := Encode(t.Context(), &failingWriter{left: 1000}, Excel, src); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
	noFiles(t, os.Getenv("TMPDIR"))
}

// FuzzExcel: any text comes out of a workbook as it went in, but for what XML forbids.
func FuzzExcel(f *testing.F) {
	f.Add("m", "=1+1", 1.5)
	f.Add("a:b/'c'", " _x0041_ \r\n\t", math.Inf(1))
	f.Add("", "\x00\xff\ufffe<&>", math.Copysign(0, -1))
	f.Add("", "\xff\xef_\xe9", 0.0)
	f.Fuzz(func(t *testing.T, metric, text string, value float64) {
		book := workbook(t, Excel, sourceOf(metricAt(metric, value, monitor.String("text", text))))
		index := sheetRows(t, book, "index")
		if len(index) != 2 || len(book.GetSheetList()) != 2 {
			t.Fatalf("index %q", index)
		}
		cell, err := book.GetCellValue(index[1][0], "C2")
		if want := asExcel(text); err != nil || cell != want {
			t.Errorf("%q: cell %q, %v, want %q", text, cell, err, want)
		}
		if formula, err := book.GetCellFormula(index[1][0], "C2"); formula != "" || err != nil {
			t.Errorf("%q: formula %q, %v", text, formula, err)
		}
	})
}

// asExcel is what becomes of a text in a workbook.
func asExcel(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(utf16.Encode([]rune(s))) > maxCellUnits {
		return cutUnits(s, maxCellUnits-utf8.RuneCountInString(cutMark)) + cutMark
	}
	return s
}

func TestColumnLetters(t *testing.T) {
	for i := range 1000 {
		want, err := excelize.ColumnNumberToName(i + 1)
		if got := columnLetters(i); got != want || err != nil {
			t.Errorf("column %d is %s, want %s, %v", i, got, want, err)
		}
	}
}
