package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
)

// logOpenTelemetry sends what OpenTelemetry's libraries have to say to logger. That is global, so once a process.
func logOpenTelemetry(logger *slog.Logger) {
	otel.SetErrorHandler(&otelErrors{logger: logger})
	otel.SetLogger(logr.FromSlogHandler(otelWarnings{logger.Handler()}))
}

// otelErrors logs the errors that OpenTelemetry has nobody to return to. One that repeats is logged once.
type otelErrors struct {
	logger *slog.Logger
	mu     sync.Mutex
	last   string
}

func (h *otelErrors) Handle(err error) {
	if p, ok := errors.AsType[*pushError](err); ok {
		p.to.failures.add(p)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if text := err.Error(); text != h.last {
		h.last = text
		h.logger.Warn("OpenTelemetry reports a problem", "err", text)
	}
}

// otelWarnings is a handler of OpenTelemetry's own log that drops all but warnings and errors. Its levels are those of
// logr: 1 below info is a warning.
type otelWarnings struct{ slog.Handler }

func (h otelWarnings) Enabled(ctx context.Context, level slog.Level) bool {
	return (level >= slog.LevelError || level == slog.LevelInfo-1) && h.Handler.Enabled(ctx, slog.LevelWarn)
}

func (h otelWarnings) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, slog.LevelWarn, "OpenTelemetry: "+r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "input" || a.Key == "value" { // of a variable, which may hold a password
			a.Value = slog.StringValue("<hidden>")
		}
		out.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, out)
}

func (h otelWarnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return otelWarnings{h.Handler.WithAttrs(attrs)}
}

func (h otelWarnings) WithGroup(name string) slog.Handler {
	return otelWarnings{h.Handler.WithGroup(name)}
}
