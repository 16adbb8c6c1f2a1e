package export

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// source gives the events.
func source(events ...monitor.Event) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func wideOf(t *testing.T, events ...monitor.Event) *wideTable {
	t.Helper()
	table, err := newWideTable(context.Background(), source(events...))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// cells returns what an event's row holds, by column, as text; columns without a value are left out.
func (t *wideTable) cells(ev *monitor.Event) map[string]string {
	r := t.newRow()
	r.load(ev)
	cells := make(map[string]string)
	for i := range t.columns {
		c := &t.columns[i]
		var text string
		var ok bool
		switch c.kind {
		case columnText:
			text, ok = c.text(r)
		case columnInt:
			var n int64
			n, ok = c.int(r)
			text = strconv.FormatInt(n, 10)
		case columnFloat:
			var f float64
			f, ok = c.float(r)
			text = strconv.FormatFloat(f, 'g', -1, 64)
		case columnBool:
			var b bool
			b, ok = c.bool(r)
			text = strconv.FormatBool(b)
		case columnTime:
			var at time.Time
			at, ok = c.time(r)
			text = at.UTC().Format(time.RFC3339Nano)
		}
		if ok {
			cells[c.name] = text
		}
	}
	return cells
}

var moment = time.Date(2026, 11, 24, 20, 0, 0, 123456789, time.FixedZone("", 3600))

func TestWideRows(t *testing.T) {
	call := monitor.Event{
		Kind: monitor.KindGeneration, Time: moment, ID: "call-1", RecordID: "row-1", Model: "m", Provider: "p", Operation: "chat",
		Step: "draft", Duration: 1234567891, TimeToFirstToken: 25 * time.Millisecond, PromptTokens: 1, CompletionTokens: 2,
		TotalTokens: 6, CachedTokens: 1, CacheWriteTokens: 4, ReasoningTokens: 5, CostUSD: 0.1, FinishReason: "FinishReason.STOP",
		Error: "Request timed out.", ErrorType: "APITimeoutError", Attempt: 2, Turns: 3, Batch: true,
		Attrs: []monitor.Attr{monitor.String("topic", "x")},
	}
	evaluation := monitor.Event{
		Kind: monitor.KindEvaluation, Success: true, Name: "judge", Scores: []monitor.Score{
			{Name: "tone", Value: -1.5, Feedback: "dull"}, {Name: "tone", Value: 2}, {Name: "facts", Value: 0},
		},
	}
	record := monitor.Event{Kind: monitor.KindRecord, ID: "row-1", Outcome: monitor.Rejected, Name: "short"}
	other := monitor.Event{Kind: monitor.KindMetric, Name: "queue", Value: 1}
	usage := monitor.Event{Kind: monitor.KindUsage, Model: "m", Step: "agent", RecordID: "row-1", PromptTokens: 30, TotalTokens: 32, CostUSD: 0.5}
	table := wideOf(t, call, other, evaluation, record, usage)
	if table.rows != 4 {
		t.Errorf("%d rows, want 4", table.rows)
	}
	for _, c := range []struct {
		ev   monitor.Event
		want map[string]string
	}{
		{call, map[string]string{
			"timestamp": "2026-11-24T19:00:00.123456789Z", "event": "generation", "id": "call-1", "record_id": "row-1",
			"model_name": "m", "provider": "p", "operation": "chat", "step": "draft", "success": "false", "outcome": "error",
			"duration_seconds": "1.234567891", "time_to_first_token_seconds": "0.025", "prompt_tokens": "1",
			"completion_tokens": "2", "total_tokens": "6", "cached_tokens": "1", "cache_write_tokens": "4",
			"reasoning_tokens": "5", "cost_usd": "0.1", "finish_reason": "FinishReason.STOP", "error_type": "timeout",
			"error_type_given": "APITimeoutError", "error": "Request timed out.", "attempt": "2", "turns": "3",
			"cache_hit": "false", "batch": "true", "attr_topic": "x",
		}},
		{evaluation, map[string]string{
			"event": "evaluation", "success": "true", "outcome": "success", "evaluator": "judge", "score_tone": "-1.5",
			"feedback_tone": "dull", "score_facts": "0", "other_attributes": `{"score_tone~2":2.0}`,
		}},
		{record, map[string]string{
			"event": "record", "id": "row-1", "record_id": "row-1", "outcome": "rejected", "reason": "short",
		}},
		{usage, map[string]string{ // no outcome: it is no call
			"event": "usage", "model_name": "m", "step": "agent", "record_id": "row-1", "prompt_tokens": "30", "total_tokens": "32",
			"cost_usd": "0.5",
		}},
	} {
		got := table.cells(&c.ev)
		for name, want := range c.want {
			if got[name] != want {
				t.Errorf("%v: %s is %q, want %q", c.ev.Kind, name, got[name], want)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%v: cells %v, want those of %v", c.ev.Kind, got, c.want)
		}
	}
}

func TestAttributesAreTypedByWhatIsThere(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		values []any
		kind   columnKind
		texts  []string // of other_attributes where that begins with {
	}{
		{"integers", []any{1, uint64(2), int64(math.MaxInt64)}, columnInt, []string{"1", "2", "9223372036854775807"}},
		{"numbers", []any{1, 2.5, 3 * time.Second}, columnFloat, []string{"1", "2.5", "3"}},
		{"numbers no float64 holds", []any{1<<53 + 1, 0.5}, columnText, []string{"9007199254740993", "0.5"}},
		{"past int64", []any{1, uint64(math.MaxUint64)}, columnText, []string{"1", "18446744073709551615"}},
		{"booleans", []any{true, false}, columnBool, []string{"true", "false"}},
		{"times", []any{moment}, columnTime, []string{"2026-11-24T19:00:00.123456789Z"}},
		{"texts", []any{"a", ""}, columnText, []string{"a", ""}},
		{"mixed", []any{true, 1, "x", moment}, columnText, []string{"true", "1", "x", "2026-11-24T20:00:00.123456789+01:00"}},
		{"a NaN among floats", []any{0.5, nan}, columnFloat, []string{"0.5", `{"attr_k":"NaN"}`}},
		{"nothing but NaN", []any{nan, math.Inf(-1)}, columnText, []string{"NaN", "-Inf"}},
	} {
		var events []monitor.Event
		for _, v := range c.values {
			events = append(events, monitor.Event{Kind: monitor.KindRecord, Attrs: []monitor.Attr{slog.Any("k", v)}})
		}
		table := wideOf(t, events...)
		if got := table.attrs["k"].kind; got != c.kind {
			t.Errorf("%s: kind %d, want %d", c.name, got, c.kind)
		}
		for i, want := range c.texts {
			column := "attr_k"
			if strings.HasPrefix(want, "{") {
				column = otherAttributes
			}
			if got, ok := table.cells(&events[i])[column]; got != want || !ok {
				t.Errorf("%s: %v is %q, want %q", c.name, c.values[i], got, want)
			}
		}
	}
}

// What has no column of its own is in other_attributes: names past the bound, a second value of one name, and what a later
// reading of the source brought.
func TestNothingIsLostPastTheBound(t *testing.T) {
	var events []monitor.Event
	const keys = 230
	for i := range keys {
		events = append(events, monitor.Event{Kind: monitor.KindRecord, Attrs: []monitor.Attr{
			monitor.Int(fmt.Sprintf("key%03d", i), i), monitor.Int(fmt.Sprintf("key%03d", i), -i),
		}})
	}
	table := wideOf(t, events...)
	if got := len(table.columns) - len(wideFields()) - 1; got != maxDynamicColumns {
		t.Errorf("%d dynamic columns, want %d", got, maxDynamicColumns)
	}
	for i := range events {
		cells := table.cells(&events[i])
		name := fmt.Sprintf("attr_key%03d", i)
		own, rest := cells[name], cells[otherAttributes]
		want := fmt.Sprintf(`{"%s~2":%d}`, name, -i)
		if i >= maxDynamicColumns {
			want = fmt.Sprintf(`{"%s":%d,"%s~2":%d}`, name, i, name, -i)
		} else if own != strconv.Itoa(i) {
			t.Errorf("%s is %q", name, own)
		}
		if rest != want {
			t.Errorf("other attributes %s, want %s", rest, want)
		}
	}
	late := monitor.Event{Kind: monitor.KindEvaluation, Scores: []monitor.Score{{Name: "new", Value: 1, Feedback: "f"}}}
	if got, want := table.cells(&late)[otherAttributes], `{"score_new":1.0,"feedback_new":"f"}`; got != want {
		t.Errorf("a late score: %s, want %s", got, want)
	}
}

func TestNoRows(t *testing.T) {
	_, err := newWideTable(context.Background(), source(monitor.Event{Kind: monitor.KindMetric, Name: "x"}))
	if !errors.Is(err, ErrNoEvents) {
		t.Errorf("error %v, want ErrNoEvents", err)
	}
}
