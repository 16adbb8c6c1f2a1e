package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel/sdk/metric"
)

// plainLogger writes level, message and attributes without times.
func plainLogger(w *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// TestFailuresAreLoggedOnce: a burst of equal failures is one line, and its end another.
func TestFailuresAreLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	f := &failures{logger: plainLogger(&log)}
	h := &otelErrors{logger: plainLogger(&log)}
	fail := func(cause string, err error) error {
		return fmt.Errorf("wrapped: %w", &pushError{to: &receiver{url: "u", failures: f}, cause: cause, advice: "why?", err: err})
	}
	f.over("u") // nothing to tell
	for range 3 {
		h.Handle(fail("refused", nil))
	}
	h.Handle(fail("interrupted", context.Canceled)) // by the end of the program
	h.Handle(fail("503", nil))
	f.over("u")
	f.over("u")
	h.Handle(fail("503", nil))
	for range 2 {
		h.Handle(metric.ErrReaderNotRegistered)
	}
	h.Handle(errors.New("another"))
	const want = `level=WARN msg="pushing metrics failed; the next interval tries again" url=u err="refused; why?"
level=WARN msg="pushing metrics failed; the next interval tries again" url=u err="503; why?"
level=INFO msg="pushing metrics works again" url=u failures=4
level=WARN msg="pushing metrics failed; the next interval tries again" url=u err="503; why?"
level=WARN msg="OpenTelemetry reports a problem" err="reader is not registered"
level=WARN msg="OpenTelemetry reports a problem" err=another
`
	if got := log.String(); got != want {
		t.Errorf("the log is\n%s\nwant\n%s", got, want)
	}
}

// TestOpenTelemetryWarns: of its own log warnings and errors are kept, without what may be a secret.
func TestOpenTelemetryWarns(t *testing.T) {
	var log bytes.Buffer
	l := logr.FromSlogHandler(otelWarnings{plainLogger(&log).Handler()})
	l.V(8).Info("debug")
	l.V(4).Info("information")
	l.V(1).Info("warning", "name", "x")
	l.Error(errors.New("missing ="), "parse headers", "input", "secret")
	const want = `level=WARN msg="OpenTelemetry: warning" name=x
level=WARN msg="OpenTelemetry: parse headers" err="missing =" input=<hidden>
`
	if got := log.String(); got != want {
		t.Errorf("the log is\n%s\nwant\n%s", got, want)
	}
}
