package ingest

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/genmeter/genmeter/monitor"
)

const good = `{"event":"generation","success":true,"model_name":"m","prompt_token_count":3}`

// collect ranges over a source.
func collect(src monitor.Source) (events []monitor.Event, errs []error) {
	for ev, err := range src {
		if err != nil {
			errs = append(errs, err)
		} else {
			events = append(events, ev)
		}
	}
	return events, errs
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// backquoted is text with backquotes for its single quotes.
func backquoted(text string) string { return strings.ReplaceAll(text, "'", "`") }

// TestBadLines: a bad line costs that line alone, a bad value that value, and the message says where and what.
func TestBadLines(t *testing.T) {
	deep := strings.Repeat("[", 100)
	for _, tt := range []struct {
		name, text string
		events     int
		errs       []string
	}{
		{"CRLF", good + "\r\n" + good + "\r\n", 2, nil},
		{"no last newline", good + "\n" + good, 2, nil},
		{"blank lines", "\n  \n" + good + "\n\n\t\n" + good + "\n", 2, nil},
		{"BOM", "\xef\xbb\xbf" + good + "\n", 1, nil},
		{"invalid UTF-8", `{"event":"generation","model_name":"a` + "\xff" + `b"}` + "\n", 1, nil},
		{"truncated last line", good + "\n" + `{"event":"generation","mod`, 1,
			[]string{`f:2: found '{"event":"generation","mod' and the end of the line, expected a closing double quote; the line is cut off and skipped`}},
		{"truncated in the middle", good + "\n" + `{"event":"gen` + "\n" + good + "\n", 2,
			[]string{`f:2: found '{"event":"gen' and the end of the line, expected a closing double quote; the line is cut off and skipped`}},
		{"NaN", `{"event":"generation","duration":NaN,"prompt_token_count":-1,"cost_usd":Infinity}` + "\n", 1, []string{
			`f:1:34: duration: found NaN, expected a number of seconds; the value is left out`,
			`f:1:59: prompt_token_count: found -1, expected a whole number from 0 to 2^40; the value is left out`,
			`f:1:73: cost_usd: found Infinity, expected a number of dollars; the value is left out`}},
		{"text for a number", `{"event":"generation","prompt_token_count":"12"}`, 1,
			[]string{`f:1:44: prompt_token_count: found "12", expected a whole number from 0 to 2^40; the value is left out`}},
		{"a print between events", good + "\nStep 3 done\x1b[0m\n" + good, 2,
			[]string{`f:2:1: found "Step 3 done\x1b[0m", expected a JSON object; the line is skipped`}},
		{"unknown event", good + "\n" + `{"event":"party"}`, 1,
			[]string{`f:2:10: found '"party"}', expected an "event" of generation, evaluation, record, metric, begin or target; the line is skipped`}},
		{"nesting", good + "\n" + `{"event":"generation","x":` + deep, 1,
			[]string{`f:2:91: found "` + deep[:36] + `", expected no more than 64 levels of nesting; the line is skipped`}},
		{"another format", good + "\n" + `{"metric":"generation_time","value":1,"timestamp":"2026-01-01T00:00:00"}`, 1,
			[]string{`f:2:1: found a line of metrics.jsonl, expected one format in a file, here event lines; the line is skipped`}},
		{"metrics.jsonl behind a log", `2026-11-24 19:57:10,810 - {"message":"Model created","level":"info"}` + "\n" + `{"metric":"generation_time","value":1,"timestamp":"2026-01-01T00:00:00"}`, 0,
			[]string{`f:2: found a line of metrics.jsonl, expected one format in a file, here afterimage.log; the line is skipped`}},
		{"traceback in a log", `2026-11-24 19:57:10,810 - {"message":"x","level":"info"}` + "\n  File \"a.py\"\n", 0,
			[]string{`f:2: found '  File "a.py"', expected a line of afterimage.log ("2026-11-24 19:57:10,810 - {…}"); the line is skipped`}},
		{"zeros of a power cut", good + "\n\x00\x00\x00\x00" + good + "\n" + good + "\n", 2,
			[]string{`f:2:1: found "\x00\x00\x00\x00{\"event\":\"generation\",\"success\":true,\"model_"…, expected a JSON object; the line is skipped`}},
		{"zeros in the first line", `{"event":"gen` + "\x00\x00\n" + good, 1,
			[]string{`f:1: found "{\"event\":\"gen\x00\x00", expected ` + expectedFormats + `; the line is skipped`}},
		{"too long", good + "\n" + `{"event":"generation","x":"` + strings.Repeat("y", 3000) + "\"}\n" + good, 2,
			[]string{`f:2: found a line of 3029 bytes, '{"event":"generation","x":"yyyyyyyyyyyyyyyyyyyyy'…, expected at most 2000 bytes; the line is skipped`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			events, errs := collect(Read(strings.NewReader(tt.text), "f", WithMaxLine(2000)))
			equal(t, "events", len(events), tt.events)
			equal(t, "errors", len(errs), len(tt.errs))
			for i, err := range errs {
				var line *LineError
				if !errors.As(err, &line) || line.Reason == "" {
					t.Errorf("error %#v", err)
				}
				if i < len(tt.errs) && err.Error() != backquoted(tt.errs[i]) {
					t.Errorf("error %d\n%s\nwant\n%s", i, err, backquoted(tt.errs[i]))
				}
			}
		})
	}
}

// TestBadFiles: a whole file of something else is one error, which says what it looks like.
func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, text, found string }{
		{"empty.ndjson", "", "nothing, it is empty"},
		{"blank.ndjson", "\n\n \n", "nothing, it is empty"},
		{"calls.csv", "time,model,tokens\n1,a,2\n2,b,3\n", `something like CSV, with a first line of "time,model,tokens"`},
		{"calls.tsv", "time\tmodel\n", "something like tab-separated values"},
		{"page.html", "<!doctype html>\n<p>x\n", "something like HTML or XML"},
		{"array.json", `[{"event":"generation"}]`, "something like a JSON array"},
		{"pretty.json", "{\n  \"event\": \"generation\"\n}\n", "something like JSON over several lines"},
		{"other.jsonl", `{"prompt":"x"}` + "\n", backquoted(`JSON of another kind, with a first line of '{"prompt":"x"}'`)},
		{"text.txt", "hello\x07\nworld\n", `a first line of "hello\a"`},
		{"many.txt", strings.Repeat("x\n", 100_000), `a first line of "x"`},
	} {
		events, errs := collect(open(t, write(t, dir, tt.name, tt.text)))
		var file *FileError
		if len(events) != 0 || len(errs) != 1 || !errors.As(errs[0], &file) || !strings.HasPrefix(file.Found, tt.found) {
			t.Errorf("%s: %d events, %v", tt.name, len(events), errs)
			continue
		}
		if lines := min(maxUnknown, strings.Count(tt.text, "\n")); tt.found[0] != 'n' && file.Lines < lines {
			t.Errorf("%s: %d lines", tt.name, file.Lines)
		}
		if s := file.Error(); !strings.HasPrefix(s, filepath.Join(dir, tt.name)+": found ") || !strings.Contains(s, "expected event lines") {
			t.Errorf("%s: %s", tt.name, s)
		}
	}
	for _, tt := range []struct{ name, text, found string }{
		{"run.gz", "\x1f\x8b\x08\x00", "a gzip file (decompress it first)"},
		{"run.xlsx", "PK\x03\x04", "a zip file or an Excel workbook"},
		{"run.parquet", "PAR1\x15\x04", "a Parquet file"},
		{"utf16.ndjson", "\xff\xfe{\x00\"\x00", "UTF-16 text (save it as UTF-8)"},
		{"utf16be.ndjson", "\x00{\x00\"\x00e\x00v", "UTF-16 text (save it as UTF-8)"},
		{"binary.log", "\x01\x02\x03\x00\x00\x00\x00", "binary data"},
	} {
		path := write(t, dir, tt.name, tt.text)
		var file *FileError
		if _, err := Open(path); !errors.As(err, &file) || file.Found != tt.found {
			t.Errorf("%s: %v", tt.name, err)
		}
		_, errs := collect(Read(strings.NewReader(tt.text), "-"))
		if len(errs) != 1 || !errors.As(errs[0], &file) || file.Found != tt.found {
			t.Errorf("%s on a stream: %v", tt.name, errs)
		}
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	if _, err := Open(missing); !errors.Is(err, fs.ErrNotExist) || err.Error() != missing+": no such file or directory" {
		t.Errorf("missing: %v", err)
	}
	write(t, dir, "notes.txt", "hello")
	write(t, dir, "other.jsonl", `{"a":1}`)
	if _, err := Open(dir); err == nil || !strings.HasPrefix(err.Error(), dir+": found a folder with no recorded run in it, expected event lines") {
		t.Errorf("nothing readable: %v", err)
	}
	if os.Getuid() == 0 {
		t.Log("root may read everything: no permission to be denied")
		return
	}
	locked := write(t, dir, "locked.ndjson", good)
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(locked); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("permission: %v", err)
	}
}

// TestErrorMessagesAreClean: no control characters and no invalid UTF-8, and they are short.
func TestErrorMessagesAreClean(t *testing.T) {
	text := good + "\n\x1b[2J\xff\x00" + strings.Repeat("ü", 1000) + "\n" + `{"event":"generation","` + "\x7f" + `k":NaN}` + "\n"
	_, errs := collect(Read(strings.NewReader(text), "f"))
	if len(errs) != 2 {
		t.Fatal(errs)
	}
	for _, err := range errs {
		s := err.Error()
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) || len(s) > 400 {
			t.Errorf("%q", s)
		}
	}
}

// TestStreamBeforeItsFirstEvent: a stream's writer may print what it likes, at any length, and is told of each line.
func TestStreamBeforeItsFirstEvent(t *testing.T) {
	events, errs := collect(Read(strings.NewReader(strings.Repeat("loading…\n", 2*maxUnknown)+good), "f"))
	if len(events) != 1 || len(errs) != 2*maxUnknown {
		t.Errorf("%d events, %d errors", len(events), len(errs))
	}
}

// TestFileBeforeItsFirstEvent: what is no event stands before the first one, and is told of in its place.
func TestFileBeforeItsFirstEvent(t *testing.T) {
	path := write(t, t.TempDir(), "x", "torn\"}\n"+good+"\nmore\n")
	events, errs := collect(open(t, path))
	var line *LineError
	if len(events) != 1 || len(errs) != 2 || !errors.As(errs[0], &line) || line.Line != 1 {
		t.Errorf("%d events, %v", len(events), errs)
	}
}

// TestStreamsAtOnce: an event is given when its line has arrived, not when more has.
func TestStreamsAtOnce(t *testing.T) {
	r, w := io.Pipe()
	got := make(chan string)
	go func() {
		defer close(got)
		for ev := range Read(r, "pipe") {
			got <- ev.Model
		}
	}()
	for _, model := range []string{"a", "b", strings.Repeat("long", 50_000)} {
		if _, err := io.WriteString(w, `{"event":"generation","model_name":"`+model+`"}`+"\n"); err != nil {
			t.Fatal(err)
		}
		select {
		case m := <-got:
			equal(t, "model", m, model)
		case <-time.After(5 * time.Second):
			t.Fatal("the event waits for more input")
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for range got {
		t.Error("one too many")
	}
}

// TestReaderFails: an error of the reader is told, behind what came before it.
func TestReaderFails(t *testing.T) {
	broken := errors.New("cable pulled")
	r := io.MultiReader(strings.NewReader(good+"\n"), &failing{broken})
	events, errs := collect(Read(r, "net"))
	var file *FileError
	if len(events) != 1 || len(errs) != 1 || !errors.Is(errs[0], broken) || !errors.As(errs[0], &file) || file.Error() != "net: cable pulled" {
		t.Errorf("%d events, %v", len(events), errs)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// TestSparseFile: 2 GB of zeros take neither memory nor minutes, at the start of a file or in a line.
func TestSparseFile(t *testing.T) {
	const size = 2 << 30
	dir := t.TempDir()
	sparse := func(name, text string) string {
		path := write(t, dir, name, text)
		if err := os.Truncate(path, size); err != nil {
			t.Skip("no sparse files here: ", err)
		}
		return path
	}
	start := time.Now()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Open(sparse("zeros.ndjson", "")); err == nil || !strings.Contains(err.Error(), "binary data") {
		t.Errorf("zeros: %v", err)
	}
	if testing.Short() {
		t.Skip("reads 2 GB of zeros")
	}
	events, errs := collect(open(t, sparse("torn.ndjson", good+"\n"+`{"event":`)))
	var line *LineError
	if len(events) != 1 || len(errs) != 1 || !errors.As(errs[0], &line) || line.Reason != monitor.ReasonTooLong || line.Line != 2 {
		t.Errorf("%d events, %v", len(events), errs)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
		t.Errorf("%d MB allocated", grown>>20)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

func TestLinesOfAnyLength(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 65535, 65536, 65537, 99_998, 99_999, 100_000, 100_001, 200_000} {
		for _, end := range []string{"", "\n", "\r\n"} {
			in := newLines(io.MultiReader(bytes.NewReader(bytes.Repeat([]byte("x"), n)), strings.NewReader(end)), 100_000)
			l, err := in.next()
			if n == 0 && end == "" {
				if !errors.Is(err, io.EOF) {
					t.Errorf("empty: %v", err)
				}
				continue
			}
			if err != nil || (l.size > 100_000) != (n > 100_000) || n <= 100_000 && len(l.text) != n || l.n != 1 {
				t.Errorf("%d bytes and %q: size %d, %d bytes, %v", n, end, l.size, len(l.text), err)
			}
			if _, err := in.next(); err != io.EOF {
				t.Errorf("%d bytes and %q: then %v", n, end, err)
			}
		}
	}
}
