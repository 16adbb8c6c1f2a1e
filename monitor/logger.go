package monitor

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Logger returns a logger to the monitor's log handlers (WithLogHandlers, WithLogDir), or to [slog.Default] when there
// are none. A record waits in a bounded queue for the goroutine of each handler: logging never waits for a slow one. A
// record that finds the queue full, or the monitor shut down, is counted in
// genmeter_events_dropped_total{reason="queue"}. What a record points to must not change after: it is read later.
func (m *Monitor) Logger() *slog.Logger {
	if m == nil || len(m.loggers) == 0 {
		return slog.Default()
	}
	return slog.New(m.loggers)
}

// logFan is a slog.Handler that queues each record for several.
type logFan []logBranch

// logBranch is a log handler with the driver that it has.
type logBranch struct {
	driver  *handler
	handler slog.Handler
}

// Enabled reports whether any of the handlers wants the level.
func (f logFan) Enabled(ctx context.Context, l slog.Level) bool {
	for _, b := range f {
		if b.handler.Enabled(ctx, l) {
			return true
		}
	}
	return false
}

// Handle queues the record.
func (f logFan) Handle(ctx context.Context, r slog.Record) error {
	ctx = context.WithoutCancel(ctx)
	for _, b := range f {
		if b.handler.Enabled(ctx, r.Level) {
			b.driver.enqueue(logEntry{ctx, b.handler, r.Clone()})
		}
	}
	return nil
}

// WithAttrs returns a logFan whose handlers have the attributes.
func (f logFan) WithAttrs(attrs []slog.Attr) slog.Handler {
	return f.each(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup returns a logFan whose handlers have the group.
func (f logFan) WithGroup(name string) slog.Handler {
	return f.each(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (f logFan) each(with func(slog.Handler) slog.Handler) slog.Handler {
	derived := make(logFan, len(f))
	for i, b := range f {
		derived[i] = logBranch{b.driver, with(b.handler)}
	}
	return derived
}

// logRecord returns the record of a complete event, as the seed logs it: its fields are in the group "data". A Begin
// has none.
func (e *Event) logRecord() (slog.Record, bool) {
	if e.Kind == KindBegin {
		return slog.Record{}, false
	}
	r := slog.NewRecord(e.Time, slog.LevelInfo, e.Kind.String()+" metrics", 0)
	r.AddAttrs(slog.Attr{Key: "data", Value: slog.GroupValue(e.fields()...)})
	return r, true
}

// fields returns what the event reports under the keys of event lines.
func (e *Event) fields() []Attr {
	f := fieldList(make([]Attr, 0, 16))
	f.add(String("event", e.Kind.String()))
	f.add(slog.Time("timestamp", e.Time.UTC()))
	f.text("id", e.ID)
	switch e.Kind {
	case KindGeneration, KindEvaluation:
		f.seconds("duration", e.Duration)
		f.add(Bool("success", e.Success))
		e.usageFields(&f)
		e.callFields(&f)
	case KindUsage:
		e.usageFields(&f)
		f.text("record_id", e.RecordID)
	case KindRecord:
		f.add(String("outcome", e.Outcome.String()))
		f.text("reason", e.Name)
	case KindMetric:
		f.text("metric", e.Name)
		f.add(Float64("value", e.Value))
	case KindTarget:
		f.add(slog.Int64("records", int64(e.Value)))
	}
	return append(f, e.ownAttrs()...)
}

// ownAttrs returns the caller's attributes: beside the fields, or in a group of their own when one of them has a field's
// name and would be read as that.
func (e *Event) ownAttrs() []Attr {
	if slices.ContainsFunc(e.Attrs, func(a Attr) bool { return lineKeys[a.Key] }) {
		return []Attr{{Key: "attributes", Value: slog.GroupValue(e.Attrs...)}}
	}
	return e.Attrs
}

// lineKeys are the keys that mean something in an event line.
var lineKeys = func() map[string]bool {
	keys := make(map[string]bool)
	for key := range strings.FieldsSeq(`event id timestamp duration success model_name model provider operation step
		prompt_token_count completion_token_count total_token_count cached_token_count cache_write_token_count
		reasoning_token_count finish_reason conversation_length turns error error_type cost_usd cache_hit batch
		time_to_first_token attempt record_id evaluator_type evaluator scores outcome reason records metric value metadata
		attributes`) {
		keys[key] = true
	}
	return keys
}()

// usageFields adds what was used, and for what.
func (e *Event) usageFields(f *fieldList) {
	f.text("provider", e.Provider)
	f.text("model_name", e.Model)
	f.text("operation", e.Operation)
	f.text("step", e.Step)
	f.count("prompt_token_count", e.PromptTokens)
	f.count("completion_token_count", e.CompletionTokens)
	f.count("total_token_count", e.TotalTokens)
	f.count("cached_token_count", e.CachedTokens)
	f.count("cache_write_token_count", e.CacheWriteTokens)
	f.count("reasoning_token_count", e.ReasoningTokens)
	if e.CostUSD > 0 {
		f.add(Float64("cost_usd", e.CostUSD))
	}
}

func (e *Event) callFields(f *fieldList) {
	f.text("finish_reason", e.FinishReason)
	f.count("conversation_length", int64(e.Turns))
	f.seconds("time_to_first_token", e.TimeToFirstToken)
	f.count("attempt", int64(e.Attempt))
	f.text("record_id", e.RecordID)
	f.text("error", e.Error)
	f.text("error_type", e.ErrorType)
	f.flag("cache_hit", e.CacheHit)
	f.flag("batch", e.Batch)
	if e.Kind == KindEvaluation {
		f.text("evaluator_type", e.Name)
		f.add(slog.Attr{Key: "scores", Value: slog.GroupValue(scoreFields(e.Scores)...)})
	}
}

// scoreFields returns scores as event lines have them: a number, or a number with the judge's words.
func scoreFields(scores []Score) []Attr {
	fields := make([]Attr, len(scores))
	for i, s := range scores {
		fields[i] = Float64(s.Name, s.Value)
		if s.Feedback != "" {
			fields[i] = slog.Group(s.Name, Float64("score", s.Value), String("feedback", s.Feedback))
		}
	}
	return fields
}

// fieldList gathers the fields that are reported.
type fieldList []Attr

func (f *fieldList) add(a Attr) { *f = append(*f, a) }

func (f *fieldList) text(key, value string) {
	if value != "" {
		f.add(String(key, value))
	}
}

func (f *fieldList) count(key string, n int64) {
	if n > 0 {
		f.add(slog.Int64(key, n))
	}
}

func (f *fieldList) seconds(key string, d time.Duration) {
	if d > 0 {
		f.add(Float64(key, inSeconds(d)))
	}
}

func (f *fieldList) flag(key string, set bool) {
	if set {
		f.add(Bool(key, true))
	}
}
