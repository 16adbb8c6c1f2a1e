package monitor

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
)

const (
	// pumpDelay is how long the pump lets events gather before it drains them: it bounds how late followers hear of an
	// event, and how often the pump wakes.
	pumpDelay = 20 * time.Millisecond

	// pumpBatch is how many events the pump takes under one hold of its lock: it bounds how long a collect, a query or
	// an assisting caller waits for it.
	pumpBatch = 128

	// beginExpiry is how long a Begin waits for its End.
	beginExpiry = time.Hour

	// maxBegins bounds the calls in progress that are kept track of.
	maxBegins = 1 << 16
)

// pump follows the ring and feeds everything that must agree, in one pass: totals, rollups and instruments. It runs in
// a goroutine of its own, and in whoever needs its results now: a collect, a query, an append that has caught up with
// it from behind.
type pump struct {
	m  *Monitor
	in *instruments

	wakeup chan struct{} // something waits
	urgent chan struct{} // half the ring waits
	quit   chan struct{}
	exited chan struct{}

	assists atomic.Int64
	panics  atomic.Int64

	// mu guards all below, and orders the measurements. Below it are only the SDK's own locks.
	mu    sync.Mutex
	stats *stats

	providers, models, operations, steps, evaluators, scoreNames, metricNames, reasons, sources *names

	calls     map[callKey]*callSeries
	byModel   map[callKey]*modelSeries
	byOp      map[callKey]*opSeries
	byStep    map[callKey]*stepSeries
	modelList []*modelSeries
	lastKey   callKey
	lastCall  *callSeries

	lastOperation   string
	lastOperationID uint16
	lastFailure     failure

	evaluations map[uint16]*evaluationSeries
	records     map[recordKey]*intSeries
	metrics     map[metricKey]*metricSeries
	otherMetric *metricSeries // past the bound
	events      map[eventKey]*intSeries
	overflows   map[string]*intSeries

	finish [len(finishReasons)]*rollup // finish_reason:<reason>

	begins     map[beginKey]openBegin
	beginOrder []begin
	expired    *intSeries

	dirtyInts   []*intSeries
	dirtyFloats []*floatSeries

	muted bool // the instruments hear nothing: an earlier part of the run is passed

	panicked any // the first panic of a measurement, until it is logged
}

func newPump(m *Monitor, in *instruments) *pump {
	p := &pump{
		m: m, in: in, stats: newStats(),
		wakeup: make(chan struct{}, 1), urgent: make(chan struct{}, 1),
		quit: make(chan struct{}), exited: make(chan struct{}),

		providers: newNames(labelUnknown, maxProviders), models: newNames(labelUnknown, maxModels),
		operations: newNames("chat", len(operations)), steps: newNames("", maxSteps),
		evaluators: newNames(labelUnknown, maxEvaluators), scoreNames: newNames(labelUnknown, maxScores),
		metricNames: newNames(labelUnknown, maxMetrics), reasons: newNames("", maxReasons),
		sources: newNames(SourceAPI, maxSources),

		calls: make(map[callKey]*callSeries), byModel: make(map[callKey]*modelSeries),
		byOp: make(map[callKey]*opSeries), byStep: make(map[callKey]*stepSeries),
		evaluations: make(map[uint16]*evaluationSeries), records: make(map[recordKey]*intSeries),
		metrics: make(map[metricKey]*metricSeries), events: make(map[eventKey]*intSeries),
		overflows: make(map[string]*intSeries), begins: make(map[beginKey]openBegin),
	}
	for i, reason := range finishReasons {
		p.finish[i] = p.stats.all.name(prefixFinishReason + reason)
	}
	p.expired = &intSeries{inst: in.begunExpired.Int64Counter, opts: addOptions(attrs())}
	p.startAtZero()
	return p
}

// startAtZero makes the series whose labels are all closed, so that their first increase is seen.
func (p *pump) startAtZero() {
	p.zero(p.expired)
	for kind := KindGeneration; kind <= KindUsage; kind++ {
		p.zero(p.eventsOf(kind, 0))
	}
	for outcome := range recordOutcomeNames {
		p.zero(p.recordsOf(RecordOutcome(outcome), 0))
	}
}

// run drains whenever something waits, until quit is closed.
func (p *pump) run() {
	defer close(p.exited)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-p.wakeup:
		case <-p.quit:
			return
		}
		timer.Reset(pumpDelay)
		select {
		case <-timer.C:
		case <-p.urgent:
		case <-p.quit:
			return
		}
		p.drain()
		p.m.followers.wake()
	}
}

// drain passes every event recorded before the call, and returns how many waited.
func (p *pump) drain() (lag uint64) {
	r := &p.m.ring
	end := r.end()
	lag = end - min(end, r.pumped.Load())
	for p.batch(end) {
		runtime.Gosched() // an event may be between reserve and publish
	}
	p.settle()
	return lag
}

// drainWithin is drain for as long as ctx allows: a MeterProvider is anybody's, and may not return.
func (p *pump) drainWithin(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.drain()
	}()
	if finishes(ctx, done) {
		return nil
	}
	left := p.m.ring.end() - p.m.ring.pumped.Load()
	return fmt.Errorf("the MeterProvider has not taken the last %d events: %w", left, context.Cause(ctx))
}

// settle hands over to the SDK what has gathered, and tells of a panic.
func (p *pump) settle() {
	p.mu.Lock()
	p.guard(p.expireBegins)
	for len(p.dirtyInts)+len(p.dirtyFloats) > 0 {
		p.guard(p.flush) // again after a panic, with the next series
	}
	panicked := p.panicked
	p.panicked = nil
	p.mu.Unlock()
	if panicked != nil { // logged without the lock: the logger is anybody's
		p.m.log.Error("a measurement panicked in the MeterProvider and is lost; more are only counted",
			"error", fmt.Sprint(panicked))
	}
}

// assist passes a few events in the goroutine of a caller whose event would overwrite one that the pump has not seen. It
// never queues for the pump's lock: the one for whom all wait would stand at the end of that queue.
func (p *pump) assist() {
	if !p.mu.TryLock() {
		runtime.Gosched()
		return
	}
	before := p.m.ring.pumped.Load()
	p.pass(before + pumpBatch)
	moved := p.m.ring.pumped.Load() != before
	p.mu.Unlock()
	if !moved {
		runtime.Gosched() // the next event is not published yet
		return
	}
	p.assists.Add(1)
	p.m.followers.wake()
}

// batch passes a batch of the events before end, and reports whether more of them wait.
func (p *pump) batch(end uint64) (more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pass(end)
}

// pass is batch for a caller that holds the lock. It stops at an event that is not published yet: to wait for its writer
// here would be to wait for one who may wait to assist.
func (p *pump) pass(end uint64) (more bool) {
	r := &p.m.ring
	seq := r.pumped.Load()
	end = min(end, r.end())
	stop := min(end, seq+pumpBatch)
	p.stats.now = p.m.clock.now().Unix()
	var e *Event
	next := func() bool {
		if seq < stop {
			e = r.published(seq)
		} else {
			e = nil
		}
		return e != nil
	}
	for next() {
		p.guard(func() { // again after a panic, with the next event
			for ok := true; ok; ok = next() {
				seq++
				p.process(e)
			}
		})
	}
	r.pumped.Store(seq)
	// Seen after the store: an append that saw the pump behind, and did not wake it, is seen here.
	if r.end() != seq {
		wake(p.wakeup)
	} else {
		p.m.clock.resync()
	}
	return seq < end
}

// guard runs f and survives its panic. The measurements are the MeterProvider's, which is anybody's.
func (p *pump) guard(f func()) {
	defer func() {
		if err := recover(); err != nil && p.panics.Add(1) == 1 {
			p.panicked = err
		}
	}()
	f()
}

// process passes one event.
func (p *pump) process(e *Event) {
	at := p.stats.moment(e.Time)
	if p.stats.first.IsZero() || e.Time.Before(p.stats.first) {
		p.stats.first = e.Time
	}
	source, ok := p.sources.id(e.Source)
	if !ok {
		p.count(p.overflow("genmeter.events"), 1)
	}
	p.count(p.eventsOf(e.Kind, source), 1)
	switch e.Kind {
	case KindGeneration:
		p.generation(e, at)
	case KindEvaluation:
		p.evaluation(e, at)
	case KindRecord:
		p.record(e, at)
	case KindMetric:
		p.metric(e, at)
	case KindBegin:
		p.begin(e)
	case KindTarget:
		p.stats.target = int64(e.Value)
	case KindUsage:
		p.usage(e.spanContext(), p.call(e.Provider, e.Model, e.Operation, e.Step), e, at, 0)
	}
}

// spanContext returns a context that carries the event's span, for exemplars.
func (e *Event) spanContext() context.Context {
	ctx := context.Background()
	if e.traceFlags.IsSampled() {
		ctx = trace.ContextWithSpanContext(ctx, e.SpanContext())
	}
	return ctx
}
