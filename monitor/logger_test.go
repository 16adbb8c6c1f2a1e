package monitor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// jsonLog is a log handler that writes lines of JSON without times to a buffer, after it has done what do does.
type jsonLog struct {
	slog.Handler
	name string
	do   func() error
}

func newJSONLog(name string, buf *syncBuffer, level slog.Level, do func() error) jsonLog {
	return jsonLog{slog.NewJSONHandler(buf, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				return slog.Attr{}
			}
			return a
		},
	}), name, do}
}

func (l jsonLog) Name() string { return l.name }

func (l jsonLog) Handle(ctx context.Context, r slog.Record) error {
	if l.do != nil {
		if err := l.do(); err != nil {
			return err
		}
	}
	return l.Handler.Handle(ctx, r)
}

func (l jsonLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return jsonLog{l.Handler.WithAttrs(attrs), l.name, l.do}
}

func (l jsonLog) WithGroup(name string) slog.Handler {
	return jsonLog{l.Handler.WithGroup(name), l.name, l.do}
}

// TestLoggerReachesEveryHandler: the seed's log_info, log_warning and log_error.
func TestLoggerReachesEveryHandler(t *testing.T) {
	var all, warnings, failing syncBuffer
	r := newRig(t, WithLogHandlers(
		newJSONLog("all", &all, slog.LevelDebug, nil),
		newJSONLog("failing", &failing, slog.LevelDebug, func() error { panic("no") }),
		newJSONLog("warnings", &warnings, slog.LevelWarn, nil),
	))
	log := r.Logger().With("run", 7).WithGroup("g").With("a", "b")
	log.Debug("one")
	log.Info("two", "n", 2)
	log.Warn("three", "err", errors.New("x"))
	log.Error("four")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Logger().InfoContext(ctx, "five") // the context's end is nothing to a log
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	const three = `{"level":"WARN","msg":"three","run":7,"g":{"a":"b","err":"x"}}` + "\n"
	const four = `{"level":"ERROR","msg":"four","run":7,"g":{"a":"b"}}` + "\n"
	if got, want := all.String(), `{"level":"DEBUG","msg":"one","run":7,"g":{"a":"b"}}`+"\n"+
		`{"level":"INFO","msg":"two","run":7,"g":{"a":"b","n":2}}`+"\n"+three+four+
		`{"level":"INFO","msg":"five"}`+"\n"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := warnings.String(); got != three+four {
		t.Errorf("got %s", got)
	}
	if got := r.sum("genmeter.handler_errors", "handler", "failing"); got != 5 || failing.String() != "" {
		t.Errorf("%d errors, want 5", got)
	}
	if !log.Enabled(t.Context(), slog.LevelDebug) || log.Enabled(t.Context(), slog.LevelDebug-1) {
		t.Error("the levels are not those of the handlers")
	}
	r.stop()
	log.Info("late")
	if got := r.sum("genmeter.events_dropped", "handler", "all", "reason", "queue"); got != 1 {
		t.Errorf("%d records after Shutdown counted", got)
	}
	if strings.Contains(all.String(), "late") {
		t.Error("delivered after Shutdown")
	}
}

func TestLoggerWithoutHandlers(t *testing.T) {
	var buf bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&buf, nil)))
	r := newRig(t)
	defer r.stop()
	r.Logger().Info("to the default")
	(*Monitor)(nil).Logger().Info("of nil too")
	if got := buf.String(); !strings.Contains(got, "to the default") || !strings.Contains(got, "of nil too") {
		t.Errorf("got %s", got)
	}
}

// TestLogQueueIsBounded: a stuck handler holds up nobody who logs; what finds its queue full is counted, and the events
// still come by their own road.
func TestLogQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stuck, good syncBuffer
		release := make(chan struct{})
		r := newRig(t, WithLogHandlers(
			newJSONLog("stuck", &stuck, slog.LevelInfo, func() error { <-release; return nil }),
			newJSONLog("good", &good, slog.LevelInfo, nil),
		))
		const n = 3000
		log := r.Logger()
		for i := range n {
			log.Info("queue", "i", i)
			if i%100 == 0 {
				synctest.Wait()
			}
		}
		ctx, cancel := timeout(t, time.Second)
		defer cancel()
		if err := r.Flush(ctx); err == nil || !strings.Contains(err.Error(),
			`handler "stuck" has not dealt with the last 1025 log records`) {
			t.Errorf("Flush: %v", err)
		}
		r.TrackGeneration(t.Context(), small(1))
		close(release)
		r.stop()
		given, lost := int64(stuck.has("queue")), r.sum("genmeter.events_dropped", "handler", "stuck", "reason", "queue")
		if given != logQueue+1 || given+lost != n {
			t.Errorf("%d given, %d lost of %d", given, lost, n)
		}
		if got := good.has("queue"); got != n || r.dropped("good") != 0 {
			t.Errorf("the other was given %d, lost %d", got, r.dropped("good"))
		}
		if stuck.has("generation metrics") != 1 || good.has("generation metrics") != 1 {
			t.Error("the event is not there")
		}
	})
}

// TestQueuedRecordsAreCountedAtShutdown: those that wait for a handler that does not return.
func TestQueuedRecordsAreCountedAtShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var buf syncBuffer
		release := make(chan struct{})
		r := newRig(t, WithLogHandlers(newJSONLog("stuck", &buf, slog.LevelInfo, func() error { <-release; return nil })))
		for range 11 {
			r.Logger().Info("queue")
		}
		synctest.Wait()
		ctx, cancel := timeout(t, time.Second)
		defer cancel()
		err := r.Shutdown(ctx)
		if err == nil || !strings.Contains(err.Error(), `handler "stuck" does not return: 10 more events not delivered`) {
			t.Errorf("Shutdown: %v", err)
		}
		if got := r.sum("genmeter.events_dropped", "handler", "stuck", "reason", "shutdown"); got != 10 {
			t.Errorf("%d counted", got)
		}
		close(release)
	})
}

// TestCompleteEventsAreLogged: the seed's row on LogHandler. Each event is one record with its fields in group data.
func TestCompleteEventsAreLogged(t *testing.T) {
	var buf syncBuffer
	r := newRig(t, WithLogHandlers(newJSONLog("log", &buf, slog.LevelInfo, nil)))
	at := time.Date(2026, 11, 24, 19, 57, 10, 0, time.UTC)
	r.TrackGeneration(t.Context(), Generation{
		Time: at, Duration: 1500 * time.Millisecond, TimeToFirstToken: time.Second, Provider: "openai", Model: "m",
		Operation: "chat", Step: "answer", PromptTokens: 1, CompletionTokens: 2, TotalTokens: 9, CachedTokens: 1,
		CacheWriteTokens: 1, ReasoningTokens: 1, CostUSD: 0.5, FinishReason: "stop", Turns: 3, Attempt: 2, RecordID: "r",
		ID: "g", Error: "429", ErrorType: "rate_limit", Batch: true, Attrs: []Attr{String("k", "v")},
	})
	r.TrackEvaluation(t.Context(), Evaluation{
		Time: at, Success: true, Evaluator: "judge", Scores: []Score{{"a", 0.5, "ok"}, {"b", -1, ""}},
	})
	r.TrackRecord(t.Context(), Record{Time: at, ID: "r", Outcome: Failed, Reason: "why"})
	r.RecordMetric(t.Context(), "depth", 7, slog.Time("timestamp", at))
	r.Track(t.Context(), Event{Kind: KindTarget, Value: 10, Time: at})
	r.Begin(Generation{Model: "m"})
	r.stop()
	want := []string{
		`{"level":"INFO","msg":"generation metrics","data":{"event":"generation","timestamp":"2026-11-24T19:57:10Z","id":"g",
			"duration":1.5,"success":false,"provider":"openai","model_name":"m","operation":"chat","step":"answer",
			"prompt_token_count":1,"completion_token_count":2,"total_token_count":9,"cached_token_count":1,
			"cache_write_token_count":1,"reasoning_token_count":1,"cost_usd":0.5,"finish_reason":"stop",
			"conversation_length":3,"time_to_first_token":1,"attempt":2,"record_id":"r","error":"429",
			"error_type":"rate_limit","batch":true,"k":"v"}}`,
		`{"level":"INFO","msg":"evaluation metrics","data":{"event":"evaluation","timestamp":"2026-11-24T19:57:10Z",
			"success":true,"evaluator_type":"judge","scores":{"a":{"score":0.5,"feedback":"ok"},"b":-1}}}`,
		`{"level":"INFO","msg":"record metrics","data":{"event":"record","timestamp":"2026-11-24T19:57:10Z","id":"r",
			"outcome":"failed","reason":"why"}}`,
		`{"level":"INFO","msg":"metric metrics","data":{"event":"metric","timestamp":"2026-11-24T19:57:10Z",
			"metric":"depth","value":7}}`,
		`{"level":"INFO","msg":"target metrics","data":{"event":"target","timestamp":"2026-11-24T19:57:10Z",
			"records":10}}`,
	}
	lines := strings.Split(strings.TrimSpace(buf.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d records, want %d:\n%s", len(lines), len(want), buf.String())
	}
	for i := range want {
		if got, want := decode(t, lines[i]), decode(t, want[i]); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
	}
}

func decode(t *testing.T, s string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%v: %s", err, s)
	}
	return v
}
