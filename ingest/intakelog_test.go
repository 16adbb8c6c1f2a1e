package ingest

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// loggedIntake returns an intake and what it logs, without times.
func loggedIntake(t *testing.T) (*Intake, *bytes.Buffer) {
	var log bytes.Buffer
	in := NewIntake(intakeMonitor(t), nil, nil)
	in.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	return in, &log
}

// TestTellRejectedIsBounded: a road that sends nonsense for days does not fill the disk, nor silence another.
func TestTellRejectedIsBounded(t *testing.T) {
	in, log := loggedIntake(t)
	for i := range 1000 {
		in.TellRejected(t.Context(), "http", monitor.ReasonMalformed, func() string { return fmt.Sprint("line ", i+1) })
	}
	in.TellRejected(t.Context(), "otlp", monitor.ReasonMalformed, func() string { return "a span" })
	var want strings.Builder
	for i := range 10 {
		fmt.Fprintf(&want, "level=WARN msg=\"line %d\" road=http reason=malformed\n", i+1)
	}
	want.WriteString(`level=WARN msg="more problems of this kind" road=http reason=malformed more=90 in_all=100
level=WARN msg="more problems of this kind" road=http reason=malformed more=900 in_all=1000
level=WARN msg="a span" road=otlp reason=malformed
`)
	if log.String() != want.String() {
		t.Errorf("logged\n%s\nwant\n%s", log, &want)
	}
}

// TestIntakeLogsValues: what the monitor takes out of events is logged once, and whole events are their road's to tell.
func TestIntakeLogsValues(t *testing.T) {
	in, log := loggedIntake(t)
	_, err := in.Take(t.Context(), "http", []monitor.Event{
		{Kind: monitor.KindGeneration, PromptTokens: -1, Attempt: -1},
		{Kind: monitor.KindRecord, Time: time.Now().Add(time.Hour)},
	})
	const value = `level=WARN msg="a value of an event is left out: it cannot be" road=http reason=negative` + "\n"
	if err != nil || log.String() != value+value {
		t.Errorf("%v, logged\n%s", err, log)
	}
}

// TestOTLPIntakeLogs: what an exporter is told, the operator can read.
func TestOTLPIntakeLogs(t *testing.T) {
	in, log := loggedIntake(t)
	body := `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708",` +
		`"endTimeUnixNano":"4102444800000000000","attributes":[` +
		`{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},` +
		`{"key":"gen_ai.usage.input_tokens","value":{"stringValue":"many"}}]}]}]}]}`
	o := NewOTLPIntake(in, OTLPOptions{})
	rejected, warning, err := o.Traces(t.Context(), time.Now(), []byte(body), OTLPJSON)
	if err != nil || rejected != 1 || !strings.HasPrefix(warning, "1 values are left out") {
		t.Errorf("%d rejected, %q, %v", rejected, warning, err)
	}
	body = strings.Replace(body, `"stringValue":"many"`, `"intValue":"7"`, 1)
	rejected, warning, err = o.Traces(t.Context(), time.Now(), []byte(body), OTLPJSON)
	if err != nil || rejected != 1 || !strings.HasPrefix(warning, "found a generation of 2100-01-01T00:00:00Z, expected a time ") {
		t.Errorf("%d rejected, %q, %v", rejected, warning, err)
	}
	for _, want := range []string{
		`gen_ai.usage.input_tokens: found \"many\", expected a whole number; the value is left out" road=otlp reason=wrong_type`,
		`msg="found a generation of 2100-01-01T00:00:00Z, expected a time no more than 5 min ahead of this host's clock; the event is refused" road=otlp reason=future`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("it lacks %s:\n%s", want, log)
		}
	}
}

// TestTellWarning: each key is warned of once, and a sender of ever new ones does not fill the disk.
func TestTellWarning(t *testing.T) {
	in, log := loggedIntake(t)
	for range 3 {
		in.TellWarning(t.Context(), "http", Warning{Line: 2, Key: "latency", Text: "latency is an attribute"})
	}
	if want := `level=WARN msg="line 2: latency is an attribute" road=http` + "\n"; log.String() != want {
		t.Errorf("logged\n%s\nwant\n%s", log, want)
	}
	for i := range 1000 {
		in.TellWarning(t.Context(), "http", Warning{Line: 1, Key: fmt.Sprint(i)})
	}
	if n := strings.Count(log.String(), "\n"); n != maxWarned {
		t.Errorf("%d lines", n)
	}
}
