package eventline

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/genmeter/genmeter/monitor"
)

// FuzzDecode holds the hand-written decoder to encoding/json: on lines without Python's words both take the same ones,
// and find the same in them.
func FuzzDecode(f *testing.F) {
	for _, line := range []string{
		typical, `{"event":"metric","metric":"m","value":-1.5e-3}`, `{"event":"generation","a":[{"b":[1,2,{}]}],"c":"\u00e9\n"}`,
		`{"event":"evaluation","scores":{"x":{"score":1,"feedback":"ok"},"y":2}}`, `{"x":1e5,"event":"begin","id":1}`,
		`{"event":"generation","prompt_token_count":0,"usage":{"input_tokens":21,"cache_read_input_tokens":4,"prompt_tokens_details":{"cached_tokens":1}}}`,
		`{"event":"usage","total_tokens":9,"promt_tokens":1,"usage":{"x":[]},"duration_ms":1e3}`,
		"{\"event\":\"generation\",\"error\":\"\xff\\ud800\\u0041\"}", `{"event":"generation","duration":NaN}`, `{`, `{"a":1,}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		d := NewDecoder(time.UTC)
		d.WatchKeys()
		var ev monitor.Event
		err := d.Decode(line, &ev)
		if err == nil {
			sane(t, &ev)
		}
		if bytes.Contains(line, []byte("NaN")) || bytes.Contains(line, []byte("Infinity")) {
			return
		}
		var v map[string]any
		jsonErr := json.Unmarshal(line, &v)
		if err == nil && jsonErr != nil {
			t.Fatalf("took %q, encoding/json: %v", line, jsonErr)
		}
		var p *Problem
		if jsonErr == nil && errors.As(err, &p) && p.AtEnd {
			t.Fatalf("%q is whole, and found to be cut off", line)
		}
		if jsonErr != nil || err != nil {
			return
		}
		compare(t, line, v, &ev)
	})
}

// sane holds what every decoded event promises.
func sane(t *testing.T, ev *monitor.Event) {
	if ev.Kind == 0 || ev.Duration < 0 || ev.PromptTokens < 0 || ev.PromptTokens > maxCount || ev.Turns < 0 ||
		!(ev.CostUSD >= 0 && ev.CostUSD <= maxCost) || ev.TotalTokens > maxTotal || len(ev.Attrs) > maxAttrs || len(ev.Scores) > maxAttrs || !utf8.ValidString(ev.Error+ev.Model) {
		t.Fatalf("%+v", ev)
	}
}

func compare(t *testing.T, line []byte, v map[string]any, ev *monitor.Event) {
	if s, ok := v["error"].(string); ok && ev.Kind == monitor.KindGeneration && s != ev.Error {
		t.Fatalf("%q: error %q, want %q", line, ev.Error, s)
	}
	if x, ok := v["value"].(float64); ok && ev.Kind == monitor.KindMetric && x != ev.Value {
		t.Fatalf("%q: value %v, want %v", line, ev.Value, x)
	}
	if x, ok := v["prompt_token_count"].(float64); ok && 0 < x && x <= maxCount && x == math.Trunc(x) && ev.PromptTokens != 0 && x != float64(ev.PromptTokens) {
		t.Fatalf("%q: tokens %d, want %v", line, ev.PromptTokens, x)
	}
}

// FuzzRoundTrip: what Append prints, Decode takes for the same event, and encoding/json for JSON.
func FuzzRoundTrip(f *testing.F) {
	f.Add(uint8(1), "id", int64(1857e6), int64(4808), "gpt-4o", "err", 0.5, int64(1764000000), int64(810207000), 10800, "key", "value", int64(3), true)
	f.Add(uint8(2), "", int64(1), int64(0), "\u2028", "\x00\\\"", -1e-9, int64(0), int64(1), 0, "duration", "", int64(-1), false)
	f.Add(uint8(3), "r", int64(0), int64(1), "", "", 1e300, int64(253402300799), int64(0), -3600, "", "\xff", int64(0), true)
	f.Fuzz(func(t *testing.T, kind uint8, id string, ns, count int64, name, text string, value float64, sec, nsec int64, offset int, key, attr string, n int64, b bool) {
		ev := monitor.Event{
			Kind: monitor.Kind(kind%7) + 1, ID: id,
			Time:  time.Unix(sec%maxUnix, nsec%1e9).In(time.FixedZone("", offset%86400/60*60)),
			Attrs: []slog.Attr{slog.String(key, attr), slog.Int64("n", n), slog.Float64("f", value), slog.Bool("b", b)},
		}
		if !printable(ev.Time) || !plausible(ev.Time) { // events have no other times
			ev.Time = time.Time{}
		}
		count &= maxCount - 1 // one total is twice this
		ns &= 1<<63 - 1
		switch ev.Kind {
		case monitor.KindGeneration, monitor.KindEvaluation:
			ev.Duration, ev.TimeToFirstToken, ev.Success, ev.Batch, ev.CacheHit = time.Duration(ns), time.Duration(ns/7), b, !b, b
			ev.Model, ev.Provider, ev.Operation, ev.Step, ev.FinishReason = name, name+"p", text, name, text
			ev.Error, ev.ErrorType, ev.RecordID = text, name, id
			ev.PromptTokens, ev.CompletionTokens, ev.TotalTokens = count, count/2, count/3
			ev.CachedTokens, ev.CacheWriteTokens, ev.ReasoningTokens = count/4, count/5, count/6
			ev.Turns, ev.Attempt = int32(count&0xffff), int32(count&7)
			if value > 0 {
				ev.CostUSD = min(value, maxCost)
			}
			if ev.Kind == monitor.KindEvaluation {
				ev.Name = name
				ev.Scores = []monitor.Score{{Name: name, Value: value}, {Name: text, Value: -value, Feedback: attr}}
			}
		case monitor.KindRecord:
			ev.Outcome, ev.Name = monitor.RecordOutcome(kind/6%3), name
		case monitor.KindMetric:
			ev.Name, ev.Value = name+"x", value
		case monitor.KindBegin:
			ev.ID, ev.Model, ev.Attempt, ev.RecordID = id+"x", name, int32(count&7), text
		case monitor.KindTarget:
			ev.Value = float64(count)
		case monitor.KindUsage:
			ev.Model, ev.Step, ev.RecordID = name, text, id
			ev.PromptTokens, ev.TotalTokens, ev.CacheWriteTokens = count, 2*count, count&7
			if value > 0 {
				ev.CostUSD = min(value, maxCost)
			}
		}
		for _, s := range []string{id, name, text, key, attr} {
			if !utf8.ValidString(s) {
				if line := Append(nil, &ev); !json.Valid(line) {
					t.Fatalf("not JSON: %q", line)
				}
				return
			}
		}
		if value != value || value-value != 0 {
			return // JSON has no NaN and no infinity
		}
		line := Append(nil, &ev)
		if !json.Valid(line) || bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Fatalf("not one line of JSON: %q", line)
		}
		d := NewDecoder(nil)
		var got monitor.Event
		if err := d.Decode(line, &got); err != nil || len(d.Problems()) > 0 {
			t.Fatalf("%s: %v %v", line, err, d.Problems())
		}
		if !got.Time.Equal(ev.Time) {
			t.Fatalf("%s: time %v, want %v", line, got.Time, ev.Time)
		}
		if !bytes.Equal(Append(nil, &got), line) {
			t.Fatalf("%s became %s", line, Append(nil, &got))
		}
		got.Time, ev.Time = time.Time{}, time.Time{}
		if !reflect.DeepEqual(got, ev) {
			t.Fatalf("%s\ngot  %+v\nwant %+v", line, got, ev)
		}
	})
}
