package export

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// column is one column of the wide table: its name, the kind of its values, and the one getter of that kind, which returns
// false where a row has none (null).
type column struct {
	name string
	kind columnKind

	text  func(*wideRow) (string, bool)
	int   func(*wideRow) (int64, bool)
	float func(*wideRow) (float64, bool)
	bool  func(*wideRow) (bool, bool)
	time  func(*wideRow) (time.Time, bool)
}

func textColumn(name string, get func(*monitor.Event) string) column {
	return column{name: name, kind: columnText, text: func(r *wideRow) (string, bool) {
		s := get(r.ev)
		return s, s != ""
	}}
}

func countColumn(name string, get func(*monitor.Event) int64) column {
	return column{name: name, kind: columnInt, int: func(r *wideRow) (int64, bool) {
		n := get(r.ev)
		return n, n != 0
	}}
}

func secondsColumn(name string, get func(*monitor.Event) time.Duration) column {
	return column{name: name, kind: columnFloat, float: func(r *wideRow) (float64, bool) {
		d := get(r.ev)
		return seconds(d), d != 0
	}}
}

// flagColumn is of a fact that is always known of the kinds that have it.
func flagColumn(name string, get func(*monitor.Event) bool, kinds ...monitor.Kind) column {
	var has [monitor.KindUsage + 1]bool
	for _, k := range kinds {
		has[k] = true
	}
	return column{name: name, kind: columnBool, bool: func(r *wideRow) (bool, bool) { return get(r.ev), has[r.ev.Kind] }}
}

// wideFields returns the columns that every wide table has before those of scores and attributes.
func wideFields() []column {
	const call, evaluation = monitor.KindGeneration, monitor.KindEvaluation
	return []column{
		{name: "timestamp", kind: columnTime, time: func(r *wideRow) (time.Time, bool) {
			return r.ev.Time, printable(r.ev.Time)
		}},
		textColumn("event", func(e *monitor.Event) string { return e.Kind.String() }),
		textColumn("id", func(e *monitor.Event) string { return e.ID }),
		textColumn("record_id", recordID),
		textColumn("model_name", func(e *monitor.Event) string { return e.Model }),
		textColumn("provider", func(e *monitor.Event) string { return e.Provider }),
		textColumn("operation", func(e *monitor.Event) string { return e.Operation }),
		textColumn("step", func(e *monitor.Event) string { return e.Step }),
		flagColumn("success", func(e *monitor.Event) bool { return e.Success }, call, evaluation),
		textColumn("outcome", outcome),
		secondsColumn("duration_seconds", func(e *monitor.Event) time.Duration { return e.Duration }),
		secondsColumn("time_to_first_token_seconds", func(e *monitor.Event) time.Duration { return e.TimeToFirstToken }),
		countColumn("prompt_tokens", func(e *monitor.Event) int64 { return e.PromptTokens }),
		countColumn("completion_tokens", func(e *monitor.Event) int64 { return e.CompletionTokens }),
		countColumn("total_tokens", func(e *monitor.Event) int64 { return e.TotalTokens }),
		countColumn("cached_tokens", func(e *monitor.Event) int64 { return e.CachedTokens }),
		countColumn("cache_write_tokens", func(e *monitor.Event) int64 { return e.CacheWriteTokens }),
		countColumn("reasoning_tokens", func(e *monitor.Event) int64 { return e.ReasoningTokens }),
		{name: "cost_usd", kind: columnFloat, float: func(r *wideRow) (float64, bool) {
			return r.ev.CostUSD, r.ev.CostUSD != 0 && finite(r.ev.CostUSD)
		}},
		textColumn("finish_reason", func(e *monitor.Event) string { return e.FinishReason }),
		textColumn("error_type", func(e *monitor.Event) string { return string(e.ErrorClass()) }),
		textColumn("error_type_given", givenErrorType),
		textColumn("error", func(e *monitor.Event) string { return e.Error }),
		countColumn("attempt", func(e *monitor.Event) int64 { return int64(e.Attempt) }),
		countColumn("turns", func(e *monitor.Event) int64 { return int64(e.Turns) }),
		flagColumn("cache_hit", func(e *monitor.Event) bool { return e.CacheHit }, call),
		flagColumn("batch", func(e *monitor.Event) bool { return e.Batch }, call),
		textColumn("evaluator", func(e *monitor.Event) string { return nameOf(e, evaluation) }),
		textColumn("reason", func(e *monitor.Event) string { return nameOf(e, monitor.KindRecord) }),
	}
}

func nameOf(e *monitor.Event, kind monitor.Kind) string {
	if e.Kind == kind {
		return e.Name
	}
	return ""
}

// recordID is what rows of one record have in common, the record's own row included.
func recordID(e *monitor.Event) string {
	if e.Kind == monitor.KindRecord {
		return e.ID
	}
	return e.RecordID
}

func outcome(e *monitor.Event) string {
	switch e.Kind {
	case monitor.KindRecord:
		return e.Outcome.String()
	case monitor.KindUsage:
		return "" // it is no call: nothing succeeded or failed
	}
	return e.CallOutcome()
}

// givenErrorType is the error type as the event's writer had it, where that is not the class.
func givenErrorType(e *monitor.Event) string {
	if e.ErrorType == string(e.ErrorClass()) {
		return ""
	}
	return e.ErrorType
}
