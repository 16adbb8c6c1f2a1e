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
	logged  sync.Once

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
	ctx := context.Background()
	p.expired.inst.Add(ctx, 0, p.expired.opts...)
	for kind := KindGeneration; kind <= KindTarget; kind++ {
		s := p.eventsOf(kind, 0)
		s.inst.Add(ctx, 0, s.opts...)
	}
	for outcome := range recordOutcomeNames {
		s := p.recordsOf(RecordOutcome(outcome), 0)
		s.inst.Add(ctx, 0, s.opts...)
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
		if p.m.ring.end() != p.m.ring.pumped.Load() {
			wake(p.wakeup) // came during the drain: its append saw the pump behind and did not wake it
		}
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
	p.mu.Lock()
	defer p.mu.Unlock()
	p.guard(func() {
		p.expireBegins()
		p.flush()
	})
	return lag
}

// assist passes a few events in the goroutine of a caller whose event would overwrite one that the pump has not seen.
func (p *pump) assist() {
	p.assists.Add(1)
	p.batch(p.m.ring.pumped.Load() + pumpBatch)
	p.m.followers.wake()
}

// batch passes a batch of the events before end, and reports whether more of them wait. It stops at an event that is not
// published yet: to wait for its writer here would be to wait for one who may wait to assist.
func (p *pump) batch(end uint64) (more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &p.m.ring
	seq := r.pumped.Load()
	head := r.end()
	end = min(end, head)
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
	if seq == head {
		p.m.clock.resync()
	}
	return seq < end
}

// guard runs f and survives its panic. The measurements are the MeterProvider's, which is anybody's.
func (p *pump) guard(f func()) {
	defer func() {
		if err := recover(); err != nil {
			p.panics.Add(1)
			p.logged.Do(func() {
				p.m.log.Error("a measurement panicked in the MeterProvider; the event's further measurements are lost",
					"error", fmt.Sprint(err))
			})
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
