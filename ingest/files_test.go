package ingest

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesOfAFolder(t *testing.T) {
	logLine := `{"time":"2026-01-01T00:00:00Z","level":"INFO","msg":"start"}` + "\n"
	sampleLine := samples(at1, "generation_time=1")
	for _, tt := range []struct {
		name  string
		files map[string]string
		read  string // in order
	}{
		{"event files in order of names", map[string]string{"b.ndjson": good, "a.jsonl": good, "c.ndjson": good, "notes.txt": good}, "a.jsonl b.ndjson c.ndjson"},
		{"events before a log", map[string]string{"events.ndjson": good, "genmeter.log": logLine, "metrics.jsonl": sampleLine}, "events.ndjson"},
		{"a log before samples", map[string]string{"genmeter.log": logLine, "metrics.jsonl": sampleLine}, "genmeter.log"},
		{"samples alone", map[string]string{"metrics.jsonl": sampleLine}, "metrics.jsonl"},
		{"rotated", map[string]string{"genmeter.log": logLine, "genmeter.log.1": logLine, "genmeter.log.2": logLine, "genmeter.log.10": logLine}, "genmeter.log.10 genmeter.log.2 genmeter.log.1 genmeter.log"},
		{"content, not names", map[string]string{"metrics.jsonl": good, "events.ndjson": sampleLine}, "metrics.jsonl"},
		{"others are left alone", map[string]string{"x.jsonl": `{"a":1}`, "y.log": "hello", "z.jsonl": "\x1f\x8b", "metrics.jsonl": sampleLine}, "metrics.jsonl"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				write(t, dir, name, text)
			}
			if err := os.Mkdir(filepath.Join(dir, "sub.ndjson"), 0o755); err != nil {
				t.Fatal(err)
			}
			files, err := Files(dir)
			if err != nil {
				t.Fatal(err)
			}
			var read []string
			for _, f := range files {
				if f.Skipped == "" {
					read = append(read, filepath.Base(f.Path))
				}
			}
			equal(t, "files", strings.Join(read, " "), tt.read)
			open(t, dir)
		})
	}
}

func TestOpenStandardInput(t *testing.T) {
	events, errs := collect(open(t, "-", WithStdin(strings.NewReader(good+"\nx\n"))))
	if len(events) != 1 || len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "standard input:2:1: found ") {
		t.Errorf("%d events, %v", len(events), errs)
	}
}

// TestGenmeterLog: its lines carry whole events; other messages are none.
func TestGenmeterLog(t *testing.T) {
	text := `{"time":"2026-01-01T00:00:00Z","level":"INFO","msg":"generation metrics","data":{"event":"generation","duration":1.5,"success":true,"model_name":"m"}}
{"time":"2026-01-01T00:00:01Z","level":"WARN","msg":"a handler failed","handler":"x"}
{"time":"2026-01-01T00:00:02Z","level":"INFO","msg":"evaluation metrics","data":{"success":true,"evaluator_type":"e","scores":{"a":{"score":1,"feedback":"f"}}}}
{"time":"2026-01-01T00:00:03Z","level":"INFO","msg":"record metrics","data":{"id":"r","outcome":"rejected","reason":"short"}}
{"time":"2026-01-01T00:00:04Z","level":"INFO","msg":"metric metrics","data":{"metric":"q","value":1}}
{"time":"2026-01-01T00:00:05Z","level":"INFO","msg":"target metrics","data":{"records":5}}
{"time":"2026-01-01T00:00:06Z","level":"INFO","msg":"generation metrics","data":{"duration":"x","success":true}}
{"time":"2026-01-01T00:00:07Z","level":"INFO","msg":"metric metrics","data":{"metric":"q","value":null}}
{"time":"2026-01-01T00:00:08Z","level":"INFO","msg":"generation metr`
	events, errs := collect(Read(strings.NewReader(text), "f"))
	var kinds []string
	for i := range events {
		kinds = append(kinds, events[i].Kind.String())
		if events[i].Time.IsZero() {
			t.Errorf("%+v has no time", events[i])
		}
	}
	equal(t, "kinds", strings.Join(kinds, " "), "generation evaluation record metric target generation")
	want := []string{
		`f:7:93: duration: found "x", expected a number of seconds; the value is left out`,
		`f:8:99: value: found null, expected a finite number; the sample is left out`,
		`f:9: found '{"time":"2026-01-01T00:00:08Z","level":"INFO","m'… and the end of the line, expected a closing double quote; the line is cut off and skipped`,
	}
	equal(t, "errors", len(errs), len(want))
	for i := range min(len(errs), len(want)) {
		equal(t, "error", errs[i].Error(), backquoted(want[i]))
	}
}

// TestStopAnywhere: a reader of events may stop at any of them, errors too.
func TestStopAnywhere(t *testing.T) {
	b, err := os.ReadFile("testdata/afterimage-quirks/metrics.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b[:40<<10]) + "torn\n" + good
	all := 0
	for range Read(strings.NewReader(text), "f") {
		all++
	}
	for stop := 1; stop <= all; stop++ {
		n := 0
		for range Read(strings.NewReader(text), "f") {
			if n++; n == stop {
				break
			}
		}
		equal(t, "events", n, stop)
	}
}

// FuzzRead: no input makes the reader panic, hang or give out what breaks the promises of an event.
func FuzzRead(f *testing.F) {
	f.Add([]byte(good + "\n" + good))
	f.Add([]byte(generationLine(`{"duration": NaN, "metadata": {"operation": "conversation_generation"}}`) + "x\n"))
	f.Add([]byte(samples(at1, "generation_time=1", "success_rate=0", "error_rate=1") + samples(at2, `evaluation_time=2, "success": true`, "evaluation_score_A.B=NaN")))
	f.Add([]byte(`{"time":"2026-01-01T00:00:00Z","level":"INFO","msg":"record metrics","data":{"outcome":"failed"}}`))
	f.Add([]byte("\xef\xbb\xbf\r\n\x00\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := strings.Count(string(text), "\n") + 1
		events := 0
		for ev, err := range Read(strings.NewReader(string(text)), "f", WithMaxLine(1000)) {
			if err != nil {
				if s := err.Error(); strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
					t.Fatalf("%q", s)
				}
				continue
			}
			events++
			if ev.Kind == 0 || ev.Duration < 0 || ev.PromptTokens < 0 || ev.Turns < 0 || ev.Value-ev.Value != 0 || !(ev.CostUSD >= 0) {
				t.Fatalf("%+v", ev)
			}
		}
		if events > lines {
			t.Fatalf("%d events of %d lines", events, lines)
		}
		whole, _ := collect(Read(strings.NewReader(string(text)), "f", WithMaxLine(1000)))
		slow, _ := collect(Read(oneByte{strings.NewReader(string(text))}, "f", WithMaxLine(1000)))
		if len(whole) != len(slow) && !strings.Contains(string(text), "\x00") && !strings.HasPrefix(string(text), "\xef") { // a head of one byte tells less
			t.Fatalf("%d events at once, %d byte by byte", len(whole), len(slow))
		}
	})
}

type oneByte struct{ r io.Reader }

func (o oneByte) Read(b []byte) (int, error) { return o.r.Read(b[:min(1, len(b))]) }

// BenchmarkRead reads the plain run.
func BenchmarkRead(b *testing.B) {
	for _, file := range []string{"afterimage.log", "metrics.jsonl"} {
		b.Run(file, func(b *testing.B) {
			src, err := Open("testdata/afterimage-run/" + file)
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for b.Loop() {
				for range src {
					n++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
		})
	}
	b.Run("events", func(b *testing.B) {
		line := `{"event":"generation","timestamp":"2026-11-24T19:57:10.810207Z","duration":1.857,"success":true,"model_name":"gpt-4o-mini","provider":"openai","prompt_token_count":4808,"completion_token_count":10,"finish_reason":"stop"}` + "\n"
		text := strings.Repeat(line, 10_000)
		n := 0
		for b.Loop() {
			for range Read(strings.NewReader(text), "f") {
				n++
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
	})
}
