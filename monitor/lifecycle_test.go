package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func TestShutdownWithoutTime(t *testing.T) {
	for name, makeContext := range map[string]func() (context.Context, context.CancelFunc){
		"cancelled": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return ctx, cancel
		},
		"expired": func() (context.Context, context.CancelFunc) {
			return context.WithDeadline(context.Background(), time.Now())
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			slow := &sink{name: "slow", do: func(Metric) error { <-release; return nil }}
			r := newRig(t, WithMetricHandlers(slow))
			record(r.Monitor, 0, 1000)
			time.Sleep(time.Second)
			ctx, cancel := makeContext()
			defer cancel()
			err := r.Shutdown(ctx)
			want := `monitor: shutdown: handler "slow" does not return: 999 more events not delivered`
			if err == nil || err.Error() != want {
				t.Errorf("%s: got %v, want %s", name, err, want)
			}
			if again := r.Shutdown(context.Background()); again != err {
				t.Errorf("%s: the second time: %v", name, again)
			}
			close(release)
			synctest.Wait()
			given, lost := int64(len(slow.got())), r.sum("genmeter.events_dropped", "handler", "slow", "reason", "shutdown")
			if given != 1 || lost != 999 {
				t.Errorf("%s: %d given, %d counted", name, given, lost)
			}
		})
	}
}

// TestShutdownCountsLappedOnce: what a slow handler was lapped by is not counted again as not delivered.
func TestShutdownCountsLappedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		slow := &sink{name: "slow", do: func(Metric) error { <-release; return nil }}
		r := newRig(t, WithRingSize(256), WithMetricHandlers(slow))
		synctest.Wait() // until the handler waits
		record(r.Monitor, 0, 100)
		time.Sleep(time.Second)
		record(r.Monitor, 100, 1000)
		ctx, cancel := timeout(t, time.Second)
		defer cancel()
		err := r.Shutdown(ctx)
		close(release)
		synctest.Wait()
		// Of its batch of 64 it was given 1; the ring holds the last 256; the others were overwritten.
		lapped := r.sum("genmeter.events_dropped", "handler", "slow", "reason", "lapped")
		lost := r.sum("genmeter.events_dropped", "handler", "slow", "reason", "shutdown")
		if lapped != 1000-64-256 || lost != 63+256 || len(slow.got()) != 1 {
			t.Errorf("%d given, %d lapped, %d not delivered", len(slow.got()), lapped, lost)
		}
		if want := fmt.Sprintf("%d more events", lost); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

// TestShutdownStopsASlowHandler that takes one event after the other, when time is up.
func TestShutdownStopsASlowHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &sink{name: "slow", do: func(Metric) error { time.Sleep(10 * time.Millisecond); return nil }}
		r := newRig(t, WithMetricHandlers(slow))
		record(r.Monitor, 0, 1000)
		ctx, cancel := timeout(t, time.Second)
		defer cancel()
		err := r.Shutdown(ctx)
		given, lost := int64(len(slow.got())), r.dropped("slow")
		if given < 98 || given > 102 || given+lost != 1000 {
			t.Errorf("%d given, %d counted of 1000", given, lost)
		}
		want := fmt.Sprintf(`handler "slow": %d events not delivered`, lost)
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

// TestShutdownWaitsForCursors, and names those that do not come to the end; what is there can still be read.
func TestShutdownWaitsForCursors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, WithMetricHandlers(&sink{name: "fine"}))
		c := r.Follow("journal")
		record(r.Monitor, 0, 100)
		ctx, cancel := timeout(t, time.Second)
		defer cancel()
		err := r.Shutdown(ctx)
		want := `monitor: shutdown: handler "journal" has not dealt with the last 100 events`
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		values, err := drainCursor(t, c, 64)
		if len(values) != 100 || err != io.EOF {
			t.Errorf("%d events, %v", len(values), err)
		}
	})
}

// TestAfterShutdown everything answers, and recording only counts.
func TestAfterShutdown(t *testing.T) {
	h := &sink{name: "h"}
	r := newRig(t, WithMetricHandlers(h), WithLogDir(t.TempDir()))
	record(r.Monitor, 0, 10)
	call := r.Begin(Generation{Model: "m"})
	r.stop()
	r.TrackGeneration(t.Context(), Generation{})
	r.TrackEvaluation(t.Context(), Evaluation{})
	r.TrackRecord(t.Context(), Record{})
	r.RecordMetric(t.Context(), "x", 1)
	r.SetTarget(1)
	call.End(t.Context(), nil)
	r.Begin(Generation{}).End(t.Context(), nil)
	if r.Track(t.Context(), Event{Kind: KindMetric}) {
		t.Error("an event was taken")
	}
	if got := r.sum("genmeter.events_rejected", "source", "api", "reason", "closed"); got != 9 {
		t.Errorf("%d counted, want 9", got)
	}
	if got := r.sum("genmeter.events", "kind", "metric"); got != 10 || len(h.got()) != 10 {
		t.Errorf("%d recorded, %d delivered, want 10", got, len(h.got()))
	}
	if err := r.Flush(context.Background()); err != nil {
		t.Error(err)
	}
	r.stop()
}

// TestRecordingDuringShutdown: what was recorded was delivered, or counted as too late.
func TestRecordingDuringShutdown(t *testing.T) {
	for range 10 {
		h := &sink{name: "h"}
		r := newRig(t, WithRingSize(1<<16), WithMetricHandlers(h))
		const workers, each = 8, 2000
		var wg sync.WaitGroup
		var taken atomic.Int64
		half := make(chan struct{})
		for w := range workers {
			wg.Go(func() {
				for i := range each {
					if w == 0 && i == each/2 {
						close(half)
					}
					if r.Track(context.Background(), Event{Kind: KindMetric, Name: "x", Value: 1}) {
						taken.Add(1)
					}
				}
			})
		}
		<-half
		wg.Go(r.stop)
		r.stop() // together
		delivered := int64(len(h.got()))
		wg.Wait()
		closed := r.sum("genmeter.events_rejected", "reason", "closed")
		if delivered != taken.Load() || delivered+closed != workers*each || r.sum("genmeter.events", "kind", "metric") != delivered {
			t.Errorf("%d delivered, %d taken, %d too late of %d", delivered, taken.Load(), closed, workers*each)
		}
	}
}

// TestAScrapeHasEveryEventBeforeIt: a collect that begins when a Track method has returned has its event, whatever else
// is recorded and collected meanwhile.
func TestAScrapeHasEveryEventBeforeIt(t *testing.T) {
	readers := []*sdkmetric.ManualReader{sdkmetric.NewManualReader(), sdkmetric.NewManualReader()}
	pushed := new(lastExport)
	provider := sdkmetric.NewMeterProvider(
		sdkmetric.WithReader(readers[0]), sdkmetric.WithReader(readers[1]),
		sdkmetric.WithReader(sdkmetric.NewPeriodicReader(pushed, sdkmetric.WithInterval(time.Millisecond))),
	)
	m, err := New(provider, WithRingSize(256), WithLogger(slog.New(slog.DiscardHandler)), WithMetricHandlers(&sink{name: "h"}), WithLogHandlers())
	if err != nil {
		t.Fatal(err)
	}
	const workers, each = 4, 50
	var busy, wg sync.WaitGroup
	quit := make(chan struct{})
	busy.Go(func() {
		for {
			select {
			case <-quit:
				return
			default:
				m.TrackGeneration(context.Background(), Generation{Model: "noise", Success: true})
			}
		}
	})
	for w := range workers {
		wg.Go(func() {
			model := fmt.Sprint("model-", w)
			for i := range each {
				m.TrackGeneration(context.Background(), Generation{Model: model, Success: true})
				rm := collectFrom(t, readers[w%2])
				if got := sumOf(rm, "genmeter.generations", "gen_ai.request.model", model); got != int64(i+1) {
					t.Errorf("%s: the scrape has %d calls, want %d", model, got, i+1)
					return
				}
			}
		})
	}
	wg.Wait()
	close(quit)
	busy.Wait()
	if err := m.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	m.TrackGeneration(context.Background(), Generation{Model: "late"})
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	// The last push has everything, what came too late as well.
	rm := pushed.get()
	for w := range workers {
		model := fmt.Sprint("model-", w)
		if got := sumOf(rm, "genmeter.generations", "gen_ai.request.model", model); got != each {
			t.Errorf("%s: the last push has %d calls, want %d", model, got, each)
		}
	}
	if got := sumOf(rm, "genmeter.events_rejected", "reason", "closed"); got != 1 {
		t.Errorf("the last push has %d events that came too late, want 1", got)
	}
}

// lastExport is an exporter that keeps the sums of the last export.
type lastExport struct {
	mu sync.Mutex
	rm metricdata.ResourceMetrics
}

func (e *lastExport) get() *metricdata.ResourceMetrics {
	e.mu.Lock()
	defer e.mu.Unlock()
	return &e.rm
}

func (e *lastExport) Export(_ context.Context, rm *metricdata.ResourceMetrics) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rm = metricdata.ResourceMetrics{} // rm's memory is used again
	for _, scope := range rm.ScopeMetrics {
		kept := metricdata.ScopeMetrics{}
		for _, m := range scope.Metrics {
			if sum, ok := m.Data.(metricdata.Sum[int64]); ok {
				sum.DataPoints = append([]metricdata.DataPoint[int64](nil), sum.DataPoints...)
				kept.Metrics = append(kept.Metrics, metricdata.Metrics{Name: m.Name, Data: sum})
			}
		}
		e.rm.ScopeMetrics = append(e.rm.ScopeMetrics, kept)
	}
	return nil
}

func (e *lastExport) Temporality(k sdkmetric.InstrumentKind) metricdata.Temporality {
	return sdkmetric.DefaultTemporalitySelector(k)
}

func (e *lastExport) Aggregation(k sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	return sdkmetric.DefaultAggregationSelector(k)
}

func (e *lastExport) ForceFlush(context.Context) error { return nil }
func (e *lastExport) Shutdown(context.Context) error   { return nil }

// everyMethod does with a Monitor everything that a program does which does not ask it anything.
func everyMethod(m *Monitor) {
	ctx := context.Background()
	m.TrackGeneration(ctx, Generation{Model: "m", Duration: time.Second, PromptTokens: 1, Attrs: []Attr{String("k", "v")}})
	m.TrackEvaluation(ctx, Evaluation{Evaluator: "e", Scores: []Score{{"s", 1, "f"}}})
	m.TrackRecord(ctx, Record{ID: "r"})
	m.RecordMetric(ctx, "x", 1, String("worker", "a"))
	m.Track(ctx, Event{Kind: KindMetric, Name: "y"})
	m.SetTarget(10)
	m.Begin(Generation{Model: "m"}).End(ctx, func(g *Generation) { g.Success = true })
	m.CountRejected("file", ReasonMalformed, 1)
	m.Logger().With("a", 1).Info("hello")
	m.MeterProvider()
	c := m.Follow("short")
	expired, cancel := context.WithCancel(ctx)
	cancel()
	c.Read(expired, make([]Event, 10))
	c.Dropped()
	c.Close()
	m.Flush(expired)
}

// everyQuestion asks a Monitor everything that it can be asked.
func everyQuestion(m *Monitor) {
	m.Aggregate("generation_time", time.Minute)
	m.Aggregate("evaluation_score_s", 0, ForModel("m"))
	m.TokenUsage(0)
	m.TokenUsage(time.Minute)
	m.Progress()
	m.MetricNames()
	for range m.Snapshot(time.Hour) {
		break
	}
}

func TestEveryMethodFromAHundredGoroutines(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, WithRingSize(1024), WithLogDir(dir), WithMetricLabels("worker"),
		WithTokenUsageCallback(func(TokenUsageReport) {}, time.Millisecond))
	var wg sync.WaitGroup
	const goroutines, each = 100, 3
	for range goroutines {
		wg.Go(func() {
			for range each {
				everyMethod(r.Monitor)
				everyQuestion(r.Monitor)
			}
			collectFrom(t, r.reader)
		})
	}
	wg.Wait()
	if got := r.sum("genmeter.generations"); got != 2*goroutines*each {
		t.Errorf("%d calls, want %d", got, 2*goroutines*each)
	}
	for range goroutines { // and while it ends
		wg.Go(func() { everyMethod(r.Monitor); everyQuestion(r.Monitor) })
		wg.Go(r.stop)
	}
	wg.Wait()
	recorded := r.sum("genmeter.events", "kind", "record")
	if lost := r.sum("genmeter.events_rejected", "reason", "closed"); recorded+lost < (each+1)*goroutines {
		t.Errorf("%d records, %d too late", recorded, lost)
	}
	readLines(t, metricsPath(dir), func(jsonLine) {})
	readLines(t, logPath(dir), func(jsonLine) {})
}

// TestNilMonitor: a program that does not want to be metered has no Monitor, and calls it all the same.
func TestNilMonitor(t *testing.T) {
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.DiscardHandler))
	var m *Monitor
	everyMethod(m)
	everyQuestion(m)
	if err := m.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}
