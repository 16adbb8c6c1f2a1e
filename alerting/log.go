package alerting

import (
	"context"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"time"
)

type logHandler struct{ logger *slog.Logger }

// Log returns a Handler that logs a record for each alert: at Error, Warn or Info, as the alert's level is, while it
// fires, and at Info when it is resolved. The message is the alert's; its attributes are alert (the rule's name), state,
// severity (as Prometheus names it; the key "level" is the record's own), value, threshold, starts_at, when resolved
// ends_at, and the group labels. A nil logger means [slog.Default] at the time of the alert. What the logger's handler
// fails with is the Handler's error. It may be used by several goroutines if the logger may.
func Log(logger *slog.Logger) Handler { return logHandler{logger} }

// Name is the value of the handler label.
func (logHandler) Name() string { return "log" }

func (h logHandler) HandleAlert(ctx context.Context, a Alert) error {
	logger := h.logger
	if logger == nil {
		logger = slog.Default()
	}
	level := logLevel(&a)
	if !logger.Enabled(ctx, level) {
		return nil
	}
	// Not logger.LogAttrs, which keeps the error to itself.
	var pc [1]uintptr
	runtime.Callers(1, pc[:]) // loggers that show where a record comes from show this line
	r := slog.NewRecord(time.Now(), level, a.Message, pc[0])
	r.AddAttrs(slog.String("alert", a.Name), slog.String("state", a.State.String()),
		slog.String("severity", a.Level.Severity()), slog.Float64("value", a.Value),
		slog.Float64("threshold", a.Threshold), slog.Time("starts_at", a.StartsAt))
	if !a.EndsAt.IsZero() {
		r.AddAttrs(slog.Time("ends_at", a.EndsAt))
	}
	r.AddAttrs(slog.Attr{Key: "labels", Value: slog.GroupValue(labelAttrs(a.Labels)...)})
	return logger.Handler().Handle(ctx, r)
}

func logLevel(a *Alert) slog.Level {
	switch {
	case a.State == Resolved || a.Level == Info:
		return slog.LevelInfo
	case a.Level == Warning:
		return slog.LevelWarn
	default:
		return slog.LevelError
	}
}

func labelAttrs(labels map[string]string) []slog.Attr {
	var attrs []slog.Attr
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		attrs = append(attrs, slog.String(name, labels[name]))
	}
	return attrs
}
