package monitor

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

// TestPumpDrainsByItself records with nobody asking: the pump must notice by itself, within its delay, also what comes
// while it drains and after it slept.
func TestPumpDrainsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTestMonitor(t)
		for round := 1; round <= 3; round++ {
			var recorders sync.WaitGroup
			for range 4 {
				recorders.Go(func() {
					for range 1000 {
						m.TrackGeneration(t.Context(), Generation{Model: "m", Success: true})
					}
				})
			}
			recorders.Wait()
			time.Sleep(2 * pumpDelay) // the bubble's time
			synctest.Wait()
			if got, want := m.ring.pumped.Load(), uint64(round*4000); got != want {
				t.Fatalf("round %d: the pump has passed %d events, want %d", round, got, want)
			}
			time.Sleep(time.Hour)
		}
	})
}

// TestPumpIsNeverLapped records 100 times what the ring holds, as fast as it goes: callers pass batches themselves, and
// no event is missed.
func TestPumpIsNeverLapped(t *testing.T) {
	m := newTestMonitor(t, WithRingSize(minRingSize))
	var recorders sync.WaitGroup
	for range 4 {
		recorders.Go(func() {
			for range 25 * minRingSize {
				m.TrackGeneration(t.Context(), Generation{Model: "m", Success: true, PromptTokens: 3, CompletionTokens: 1})
			}
		})
	}
	recorders.Wait()
	const calls = 100 * minRingSize
	u := m.TokenUsage(0).ByModel[0]
	if u.Calls != calls || u.TotalTokens != 4*calls {
		t.Errorf("%d calls with %d tokens, want %d with %d", u.Calls, u.TotalTokens, calls, 4*calls)
	}
	if m.pump.assists.Load() == 0 {
		t.Error("nobody assisted the pump")
	}
}

// TestDrainStopsWhereItStarted drains while others record without end: a scrape must come to its end.
func TestDrainStopsWhereItStarted(t *testing.T) {
	m := newTestMonitor(t, WithRingSize(minRingSize))
	stop := make(chan struct{})
	var recorders sync.WaitGroup
	for range 2 {
		recorders.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					m.TrackRecord(context.Background(), Record{})
				}
			}
		})
	}
	for range 100 {
		m.pump.drain()
	}
	close(stop)
	recorders.Wait()
	m.pump.drain()
	if m.ring.pumped.Load() != m.ring.end() {
		t.Errorf("the pump is at %d of %d", m.ring.pumped.Load(), m.ring.end())
	}
}

// panicProvider is a MeterProvider whose histograms panic on every 10th measurement.
type panicProvider struct{ noop.MeterProvider }

func (panicProvider) Meter(string, ...metric.MeterOption) metric.Meter { return panicMeter{} }

type panicMeter struct{ noop.Meter }

func (panicMeter) Float64Histogram(string, ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	return &panicHistogram{}, nil
}

type panicHistogram struct {
	noop.Float64Histogram
	calls int
}

func (h *panicHistogram) Record(context.Context, float64, ...metric.RecordOption) {
	if h.calls++; h.calls%10 == 0 {
		panic("out of order")
	}
}

func TestPumpSurvivesAPanickingMeterProvider(t *testing.T) {
	var log strings.Builder
	m, err := New(panicProvider{}, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		m.TrackGeneration(t.Context(), Generation{Model: "m", Success: true, Duration: time.Second})
	}
	if calls := m.Progress().Calls; calls != 1000 {
		t.Errorf("%d calls, want 1000", calls)
	}
	if got := m.pump.panics.Load(); got != 100 {
		t.Errorf("%d panics counted, want 100", got)
	}
	if err := m.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "out of order"); n != 1 {
		t.Errorf("logged %d times, want once:\n%s", n, log.String())
	}
}

// newTestMonitor returns a Monitor without instruments that is shut down at the test's end.
func newTestMonitor(t testing.TB, opts ...Option) *Monitor {
	t.Helper()
	m, err := New(nil, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return m
}
