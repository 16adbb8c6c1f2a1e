package monitor

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"
)

// TestMetricLines compares with the lines that the seed writes, in ../ingest/testdata/afterimage-run: the same keys in
// the same order. Times have a zone here, whole numbers no ".0", and each call has its error_rate (seed fault 4).
func TestMetricLines(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, WithLogDir(dir))
	at := time.Date(2026, 11, 24, 19, 57, 10, 810207000, time.UTC)
	r.TrackGeneration(t.Context(), Generation{
		Time: at, Duration: 1857 * time.Millisecond, Success: true, Model: "gemini-2.5-flash", FinishReason: "stop",
		PromptTokens: 4808, CompletionTokens: 10, Turns: 1,
	})
	r.TrackEvaluation(t.Context(), Evaluation{
		Time: at, Duration: 591700 * time.Microsecond, Success: true, Evaluator: "llm_judge",
		Scores: []Score{{"coherence", 0.866, "ok, \"quoted\"\nsecond line"}, {"factuality", -0.5, ""}},
	})
	r.RecordMetric(t.Context(), "queue_depth", 7, String("worker", "a"), slog.Time("timestamp", at))
	r.TrackRecord(t.Context(), Record{Time: at, ID: "r1", Outcome: Rejected, Reason: "too short"})
	r.SetTarget(10)
	r.Begin(Generation{Model: "m"})
	r.stop()
	const model, judge = `, "model_name": "gemini-2.5-flash"`, `, "evaluator_type": "llm_judge", "success": true`
	want := strings.ReplaceAll(`{"metric": "generation_time", "value": 1.857`+model+`}
{"metric": "success_rate", "value": 1`+model+`}
{"metric": "error_rate", "value": 0`+model+`}
{"metric": "model_usage:gemini-2.5-flash", "value": 1`+model+`}
{"metric": "finish_reason:stop", "value": 1`+model+`}
{"metric": "prompt_token_count", "value": 4808`+model+`}
{"metric": "completion_token_count", "value": 10`+model+`}
{"metric": "total_token_count", "value": 4818`+model+`}
{"metric": "conversation_length", "value": 1`+model+`}
{"metric": "evaluation_time", "value": 0.5917`+judge+`}
{"metric": "evaluation_error_rate", "value": 0`+judge+`}
{"metric": "evaluation_score_coherence", "value": 0.866`+judge+`, "feedback": "ok, \"quoted\"\nsecond line"}
{"metric": "evaluation_score_factuality", "value": -0.5`+judge+`}
{"metric": "queue_depth", "value": 7, "worker": "a"}
{"metric": "acceptance_rate", "value": 0, "outcome": "rejected", "reason": "too short", "record_id": "r1"}
`, "}\n", `, "timestamp": "2026-11-24T19:57:10.810207Z"}`+"\n")
	if got := read(t, metricsPath(dir)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSeedMetricLinesAreCompatible: our encoder makes the seed's own values and attributes into what JSON reads as
// the same object but for the zone.
func TestSeedMetricLinesAreCompatible(t *testing.T) {
	f, err := os.Open("../ingest/testdata/afterimage-run/metrics.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for n := 0; s.Scan() && n < 2000; n++ {
		var seed, ours map[string]any
		if err := json.Unmarshal(s.Bytes(), &seed); err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse("2006-01-02T15:04:05.999999", seed["timestamp"].(string))
		if err != nil {
			t.Fatal(err)
		}
		m := Metric{Name: seed["metric"].(string), Value: seed["value"].(float64), Time: at}
		for key, v := range seed {
			if key != "metric" && key != "value" && key != "timestamp" && v != nil {
				m.Attrs = append(m.Attrs, slog.Any(key, v))
			}
		}
		line := appendTail(appendHead(nil, m), m)
		if err := json.Unmarshal(line, &ours); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if got, err := time.Parse(time.RFC3339, ours["timestamp"].(string)); err != nil || !got.Equal(at) {
			t.Errorf("timestamp %v became %v", seed["timestamp"], ours["timestamp"])
		}
		for key, v := range seed {
			if key != "timestamp" && ours[key] != v {
				t.Errorf("%s: %v became %v", key, v, ours[key])
			}
		}
	}
}

// nasty are texts that have broken line formats.
var nasty = []string{
	"", `"`, `\`, "\n", "\r\n\t\x00\x1f\x7f", "a\xffb\xc3", "\u2028\u2029", "é漢🙂", "\ufffd", `</script>`, `{"metric":1}`,
}

// TestEveryLineIsJSON, and has the text that was given, whatever it is.
func TestEveryLineIsJSON(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, WithLogDir(dir))
	for _, s := range nasty {
		r.TrackGeneration(t.Context(), Generation{
			Duration: time.Second, Model: s, Error: s, RecordID: "id" + s, Attrs: []Attr{String(s, s), Float64("nan", math.NaN())},
		})
		r.TrackEvaluation(t.Context(), Evaluation{Evaluator: s, Scores: []Score{{s, 1, s}}})
		r.Logger().Info(s, s, s, slog.Group(s, "x", math.Inf(1)))
	}
	r.stop()
	ids := countIDs(t, metricsPath(dir))
	logged := countLogged(t, logPath(dir))
	for _, s := range nasty {
		id := strings.ToValidUTF8("id"+s, "\ufffd")
		if !utf8.ValidString(s) {
			id = "ida\ufffdb\ufffd"
		}
		if ids[id] == 0 || logged[id] == 0 {
			t.Errorf("%q is not there", id)
		}
	}
	for _, path := range []string{metricsPath(dir), logPath(dir)} {
		if strings.ContainsAny(read(t, path), "\u2028\u2029\r\x00") {
			t.Errorf("%s holds a raw line separator", path)
		}
	}
}

func countIDs(t *testing.T, path string) map[string]int {
	n := make(map[string]int)
	readLines(t, path, func(l jsonLine) { n[l.RecordID]++ })
	return n
}

func TestJSONNumbers(t *testing.T) {
	for want, v := range map[string]float64{
		"0": 0, "1": 1, "-1": -1, "0.1": 0.1, "4808000": 4808000, "9007199254740992": 1 << 53, "1e+300": 1e300,
		"1.5e-07": 1.5e-7, "null": math.NaN(),
	} {
		if got := string(appendJSONFloat(nil, v)); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
	for want, v := range map[string]slog.Value{
		"true": slog.BoolValue(true), "18446744073709551615": slog.Uint64Value(math.MaxUint64),
		"1.5": slog.DurationValue(1500 * time.Millisecond), "-7": slog.Int64Value(-7),
		`"1970-01-01T00:00:00Z"`: slog.TimeValue(time.Unix(0, 0).UTC()), `"[1 2]"`: slog.AnyValue([]int{1, 2}),
	} {
		if got := string(appendJSONValue(nil, v)); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}

// TestNoKeyTwice: an attribute cannot stand in for what the sample has itself.
func TestNoKeyTwice(t *testing.T) {
	m := Metric{Name: "x", Value: 1, Attrs: []Attr{
		String("value", "2"), String("model_name", "own"), String("timestamp", "now"), String("model_name", "other"),
	}}
	want := `{"metric": "x", "value": 1, "model_name": "own", "timestamp": "0001-01-01T00:00:00Z"}` + "\n"
	if got := string(appendTail(appendHead(nil, m), m)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestFileHandlersInsideOthers: a handler that New does not know is not flushed, so it writes at once.
func TestFileHandlersInsideOthers(t *testing.T) {
	dir := t.TempDir()
	inner := FileMetricHandler(dir)
	defer inner.(io.Closer).Close()
	r := newRig(t, WithMetricHandlers(&sink{name: "outer", do: func(m Metric) error {
		return inner.HandleMetric(t.Context(), m)
	}}))
	r.RecordMetric(t.Context(), "x", 1)
	if err := r.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	if got := countLines(t, metricsPath(dir), `"metric": "x"`); got != 1 {
		t.Errorf("%d lines", got)
	}
	r.stop()
}

// TestFileThatCannotBeRead: New cannot tell how it ends.
func TestFileThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	write(t, metricsPath(dir), "x\n")
	h := FileMetricHandler(dir).(*metricFile)
	h.openFile = func(path string) (file, error) {
		f, err := openFile(path)
		return unreadable{f}, err
	}
	if _, err := New(nil, WithMetricHandlers(h)); err == nil || !strings.Contains(err.Error(), iotest.ErrTimeout.Error()) {
		t.Errorf("got %v", err)
	}
}

type unreadable struct{ file }

func (unreadable) ReadAt([]byte, int64) (int, error) { return 0, iotest.ErrTimeout }

// BenchmarkFileMetricHandler is what one event of nine samples costs the handler's goroutine, writes included.
func BenchmarkFileMetricHandler(b *testing.B) {
	h := FileMetricHandler(b.TempDir()).(*metricFile)
	if err := h.open(); err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	e := Event{
		Kind: KindGeneration, Time: time.Now().UTC(), Duration: 1857 * time.Millisecond, Success: true, Provider: "openai",
		Model: "gpt-4o-mini", PromptTokens: 4808, CompletionTokens: 10, TotalTokens: 4818, FinishReason: "stop", Turns: 1,
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := h.ready(); err != nil {
			b.Fatal(err)
		}
		h.append(&e)
		if n++; n%200_000 == 0 { // keep the file below 200 MB
			b.StopTimer()
			h.f.Truncate(0)
			b.StartTimer()
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkFileLogHandler is what one event costs the log handler's goroutine, writes included.
func BenchmarkFileLogHandler(b *testing.B) {
	h := FileLogHandler(b.TempDir()).(*logFile)
	if err := h.open(); err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	e := Event{
		Kind: KindGeneration, Time: time.Now().UTC(), Duration: 1857 * time.Millisecond, Success: true, Provider: "openai",
		Model: "gpt-4o-mini", PromptTokens: 4808, CompletionTokens: 10, TotalTokens: 4818, FinishReason: "stop", Turns: 1,
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := h.ready(); err != nil {
			b.Fatal(err)
		}
		record, _ := e.logRecord()
		h.Handle(context.Background(), record)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
