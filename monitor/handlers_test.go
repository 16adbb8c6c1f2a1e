package monitor

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// rig is a Monitor whose instruments and own log can be read.
type rig struct {
	*Monitor
	t      testing.TB
	reader *sdkmetric.ManualReader
	log    syncBuffer
}

func newRig(t testing.TB, opts ...Option) *rig {
	t.Helper()
	r := &rig{t: t, reader: sdkmetric.NewManualReader()}
	opts = append([]Option{WithLogger(slog.New(slog.NewTextHandler(&r.log, nil)))}, opts...)
	m, err := New(sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.reader)), opts...)
	if err != nil {
		t.Fatal(err)
	}
	r.Monitor = m
	return r
}

// stop shuts down, and fails when anything was not delivered.
func (r *rig) stop() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour) // an end, where time is fake
	defer cancel()
	if err := r.Shutdown(ctx); err != nil {
		r.t.Error(err)
	}
}

// sum returns the value of a counter, in all of its series that have these labels (key, value, …).
func (r *rig) sum(name string, labels ...string) int64 {
	r.t.Helper()
	return sumOf(collectFrom(r.t, r.reader), name, labels...)
}

// dropped returns how many events a handler has lost, by every reason.
func (r *rig) dropped(handler string) int64 {
	r.t.Helper()
	return r.sum("genmeter.events_dropped", "handler", handler)
}

func collectFrom(t testing.TB, reader sdkmetric.Reader) *metricdata.ResourceMetrics {
	t.Helper()
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); err != nil {
		t.Error(err)
	}
	return &rm
}

func sumOf(rm *metricdata.ResourceMetrics, name string, labels ...string) (sum int64) {
	for _, scope := range rm.ScopeMetrics {
		for _, m := range scope.Metrics {
			data, ok := m.Data.(metricdata.Sum[int64])
			if m.Name != name || !ok {
				continue
			}
			for _, p := range data.DataPoints {
				if hasLabels(p.Attributes, labels) {
					sum += p.Value
				}
			}
		}
	}
	return sum
}

func hasLabels(set attribute.Set, labels []string) bool {
	for pair := range slices.Chunk(labels, 2) {
		if v, _ := set.Value(attribute.Key(pair[0])); v.AsString() != pair[1] {
			return false
		}
	}
	return true
}

// syncBuffer is a log that can be read while it is written.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// has returns how many lines have all of the texts.
func (b *syncBuffer) has(texts ...string) (n int) {
	for line := range strings.Lines(b.String()) {
		missing := func(s string) bool { return !strings.Contains(line, s) }
		if !slices.ContainsFunc(texts, missing) {
			n++
		}
	}
	return n
}

// sink is a MetricHandler that keeps the values it is given, after it has done what do does.
type sink struct {
	name string
	do   func(Metric) error

	mu     sync.Mutex
	values []float64
}

func (s *sink) Name() string { return s.name }

func (s *sink) HandleMetric(_ context.Context, m Metric) error {
	s.mu.Lock()
	s.values = append(s.values, m.Value)
	s.mu.Unlock()
	if s.do != nil {
		return s.do(m)
	}
	return nil
}

func (s *sink) got() []float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.values)
}

// numbers returns 0, 1, … n-1.
func numbers(n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = float64(i)
	}
	return list
}

// TestABadHandlerHarmsNobodyElse is the seed's row on metric_handlers: a handler that is slow, fails or panics is logged
// once and counted, and never stops the others or the generator.
func TestABadHandlerHarmsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		slow := &sink{name: "slow", do: func(Metric) error { <-release; return nil }}
		failing := &sink{name: "failing", do: func(Metric) error { return errors.New("no such table") }}
		panicking := &sink{name: "panicking", do: func(Metric) error { panic("index out of range") }}
		good := &sink{name: "good"}
		r := newRig(t, WithRingSize(256), WithMetricHandlers(slow, failing, panicking, good))

		const n = 1000
		start := time.Now()
		for i := range n {
			r.RecordMetric(t.Context(), "queue_depth", float64(i))
			if i%50 == 49 {
				time.Sleep(50 * time.Millisecond)
			}
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("recording took %v, want the second it slept", took)
		}
		if calls := len(slow.got()); calls != 1 {
			t.Fatalf("the slow handler has %d samples, want the one it sits on", calls)
		}
		if lost := r.dropped("slow"); lost == 0 {
			t.Error("a lapped handler that has not returned yet shows no loss")
		}
		close(release)
		r.stop()

		for _, s := range []*sink{failing, panicking, good} {
			if !slices.Equal(s.got(), numbers(n)) {
				t.Errorf("%s was given %d samples, want all %d in order", s.name, len(s.got()), n)
			}
			if lost := r.dropped(s.name); lost != 0 {
				t.Errorf("%s: %d counted as dropped", s.name, lost)
			}
		}
		given, lost := int64(len(slow.got())), r.sum("genmeter.events_dropped", "handler", "slow", "reason", "lapped")
		if given+lost != n || lost == 0 {
			t.Errorf("the slow handler was given %d and lost %d, want %d in all", given, lost, n)
		}
		if s := slow.got(); !slices.IsSorted(s) || s[len(s)-1] != n-1 {
			t.Error("the slow handler was not given the latest in order")
		}
		for handler, want := range map[string]int64{"slow": 0, "good": 0, "failing": n, "panicking": n} {
			if got := r.sum("genmeter.handler_errors", "handler", handler); got != want {
				t.Errorf("%s: %d errors, want %d", handler, got, want)
			}
		}
		for _, texts := range [][]string{
			{"level=ERROR", "handler=failing", "no such table"},
			{"level=ERROR", "handler=panicking", "index out of range"},
			{"level=WARN", "handler=slow", "reason=lapped"},
		} {
			if got := r.log.has(texts...); got != 1 {
				t.Errorf("%v: logged %d times, want once", texts, got)
			}
		}
	})
}

func TestEachBurstOfFailuresIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := errors.New("bad")
		h := &sink{name: "h", do: func(m Metric) error {
			if m.Value == 1 {
				return bad
			}
			return nil
		}}
		r := newRig(t, WithMetricHandlers(h))
		defer r.stop()
		record := func(v float64, gap time.Duration) {
			r.RecordMetric(t.Context(), "x", v)
			time.Sleep(gap)
		}
		for range 100 { // one good, one bad: still one burst
			record(1, time.Second)
			record(0, time.Second)
		}
		if got := r.log.has("handler=h", "bad"); got != 1 {
			t.Errorf("the first burst was logged %d times", got)
		}
		record(0, burstGap)
		record(1, time.Second)
		if got := r.log.has("handler=h", "bad"); got != 2 {
			t.Errorf("two bursts were logged %d times", got)
		}
	})
}

func TestEachBurstOfDropsIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		h := &sink{name: "h", do: func(m Metric) error {
			if m.Value == 1 {
				<-gate
			}
			return nil
		}}
		r := newRig(t, WithRingSize(256), WithMetricHandlers(h))
		defer r.stop()
		for burst := 1; burst <= 3; burst++ {
			r.RecordMetric(t.Context(), "x", 1)
			synctest.Wait()
			time.Sleep(time.Second)
			for range 1000 {
				r.RecordMetric(t.Context(), "x", 0)
			}
			gate <- struct{}{}
			time.Sleep(time.Second)
			for range 1000 { // the same burst
				r.RecordMetric(t.Context(), "x", 0)
			}
			time.Sleep(2 * burstGap)
			if got := r.log.has("handler=h", "reason=lapped"); got != burst {
				t.Errorf("after %d bursts: logged %d times\n%s", burst, got, r.log.String())
			}
		}
	})
}

// TestEverySampleOfAnEventReachesAFailingHandler: a failure costs its sample alone, and each is counted.
func TestEverySampleOfAnEventReachesAFailingHandler(t *testing.T) {
	h := &sink{name: "h", do: func(Metric) error { panic("always") }}
	r := newRig(t, WithMetricHandlers(h))
	r.TrackGeneration(t.Context(), Generation{Duration: 2 * time.Second, Success: true, PromptTokens: 7})
	r.stop()
	if want := []float64{2, 1, 0, 7, 7}; !slices.Equal(h.got(), want) {
		t.Errorf("got %v, want %v", h.got(), want)
	}
	if got := r.sum("genmeter.handler_errors", "handler", "h"); got != 5 {
		t.Errorf("%d errors, want one a sample", got)
	}
}

// buffered is a handler with all the further methods that a handler may have.
type buffered struct {
	sink
	flushed, closed int // samples it had at the latest Flush, and at Close
	failFlush       error
	failClose       error
}

func (b *buffered) Flush() error { b.flushed = len(b.values); return b.failFlush }
func (b *buffered) Close() error { b.closed = len(b.values); return b.failClose }

func TestHandlersAreFlushedAndClosed(t *testing.T) {
	h := &buffered{sink: sink{name: "h"}, closed: -1}
	r := newRig(t, WithMetricHandlers(h))
	r.RecordMetric(t.Context(), "x", 1)
	if err := r.Flush(t.Context()); err != nil || h.flushed != 1 || h.closed != -1 {
		t.Errorf("after Flush: %v, flushed at %d, closed at %d", err, h.flushed, h.closed)
	}
	r.RecordMetric(t.Context(), "x", 2)
	r.stop()
	if h.flushed != 2 || h.closed != 2 {
		t.Errorf("after Shutdown: flushed at %d, closed at %d, want 2", h.flushed, h.closed)
	}
}

func TestShutdownTellsOfAFailedClose(t *testing.T) {
	h := &buffered{sink: sink{name: "h"}, failClose: errors.New("quota reached")}
	r := newRig(t, WithMetricHandlers(h))
	err := r.Shutdown(t.Context())
	if want := `monitor: shutdown: handler "h": close: quota reached`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got := r.sum("genmeter.handler_errors", "handler", "h"); got != 1 {
		t.Errorf("%d errors", got)
	}
}

// TestAFailedFlushIsTriedAgain without any new event, and Flush of the Monitor waits for that.
func TestAFailedFlushIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &flaky{sink: sink{name: "h"}, failures: 3}
		r := newRig(t, WithMetricHandlers(h))
		defer r.stop()
		start := time.Now()
		r.RecordMetric(t.Context(), "x", 1)
		if err := r.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(start).Truncate(time.Second); took != 3*retryDelay {
			t.Errorf("Flush took %v, want 3 s", took)
		}
		if got := r.log.has("not yet"); got != 1 {
			t.Errorf("logged %d times", got)
		}
	})
}

type flaky struct {
	sink
	failures int
}

func (f *flaky) Flush() error {
	if len(f.got()) > 0 && f.failures > 0 {
		f.failures--
		return errors.New("not yet")
	}
	return nil
}

type nameless struct{}

func (nameless) HandleMetric(context.Context, Metric) error { return nil }

func TestHandlerNames(t *testing.T) {
	r := newRig(t, WithMetricHandlers(nameless{}, nameless{}, &sink{name: "mine"}),
		WithLogHandlers(slog.DiscardHandler))
	defer r.stop()
	var names []string
	for _, h := range r.handlers {
		names = append(names, h.cursor.Name())
	}
	want := []string{"monitor.nameless", "monitor.nameless-2", "mine", "slog.discardHandler"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}
