package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// clock stands where the test puts it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newMonitor(t *testing.T, opts ...monitor.Option) *monitor.Monitor {
	t.Helper()
	mon, err := monitor.New(noop.NewMeterProvider(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := mon.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return mon
}

// get asks h for path and returns the status and the decoded answer.
func get(t *testing.T, h http.Handler, path string) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("GET %s: content type %q", path, got)
	}
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("GET %s: %v in %s", path, err, w.Body)
	}
	return w.Code, answer
}

// want compares single fields of an answer; nil is JSON's null, which is not the same as absent.
func want(t *testing.T, path string, answer, fields map[string]any) {
	t.Helper()
	for name, value := range fields {
		if got, ok := answer[name]; !ok || got != value {
			t.Errorf("GET %s: %s is %v (there: %t), want %v", path, name, got, ok, value)
		}
	}
}

func TestAggregate(t *testing.T) {
	c := &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	mon := newMonitor(t, monitor.WithClock(c.now))
	h := web.Handler(mon)
	call := func(model, step string, d time.Duration) {
		mon.TrackGeneration(t.Context(), monitor.Generation{Duration: d, Success: true, Model: model, Step: step})
	}
	call("a", "draft", 10*time.Second)
	c.add(30 * time.Minute)
	call("a", "draft", 1*time.Second)
	call("a", "judge", 2*time.Second)
	call("b", "draft", 3*time.Second)

	for path, fields := range map[string]map[string]any{
		"/api/v1/aggregate?metric=generation_time": {
			"metric": "generation_time", "window_seconds": 0.0, "count": 4.0, "sum": 16.0, "mean": 4.0, "min": 1.0, "max": 10.0,
			"coverage": 1.0, "quantile_coverage": 1.0,
		},
		"/api/v1/aggregate?metric=generation_time&window=5m": {
			"window_seconds": 300.0, "count": 3.0, "sum": 6.0, "mean": 2.0, "min": 1.0, "max": 3.0, "p50": 2.0,
		},
		"/api/v1/aggregate?metric=generation_time&window=1d":               {"window_seconds": 86400.0},
		"/api/v1/aggregate?metric=generation_time&window=5m&model=b":       {"model": "b", "count": 1.0, "mean": 3.0},
		"/api/v1/aggregate?metric=generation_time&window=5m&step=judge":    {"step": "judge", "count": 1.0, "mean": 2.0},
		"/api/v1/aggregate?metric=generation_time&window=5m&model=nothing": {"count": 0.0, "mean": nil},
		"/api/v1/aggregate?metric=success_rate":                            {"count": 4.0, "mean": 1.0},
	} {
		status, answer := get(t, h, path)
		if status != http.StatusOK {
			t.Errorf("GET %s: status %d: %v", path, status, answer)
		}
		want(t, path, answer, fields)
	}
}

// Nothing recorded is null, never a 0 that looks like data.
func TestAggregateWithoutSamples(t *testing.T) {
	h := web.Handler(newMonitor(t))
	for _, path := range []string{
		"/api/v1/aggregate?metric=generation_time",
		"/api/v1/aggregate?metric=generation_time&window=5m",
		"/api/v1/aggregate?metric=nobody_knows_it&window=5m",
	} {
		status, answer := get(t, h, path)
		if status != http.StatusOK {
			t.Errorf("GET %s: status %d", path, status)
		}
		want(t, path, answer, map[string]any{
			"count": 0.0, "sum": 0.0, "mean": nil, "min": nil, "max": nil, "p50": nil, "p90": nil, "p95": nil, "p99": nil,
			"known": false,
		})
	}
}

// TestAggregateOfAMisspeltMetric: a name that nobody has recorded is told from a window without samples.
func TestAggregateOfAMisspeltMetric(t *testing.T) {
	mon := newMonitor(t)
	h := web.Handler(mon)
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "a", FinishReason: "stop", Duration: time.Second})
	mon.RecordMetric(t.Context(), "queue_depth", 1)
	for metric, want := range map[string]string{ // count, known and similar
		"generation_time":                 "1 true <nil>",
		"generation_time&model=nothing":   "0 true <nil>",
		"finish_reason:FinishReason.STOP": "1 true <nil>",
		"generation-tmie&window=5m":       "0 false [generation_time]",
		"queu_depth":                      "0 false [queue_depth]",
		"evaluation_score_coherence":      "0 false <nil>",
	} {
		status, answer := get(t, h, "/api/v1/aggregate?metric="+metric)
		if got := fmt.Sprint(answer["count"], answer["known"], answer["similar"]); status != http.StatusOK || got != want {
			t.Errorf("%s: %d %s, want %s", metric, status, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	mon := newMonitor(t)
	h := web.Handler(mon)
	_, empty := get(t, h, "/api/v1/tokens")
	if models, ok := empty["by_model"].([]any); !ok || len(models) != 0 {
		t.Errorf("without calls by_model is %v, want an empty list", empty["by_model"])
	}
	mon.TrackGeneration(t.Context(), monitor.Generation{
		Success: true, Model: "b", PromptTokens: 100, CompletionTokens: 20, TotalTokens: 150,
		CachedTokens: 40, CacheWriteTokens: 5, ReasoningTokens: 7, CostUSD: 0.25,
	})
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "a", PromptTokens: 3, CompletionTokens: 4})

	const path = "/api/v1/tokens?window=1h"
	_, answer := get(t, h, path)
	want(t, path, answer, map[string]any{
		"window_seconds": 3600.0, "total_prompt_tokens": 103.0, "total_completion_tokens": 24.0, "total_tokens": 157.0,
		"total_cost_usd": 0.25, "total_unpriced_tokens": 7.0,
	})
	models := answer["by_model"].([]any)
	if len(models) != 2 {
		t.Fatalf("models: %v", models)
	}
	want(t, path, models[0].(map[string]any), map[string]any{
		"model_name": "a", "calls": 1.0, "prompt_tokens": 3.0, "completion_tokens": 4.0, "total_tokens": 7.0,
		"cost_usd": nil, "unpriced_tokens": 7.0,
	})
	want(t, path, models[1].(map[string]any), map[string]any{
		"model_name": "b", "calls": 1.0, "prompt_tokens": 100.0, "completion_tokens": 20.0, "total_tokens": 150.0,
		"cached_tokens": 40.0, "cache_write_tokens": 5.0, "reasoning_tokens": 7.0, "cost_usd": 0.25, "unpriced_tokens": 0.0,
	})
}

func TestProgress(t *testing.T) {
	c := &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	mon := newMonitor(t, monitor.WithClock(c.now))
	h := web.Handler(mon)
	const path = "/api/v1/progress"
	_, answer := get(t, h, path)
	want(t, path, answer, map[string]any{
		"cost_usd": nil, "done": 0.0, "target": nil, "eta_seconds": nil, "last_success": nil, "projected_cost_usd": nil, "calls": 0.0,
	})

	mon.SetTarget(4)
	for i, outcome := range []monitor.RecordOutcome{monitor.Accepted, monitor.Rejected, monitor.Failed, monitor.Accepted} {
		c.add(10 * time.Second)
		mon.TrackGeneration(t.Context(), monitor.Generation{Success: i < 3, Error: "timed out", Model: "a"})
		mon.TrackRecord(t.Context(), monitor.Record{Outcome: outcome})
	}
	_, answer = get(t, h, path)
	want(t, path, answer, map[string]any{
		"done": 2.0, "rejected": 1.0, "failed": 1.0, "target": 4.0, "calls": 4.0, "failures": 1.0, "in_progress": 0.0,
		"last_success": "2026-03-01T12:00:30Z",
	})
	if eta, ok := answer["eta_seconds"].(float64); !ok || eta <= 0 {
		t.Errorf("eta_seconds is %v with half of the records done", answer["eta_seconds"])
	}

	mon.SetTarget(2)
	_, answer = get(t, h, path)
	want(t, path, answer, map[string]any{"target": 2.0, "eta_seconds": 0.0})
}

func TestErrors(t *testing.T) {
	mon := newMonitor(t)
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Duration: time.Second, Model: "m"})
	mon.RecordMetric(t.Context(), "queue_depth", 3)
	h := web.Handler(mon)
	for _, c := range []struct {
		path   string
		status int
		says   []string
	}{
		{"/api/v1/aggregate", http.StatusBadRequest, []string{"metric", "generation_time", "success_rate", "queue_depth"}},
		{"/api/v1/aggregate?metric=", http.StatusBadRequest, []string{"generation_time"}},
		{"/api/v1/aggregate?metric=x&window=5", http.StatusBadRequest, []string{`"5"`, "1h30m"}},
		{"/api/v1/aggregate?metric=x&window=-5m", http.StatusBadRequest, []string{"-5m"}},
		{"/api/v1/aggregate?metric=x&widnow=5m", http.StatusBadRequest, []string{"widnow", "window"}},
		{"/api/v1/aggregate?metric=x&metric=y", http.StatusBadRequest, []string{"once"}},
		{"/api/v1/aggregate?metric=%zz", http.StatusBadRequest, []string{"query"}},
		{"/api/v1/tokens?metric=x", http.StatusBadRequest, []string{"window"}},
		{"/api/v1/progress?window=5m", http.StatusBadRequest, []string{"window"}},
		{"/api/v1/nothing", http.StatusNotFound, []string{"/api/v1/nothing"}},
		{"/favicon.ico", http.StatusNotFound, []string{"/favicon.ico"}},
	} {
		status, answer := get(t, h, c.path)
		if keys := slices.Collect(maps.Keys(answer)); status != c.status || len(keys) != 1 {
			t.Errorf("GET %s: status %d, %v", c.path, status, answer)
		}
		for _, word := range c.says {
			if text, _ := answer["error"].(string); !strings.Contains(text, word) {
				t.Errorf("GET %s: %q does not say %s", c.path, text, word)
			}
		}
	}
}

func TestMethods(t *testing.T) {
	h := web.Handler(newMonitor(t), web.WithMetrics("/metrics", http.NotFoundHandler()))
	for _, path := range []string{"/", "/metrics", "/api/v1/tokens", "/-/healthy"} {
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, "http://localhost"+path, strings.NewReader("{}")))
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: status %d, Allow %q", method, path, w.Code, w.Header().Get("Allow"))
			}
			if !strings.HasPrefix(w.Body.String(), `{"error":"`) {
				t.Errorf("%s %s: %s", method, path, w.Body)
			}
		}
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	resp, err := http.Head(srv.URL + "/api/v1/tokens")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ContentLength <= 0 {
		t.Errorf("HEAD: status %d, length %d", resp.StatusCode, resp.ContentLength)
	}
}

func TestPages(t *testing.T) {
	var notReady error
	h := web.Handler(newMonitor(t), web.WithReady(func() error { return notReady }),
		web.WithMetrics("/m", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("up 1\n")) })))
	page := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9464"+path, nil))
		for name, value := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
			if got := w.Header().Get(name); got != value {
				t.Errorf("GET %s: %s is %q, want %q", path, name, got, value)
			}
		}
		return w
	}
	for path, text := range map[string]string{"/": `href="m"`, "/m": "up 1", "/-/healthy": "healthy", "/-/ready": "ready"} {
		if w := page(path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), text) {
			t.Errorf("GET %s: status %d, %s", path, w.Code, w.Body)
		}
	}
	notReady = errors.New("shutting down")
	if w := page("/-/ready"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "shutting down") {
		t.Errorf("not ready: status %d, %s", w.Code, w.Body)
	}
}

// Asking while events are recorded: for the race detector, and no answer may see a part of an event.
func TestConcurrent(t *testing.T) {
	mon := newMonitor(t)
	h := web.Handler(mon)
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				_, a := get(t, h, "/api/v1/tokens")
				if p, c := a["total_prompt_tokens"].(float64), a["total_completion_tokens"].(float64); p != 2*c {
					t.Errorf("%v prompt tokens with %v completion tokens", p, c)
				}
				get(t, h, "/api/v1/aggregate?metric=generation_time&window=5m")
				get(t, h, "/api/v1/progress")
			}
		})
	}
	for range 2 {
		writers.Go(func() {
			for range 2000 {
				mon.TrackGeneration(t.Context(), monitor.Generation{
					Success: true, Duration: time.Second, Model: "m", PromptTokens: 2, CompletionTokens: 1,
				})
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	_, a := get(t, h, "/api/v1/tokens")
	want(t, "/api/v1/tokens", a, map[string]any{"total_tokens": 12000.0})
}

// TestModelOrStep: an answer never claims to be about both when it is about one.
func TestModelOrStep(t *testing.T) {
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mon.Shutdown(t.Context())
	r := httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/aggregate?metric=generation_time&model=m&step=s", nil)
	w := httptest.NewRecorder()
	web.Handler(mon).ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "exclude each other") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}
