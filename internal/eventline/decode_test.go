package eventline

import (
	"errors"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

const typical = `{"event":"generation","timestamp":"2026-11-24T19:57:10.810207Z","duration":1.857,"success":true,` +
	`"model_name":"gpt-4o-mini","provider":"openai","operation":"chat","step":"respondent","prompt_token_count":4808,` +
	`"completion_token_count":10,"total_token_count":4818,"finish_reason":"stop","conversation_length":3,"record_id":"row-17"}`

func TestDecodeGeneration(t *testing.T) {
	line := `{"event":"generation","id":"a1","timestamp":"2026-11-24T19:57:10.810207123+03:00","duration":1.857000001,` +
		`"success":false,"model":"gpt-4o-mini","provider":"openai","operation":"chat","step":"qa","prompt_token_count":9,` +
		`"completion_token_count":1e1,"total_token_count":30.0,"cached_token_count":4,"cache_write_token_count":2,` +
		`"reasoning_token_count":3,"finish_reason":"FinishReason.STOP","turns":3,"error":"no \"way\"\n","error_type":"timeout",` +
		`"cost_usd":0.25,"cache_hit":true,"batch":true,"time_to_first_token":0.5,"attempt":2,"record_id":17,` +
		`"metadata":{"component":"respondent","operation":"x","lang":"tr"},"attributes":{"duration":7},` +
		`"temperature":0.5,"seed":42,"json":true,"tags":["a", "b"],"none":null}` + "\r\n"
	want := monitor.Event{
		Kind: monitor.KindGeneration, ID: "a1", Duration: 1857000001, Model: "gpt-4o-mini", Provider: "openai",
		Time:      time.Date(2026, 11, 24, 19, 57, 10, 810207123, time.FixedZone("", 3*3600)),
		Operation: "chat", Step: "qa", PromptTokens: 9, CompletionTokens: 10, TotalTokens: 30, CachedTokens: 4,
		CacheWriteTokens: 2, ReasoningTokens: 3, FinishReason: "FinishReason.STOP", Turns: 3, Error: "no \"way\"\n",
		ErrorType: "timeout", CostUSD: 0.25, CacheHit: true, Batch: true, TimeToFirstToken: 500 * time.Millisecond,
		Attempt: 2, RecordID: "17",
		Attrs: []slog.Attr{
			slog.String("component", "respondent"), slog.String("operation", "x"), slog.String("lang", "tr"),
			slog.Int64("duration", 7), slog.Float64("temperature", 0.5), slog.Int64("seed", 42),
			slog.Bool("json", true), slog.String("tags", `["a", "b"]`), slog.String("none", "null"),
		},
	}
	var got monitor.Event
	d := NewDecoder(nil)
	if err := d.Decode([]byte(line), &got); err != nil {
		t.Fatal(err)
	}
	if p := d.Problems(); len(p) > 0 {
		t.Errorf("problems: %v", p)
	}
	equalEvents(t, got, want)
}

func TestDecodeOtherKinds(t *testing.T) {
	for line, want := range map[string]monitor.Event{
		`{"duration":2,"event":"evaluation","evaluator":"judge","model_name":"m","scores":{"a":-1.5,"b":{"score":3,"feedback":"çok\niyi"},"c":{"feedback":null,"score":0}}}`: {
			Kind: monitor.KindEvaluation, Success: true, Duration: 2 * time.Second, Name: "judge", Model: "m",
			Scores: []monitor.Score{{Name: "a", Value: -1.5}, {Name: "b", Value: 3, Feedback: "çok\niyi"}, {Name: "c"}},
		},
		`{"event":"record","id":"r","outcome":"rejected","reason":"too short","duration":3}`: {
			Kind: monitor.KindRecord, ID: "r", Outcome: monitor.Rejected, Name: "too short",
			Attrs: []slog.Attr{slog.Int64("duration", 3)},
		},
		` { "event" : "metric" , "metric" : "queue_depth" , "value" : 7 , "worker" : "a", "timestamp": 1764000000.25 } `: {
			Kind: monitor.KindMetric, Name: "queue_depth", Value: 7, Time: time.Unix(1764000000, 25e7).UTC(),
			Attrs: []slog.Attr{slog.String("worker", "a")},
		},
		`{"event":"begin","id":"c1","model_name":"m"}`: {Kind: monitor.KindBegin, ID: "c1", Model: "m"},
		`{"event":"usage","model_name":"m","prompt_token_count":7,"cost_usd":0.5,"record_id":"r","finish_reason":"stop"}`: {
			Kind: monitor.KindUsage, Model: "m", PromptTokens: 7, CostUSD: 0.5, RecordID: "r",
			Attrs: []slog.Attr{slog.String("finish_reason", "stop")},
		},
		`{"event":"target","records":10000}`:          {Kind: monitor.KindTarget, Value: 10000},
		`{"event":"generation","error":{"code":429}}`: {Kind: monitor.KindGeneration, Error: `{"code":429}`},
		`{"event":"generation"}`:                      {Kind: monitor.KindGeneration, Success: true},
		`{"event":"generation","error":null,"model_name":null,"finish_reason":null,"duration":null,"success":null,"metadata":null}`: {
			Kind: monitor.KindGeneration, Success: true},
		"{\"event\":\"generation\",\"model_name\":\"a\xffb\\ud800\\ud83d\\ude00\"}": {
			Kind: monitor.KindGeneration, Success: true, Model: "a\uFFFDb\uFFFD😀"},
	} {
		var got monitor.Event
		d := NewDecoder(nil)
		if err := d.Decode([]byte(line), &got); err != nil || len(d.Problems()) > 0 {
			t.Errorf("%s: %v %v", line, err, d.Problems())
		}
		equalEvents(t, got, want)
	}
}

// TestDecodeProblems: a bad value costs the value, not the event.
func TestDecodeProblems(t *testing.T) {
	for _, tt := range []struct{ member, key, reason string }{
		{`"duration":NaN`, "duration", monitor.ReasonNotFinite},
		{`"duration":-Infinity`, "duration", monitor.ReasonNotFinite},
		{`"duration":-0.1`, "duration", monitor.ReasonNegative},
		{`"duration":1e300`, "duration", monitor.ReasonOutOfRange},
		{`"duration":"1.5"`, "duration", monitor.ReasonWrongType},
		{`"prompt_token_count":12.5`, "prompt_token_count", monitor.ReasonWrongType},
		{`"prompt_token_count":"12"`, "prompt_token_count", monitor.ReasonWrongType},
		{`"prompt_token_count":-1`, "prompt_token_count", monitor.ReasonNegative},
		{`"prompt_token_count":1099511627777`, "prompt_token_count", monitor.ReasonOutOfRange},
		{`"prompt_token_count":123456789012345678901234567890`, "prompt_token_count", monitor.ReasonOutOfRange},
		{`"attempt":2147483648`, "attempt", monitor.ReasonOutOfRange},
		{`"cost_usd":Infinity`, "cost_usd", monitor.ReasonNotFinite},
		{`"cost_usd":1.1e12`, "cost_usd", monitor.ReasonOutOfRange},
		{`"total_token_count":2199023255553`, "total_token_count", monitor.ReasonOutOfRange},
		{`"timestamp":"1970-01-01T00:00:03Z"`, "timestamp", monitor.ReasonOutOfRange},
		{`"timestamp":3`, "timestamp", monitor.ReasonOutOfRange},
		{`"cost_usd":1e999`, "cost_usd", monitor.ReasonOutOfRange},
		{`"success":"yes"`, "success", monitor.ReasonWrongType},
		{`"cache_hit":1`, "cache_hit", monitor.ReasonWrongType},
		{`"model_name":["m"]`, "model_name", monitor.ReasonWrongType},
		{`"timestamp":"yesterday"`, "timestamp", monitor.ReasonWrongType},
		{`"timestamp":"2026-02-29T00:00:00Z"`, "timestamp", monitor.ReasonWrongType},
		{`"timestamp":1764000000123`, "timestamp", monitor.ReasonOutOfRange},
		{`"timestamp":false`, "timestamp", monitor.ReasonWrongType},
		{`"scores":[1]`, "scores", monitor.ReasonWrongType},
		{`"scores":{"a":NaN}`, "scores.a", monitor.ReasonNotFinite},
		{`"scores":{"a":null}`, "scores.a", monitor.ReasonWrongType},
		{`"scores":{"a":{"score":"high"}}`, "scores.a", monitor.ReasonWrongType},
		{`"scores":{"a":{"feedback":"x"}}`, "scores.a", monitor.ReasonWrongType},
		{`"note":NaN`, "note", monitor.ReasonNotFinite},
		{`"attributes":{"note":1e999}`, "note", monitor.ReasonOutOfRange},
	} {
		line := `{"event":"evaluation",` + tt.member + `,"id":"kept"}`
		var ev monitor.Event
		d := NewDecoder(nil)
		if err := d.Decode([]byte(line), &ev); err != nil {
			t.Errorf("%s: %v", tt.member, err)
			continue
		}
		p := d.Problems()
		if len(p) != 1 || p[0].Key != tt.key || p[0].Reason != tt.reason {
			t.Errorf("%s: problems %+v", tt.member, p)
		} else if !strings.HasPrefix(line[p[0].Offset:], strings.Trim(p[0].Found, `"…`)[:1]) && p[0].Found[0] != '"' {
			t.Errorf("%s: offset %d is not of %s", tt.member, p[0].Offset, p[0].Found)
		}
		equalEvents(t, ev, monitor.Event{Kind: monitor.KindEvaluation, Success: tt.key != "success", ID: "kept"}) // what cannot be read is no success
	}
}

func TestDecodeLost(t *testing.T) {
	for _, tt := range []struct {
		line, reason, expected string
		end                    bool
	}{
		{``, "malformed", "a JSON object", true},
		{`[1]`, "malformed", "a JSON object", false},
		{`{"event":"generation","dur`, "malformed", "a closing double quote", true},
		{`{"event":"gener`, "malformed", "a closing double quote", true},
		{`{"event":"generation","success":tr`, "malformed", "a JSON value", true},
		{`{"event":"generation","note":"\u12`, "malformed", "an escape sequence of JSON", true},
		{`{"event":"generation"`, "malformed", "a comma or a closing brace", true},
		{`{"event":"generation"} x`, "malformed", "the end of the line", false},
		{`{"event":"generation","duration":01}`, "malformed", "no leading zero in a number", false},
		{`{"event":"generation","duration":1.}`, "malformed", "a digit behind the point", false},
		{`{"event":"generation","duration":-NaN}`, "malformed", "a JSON value", false},
		{"{\"event\":\"generation\",\"x\":\"a\x00b\"}", "malformed", "no control character in a string", false},
		{`{"event":"generation","x":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`, "malformed", "no more than 64 levels of nesting", false},
		{`{"event":"party"}`, "malformed", wantEvent, false},
		{`{"event":7}`, "malformed", wantEvent, false},
		{`{"model":"x"}`, "malformed", wantEvent, false},
		{`{"event":"metric","metric":"m","value":NaN}`, "not_finite", "a finite number", false},
		{`{"event":"metric","metric":"m","value":null}`, "wrong_type", "a finite number", false},
		{`{"event":"metric","metric":"m","value":"7"}`, "wrong_type", "a finite number", false},
		{`{"event":"metric","metric":"m"}`, "malformed", "a finite number", false},
		{`{"event":"metric","value":1}`, "malformed", "the name of the metric", false},
		{`{"event":"target","records":-1}`, "negative", "a whole number of records", false},
		{`{"event":"target","records":1.5}`, "wrong_type", "a whole number of records", false},
		{`{"event":"target"}`, "malformed", "a whole number of records", false},
		{`{"event":"begin"}`, "malformed", "the id that ends it again", false},
		{`{"event":"record","outcome":"lost"}`, "wrong_type", "accepted, rejected or failed", false},
	} {
		var ev monitor.Event
		err := NewDecoder(nil).Decode([]byte(tt.line), &ev)
		var p *Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: error %v", tt.line, err)
		} else if p.Reason != tt.reason || p.Expected != tt.expected || p.AtEnd != tt.end {
			t.Errorf("%s: %+v", tt.line, p)
		}
	}
}

func TestErrorText(t *testing.T) {
	var ev monitor.Event
	err := NewDecoder(nil).Decode([]byte("{\"event\":\"generation\" \x1b[31m"+strings.Repeat("ğ", 60)), &ev)
	const want = `found "\x1b[31mğğğğğğğğğğğğğğğğğğğğğ"…, expected a comma or a closing brace`
	if err == nil || err.Error() != want {
		t.Errorf("%v\n%s", err, want)
	}
}

func TestTimes(t *testing.T) {
	istanbul := time.FixedZone("", 3*3600)
	for in, want := range map[string]time.Time{
		"2026-11-24T19:57:10.810207":      time.Date(2026, 11, 24, 19, 57, 10, 810207000, istanbul),
		"2026-11-24T19:57:10":             time.Date(2026, 11, 24, 19, 57, 10, 0, istanbul),
		"2026-11-24 19:57:10,810":         time.Date(2026, 11, 24, 19, 57, 10, 810e6, istanbul),
		"2026-11-24T19:57:10Z":            time.Date(2026, 11, 24, 19, 57, 10, 0, time.UTC),
		"2024-02-29T23:59:59.9999999999Z": time.Date(2024, 2, 29, 23, 59, 59, 999999999, time.UTC),
		"0000-01-01T00:00:00Z":            time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		"1900-03-01T00:00:00-0230":        time.Date(1900, 3, 1, 0, 0, 0, 0, time.FixedZone("", -9000)),
		"9999-12-31T23:59:59+14":          time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", 14*3600)),
	} {
		z := zones{local: istanbul}
		got, ok := z.parse([]byte(in))
		_, off := got.Zone()
		_, wantOff := want.Zone()
		if !ok || !got.Equal(want) || off != wantOff {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
	for _, in := range []string{"", "2026", "2026-13-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z",
		"2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+1", "2026-01-01T00:00:00+123", "2026-01-01T00:00:00+24:00",
		"2026-01-01T00:00:00 UTC", "2026/01/01T00:00:00Z", "2026-01-01T00:00:0xZ"} {
		z := zones{}
		if got, ok := z.parse([]byte(in)); ok {
			t.Errorf("%s: %v", in, got)
		}
	}
}

// TestTimesWholeCalendar holds our own calendar to the standard library's on every day of 800 years.
func TestTimesWholeCalendar(t *testing.T) {
	z := zones{}
	var b []byte
	for at := time.Date(1800, 1, 1, 12, 0, 0, 0, time.UTC); at.Year() < 2600; at = at.AddDate(0, 0, 1) {
		b = at.AppendFormat(b[:0], time.RFC3339)
		if got, ok := z.parse(b); !ok || got != at {
			t.Fatalf("%s: %v", b, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "1.857": 1857e6, "0.0000000015": 2, "0.0000000014": 1, "1e-9": 1, "1E3": 1000 * time.Second,
		"0.57527999827825623456789": 575279998, "9223372036.854775807": math.MaxInt64, "12e-1": 1200e6,
		"0.00000000000000000000000000000001": 0,
	} {
		s := scanner{b: []byte(in)}
		n, ok := s.number()
		if got, fits := n.seconds(); !ok || !fits || got != want {
			t.Errorf("%s s: %d, want %d", in, got, want)
		}
	}
	s := scanner{b: []byte("9223372036.854775808")}
	n, _ := s.number()
	if d, ok := n.seconds(); ok {
		t.Errorf("out of range: %v", d)
	}
}

func TestInternerIsBoundedAndRight(t *testing.T) {
	d := NewDecoder(nil)
	for i := range 20 * internSets * internWays {
		name := strings.Repeat("x", i%300) + string(rune('a'+i%26))
		if got := d.strings.of([]byte(name)); got != name {
			t.Fatalf("%q: %q", name, got)
		}
	}
}

// TestNothingRefersToTheLine: the caller's buffer is used again.
func TestNothingRefersToTheLine(t *testing.T) {
	line := []byte(`{"event":"evaluation","id":"i","model_name":"m","error":"e","scores":{"s":{"score":1,"feedback":"f"}},"a":"b","l":[1]}`)
	var ev monitor.Event
	if err := NewDecoder(nil).Decode(line, &ev); err != nil {
		t.Fatal(err)
	}
	before := string(Append(nil, &ev))
	for i := range line {
		line[i] = '#'
	}
	if after := string(Append(nil, &ev)); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestDecodeAllocates(t *testing.T) {
	d := NewDecoder(nil)
	var ev monitor.Event
	line := []byte(typical)
	if n := testing.AllocsPerRun(100, func() { _ = d.Decode(line, &ev) }); n > 1 {
		t.Errorf("%v allocations a line, want 1: the record's id", n)
	}
}

// equalEvents compares all but the identity of zones.
func equalEvents(t *testing.T, got, want monitor.Event) {
	t.Helper()
	_, a := got.Time.Zone()
	_, b := want.Time.Zone()
	if !got.Time.Equal(want.Time) || a != b {
		t.Errorf("time %v, want %v", got.Time, want.Time)
	}
	got.Time, want.Time = time.Time{}, time.Time{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}
