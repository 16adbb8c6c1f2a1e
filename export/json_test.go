package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/genmeter/genmeter/monitor"
)

// sourceOf gives these events.
func sourceOf(list ...monitor.Event) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for _, ev := range list {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

var at = time.Date(2026, 11, 24, 20, 57, 10, 810207000, time.FixedZone("CET", 3600))

// metricAt is a sample of a caller's own.
func metricAt(name string, value float64, attrs ...monitor.Attr) monitor.Event {
	return monitor.Event{Kind: monitor.KindMetric, Time: at, Name: name, Value: value, Attrs: attrs}
}

func exported(t testing.TB, format Format, src monitor.Source, opts ...Option) string {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(t.Context(), &b, format, src, opts...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestJSON(t *testing.T) {
	src := sourceOf(
		monitor.Event{Kind: monitor.KindGeneration, Time: at, Success: true, Duration: 1857 * time.Millisecond, Model: "meta-llama/Llama-3.1-8B-Instruct"},
		metricAt("queue", -1.5, monitor.String("worker", "a\"b\n"), monitor.Int("n", 3), monitor.Bool("ok", true),
			monitor.Float64("share", 0.25), monitor.Float64("odd", math.Inf(1)), monitor.String("worker", "again"),
			monitor.String("timestamp", "mine"), monitor.String("value", "mine")),
		monitor.Event{Kind: monitor.KindMetric, Name: "queue", Value: 2},
		metricAt("", math.NaN()),
		metricAt("b\xff\"", 1e300),
	)
	const want = `{"b�\"":[
{"timestamp":"2026-11-24T19:57:10.810207Z","value":1e+300}
],
"error_rate":[
{"timestamp":"2026-11-24T19:57:10.810207Z","value":0,"model_name":"meta-llama/Llama-3.1-8B-Instruct"}
],
"generation_time":[
{"timestamp":"2026-11-24T19:57:10.810207Z","value":1.857,"model_name":"meta-llama/Llama-3.1-8B-Instruct"}
],
"model_usage:meta-llama/Llama-3.1-8B-Instruct":[
{"timestamp":"2026-11-24T19:57:10.810207Z","value":1,"model_name":"meta-llama/Llama-3.1-8B-Instruct"}
],
"queue":[
{"timestamp":"2026-11-24T19:57:10.810207Z","value":-1.5,"worker":"a\"b\n","n":3,"ok":true,"share":0.25,"odd":null},
{"timestamp":null,"value":2}
],
"success_rate":[
{"timestamp":"2026-11-24T19:57:10.810207Z","value":1,"model_name":"meta-llama/Llama-3.1-8B-Instruct"}
],
"unknown":[
{"timestamp":"2026-11-24T19:57:10.810207Z","value":null}
]}
`
	if got := exported(t, JSON, src); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestJSONOfRecordedRuns: another reader finds what was tracked.
func TestJSONOfRecordedRuns(t *testing.T) {
	for _, run := range runNames {
		t.Run(run, func(t *testing.T) {
			same(t, total(readJSON(t, exported(t, JSON, recorded(t, run)))), tracked(t, run))
		})
	}
}

func readJSON(t testing.TB, text string) (samples []readSample) {
	var file map[string][]map[string]any
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	for metric, list := range file {
		for _, row := range list {
			s := readSample{metric: metric, value: row["value"].(float64), attrs: make(map[string]string)}
			if _, err := time.Parse(time.RFC3339Nano, row["timestamp"].(string)); err != nil {
				t.Error(err)
			}
			for key, v := range row {
				if key != "timestamp" && key != "value" {
					s.attrs[key] = fmt.Sprint(v)
				}
			}
			samples = append(samples, s)
		}
	}
	return samples
}

func TestWithMetrics(t *testing.T) {
	src := sourceOf(metricAt("a", 1), metricAt("b", 2, monitor.String("k", "v")), metricAt("c", 3))
	const want = `{"b":[
{"timestamp":"2026-11-24T19:57:10.810207Z","value":2,"k":"v"}
]}
`
	if got := exported(t, JSON, src, WithMetrics("b")); got != want {
		t.Errorf("got %s", got)
	}
	err := Encode(t.Context(), new(bytes.Buffer), JSON, src, WithMetrics("a", "d"))
	if err == nil || err.Error() != `no metric "d"; there are a, b, c` {
		t.Errorf("got %v", err)
	}
	many := func(yield func(monitor.Event, error) bool) {
		for i := range 100 {
			if !yield(metricAt(fmt.Sprintf("m%02d", 99-i), 1), nil) {
				return
			}
		}
	}
	err = Encode(t.Context(), new(bytes.Buffer), CSV, many, WithMetrics("x"))
	if err == nil || !strings.HasPrefix(err.Error(), `no metric "x"; there are m00, m01, `) || !strings.HasSuffix(err.Error(), "m29 and 70 more") {
		t.Errorf("got %v", err)
	}
	err = Encode(t.Context(), new(bytes.Buffer), WideExcel, src, WithMetrics("a"))
	if err == nil || !strings.Contains(err.Error(), "json, csv, excel, parquet, openmetrics") {
		t.Errorf("got %v", err)
	}
}

func TestNothingToExport(t *testing.T) {
	nothing := map[string]monitor.Source{"none": sourceOf(), "without samples": sourceOf(monitor.Event{Kind: monitor.KindTarget, Value: 3})}
	for name, src := range nothing {
		for format, encode := range formatEncoders {
			whole := Format(format) == NDJSON || Format(format) == OpenMetrics // have the target
			if encode == nil || whole && name != "none" {
				continue
			}
			var b bytes.Buffer
			if err := Encode(t.Context(), &b, Format(format), src); !errors.Is(err, ErrNoEvents) || b.Len() > 0 {
				t.Errorf("%v, %s: %v, %q", Format(format), name, err, b.String())
			}
		}
	}
	if err := Encode(t.Context(), new(bytes.Buffer), 0, sourceOf()); err == nil || !strings.Contains(err.Error(), "unknown format 0: want json, csv") {
		t.Errorf("got %v", err)
	}
}

// FuzzJSON: whatever the names and values, JSON is valid and UTF-8, without a key twice, and has the sample.
func FuzzJSON(f *testing.F) {
	f.Add("m", 1.5, "key", "text", int64(5))
	f.Add("", math.NaN(), "timestamp", "\x00\xff\u2028", int64(-1))
	f.Add("a\"\\", math.MaxFloat64, "value", "=", int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, name string, value float64, key, text string, n int64) {
		got := exported(t, JSON, sourceOf(metricAt(name, value, monitor.String(key, text), monitor.Int(key+"2", int(n)), monitor.String(key, "again"))))
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		var file map[string][]struct{ Value *float64 }
		if err := json.Unmarshal([]byte(got), &file); err != nil {
			t.Fatalf("%v: %q", err, got)
		}
		if len(file) != 1 {
			t.Fatalf("%q has %d metrics", got, len(file))
		}
		for _, list := range file {
			if len(list) != 1 || finite(value) != (list[0].Value != nil) || finite(value) && *list[0].Value != value {
				t.Errorf("%q, want the value %v", got, value)
			}
		}
		uniqueKeys(t, json.NewDecoder(strings.NewReader(got)))
	})
}

// uniqueKeys checks the next value of d.
func uniqueKeys(t *testing.T, d *json.Decoder) {
	token, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return
	}
	seen := make(map[string]bool)
	for d.More() {
		if delim == '{' {
			key, _ := d.Token()
			if seen[key.(string)] {
				t.Errorf("key %q stands twice", key)
			}
			seen[key.(string)] = true
		}
		uniqueKeys(t, d)
	}
	_, _ = d.Token()
}
