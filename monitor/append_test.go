package monitor

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

// TestPumpWakesForWhatWasNotPublished takes the steps of the one interleaving in which no append wakes the pump: an
// event is passed by somebody's query before its own append has looked whether the pump sleeps, and the next came
// while it was behind.
func TestPumpWakesForWhatWasNotPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTestMonitor(t)
		r := &m.ring
		first, _ := r.reserve()
		s := r.at(first)
		s.claim(first)
		s.event = Event{Kind: KindRecord, Time: time.Now(), Source: SourceAPI}

		end := r.end()                       // a query begins
		m.TrackRecord(t.Context(), Record{}) // sees the pump two behind: wakes nobody
		s.publish(first)                     // the first is there now,
		for m.pump.batch(end) {              // the query passes it,
		} // and only then would its append look at the pump: one behind no more
		time.Sleep(2 * pumpDelay)
		synctest.Wait()
		if got := r.pumped.Load(); got != 2 {
			t.Errorf("the pump has passed %d events, want 2", got)
		}
	})
}

// TestWhatWaitsOverwritesNothing has more callers wait for room than the ring is large: until the pump has passed,
// everything in the ring is still there.
func TestWhatWaitsOverwritesNothing(t *testing.T) {
	m := newTestMonitor(t, WithRingSize(minRingSize))
	c := m.Follow("reader")
	defer c.Close()
	m.pump.mu.Lock() // the pump stands still
	for range minRingSize {
		m.TrackRecord(context.Background(), Record{})
	}
	var waiting sync.WaitGroup
	for range 100 {
		waiting.Go(func() { m.TrackRecord(context.Background(), Record{}) })
	}
	for m.ring.end() < minRingSize+100 {
		runtime.Gosched() // until all have reserved
	}
	if n := c.Dropped(); n != 0 {
		t.Errorf("%d events are dropped, want 0", n)
	}
	buf := make([]Event, 2*minRingSize)
	if n, err := c.Read(t.Context(), buf); n != minRingSize || err != nil {
		t.Errorf("read %d events, %v, want %d", n, err, minRingSize)
	}
	m.pump.mu.Unlock()
	waiting.Wait()
	if got := m.Progress().Done; got != minRingSize+100 {
		t.Errorf("%d records, want %d", got, minRingSize+100)
	}
}

// addPanics is a MeterProvider one of whose counters always panics; it sums what the others are given.
type addPanics struct {
	noop.MeterProvider
	sums map[string]int64
}

func (p addPanics) Meter(string, ...metric.MeterOption) metric.Meter {
	return addPanicsMeter{sums: p.sums}
}

type addPanicsMeter struct {
	noop.Meter
	sums map[string]int64
}

func (m addPanicsMeter) Int64Counter(name string, _ ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	return fussyCounter{name: name, sums: m.sums}, nil
}

type fussyCounter struct {
	noop.Int64Counter
	name string
	sums map[string]int64
}

func (c fussyCounter) Add(_ context.Context, n int64, _ ...metric.AddOption) {
	if c.name == "genmeter.generations" && n > 0 {
		panic("no")
	}
	c.sums[c.name] += n // the pump's lock orders the calls
}

func TestAPanickingCounterCostsItselfAlone(t *testing.T) {
	sums := make(map[string]int64)
	m, err := New(addPanics{sums: sums}, WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		m.TrackGeneration(t.Context(), Generation{Success: true, PromptTokens: 5})
		m.TrackEvaluation(t.Context(), Evaluation{Success: true})
		m.Progress()
	}
	if err := m.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]int64{"genmeter.tokens": 50, "genmeter.evaluations": 10} {
		if sums[name] != want {
			t.Errorf("%s is %d, want %d", name, sums[name], want)
		}
	}
	if n := len(m.pump.dirtyInts); n != 0 {
		t.Errorf("%d series are kept for ever", n)
	}
}

// TestTimesBeyondReason: a time that formats have no room for costs the value, and does not become the run's start.
func TestTimesBeyondReason(t *testing.T) {
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	m := newTestMonitor(t, WithClock(func() time.Time { return now }))
	for _, at := range []time.Time{
		time.Date(0, 1, 1, 0, 0, 0, 0, time.FixedZone("", 14*3600)), time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2650, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		m.TrackGeneration(t.Context(), Generation{Time: at})
		if !m.Track(t.Context(), Event{Kind: KindRecord, Time: at}) {
			t.Errorf("the event of %v is refused as a whole", at)
		}
	}
	if n := refused(m, SourceAPI)[ReasonOutOfRange]; n != 6 {
		t.Errorf("%d refused as out of range, want 6", n)
	}
	if p := m.Progress(); !p.Start.Equal(now) || p.Calls != 3 || p.Done != 3 {
		t.Errorf("the run starts at %v with %d calls and %d records", p.Start, p.Calls, p.Done)
	}
}

// stuckProvider is a MeterProvider whose histograms do not return until they are let.
type stuckProvider struct {
	noop.MeterProvider
	let chan struct{}
}

func (p stuckProvider) Meter(string, ...metric.MeterOption) metric.Meter {
	return stuckMeter{let: p.let}
}

type stuckMeter struct {
	noop.Meter
	let chan struct{}
}

func (m stuckMeter) Float64Histogram(string, ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	return stuckHistogram{let: m.let}, nil
}

type stuckHistogram struct {
	noop.Float64Histogram
	let chan struct{}
}

func (h stuckHistogram) Record(context.Context, float64, ...metric.RecordOption) { <-h.let }

// TestAStuckMeterProvider holds up neither recording, while the ring has room, nor Flush and Shutdown beyond their
// contexts.
func TestAStuckMeterProvider(t *testing.T) {
	let := make(chan struct{})
	m, err := New(stuckProvider{let: let})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		m.TrackGeneration(t.Context(), Generation{Duration: time.Second})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Flush(ended); err == nil || !strings.Contains(err.Error(), "the last 100 events") {
		t.Errorf("Flush: %v", err)
	}
	if err := m.Shutdown(ended); err == nil || !strings.Contains(err.Error(), "the last 100 events") {
		t.Errorf("Shutdown: %v", err)
	}
	close(let)
	if got := m.Progress().Calls; got != 100 {
		t.Errorf("%d calls in the end, want 100", got)
	}
}
