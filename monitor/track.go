package monitor

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// SourceAPI is the source label of events recorded through the Track methods.
const SourceAPI = "api"

// maxFuture is how far ahead of the clock an event's own time may be.
const maxFuture = 5 * time.Minute

// TrackGeneration records one call to a model. It takes the span context from ctx, which may be nil, and ignores
// its cancellation. It does not block, does no I/O and does not allocate, but to copy Attrs and texts beyond their
// bound; it is safe for concurrent use, on a nil or shut-down Monitor too.
//
// A value that cannot be (a negative duration or count, a NaN) is left out and counted in
// genmeter_events_rejected_total; the event is kept.
func (m *Monitor) TrackGeneration(ctx context.Context, g Generation) {
	m.track(ctx, &g, 0)
}

// track records a call; call is the number of its Begin, or 0.
func (m *Monitor) track(ctx context.Context, g *Generation, call uint64) {
	if m == nil {
		return
	}
	if g.suspect() {
		m.mend(g)
	}
	r := refusals{m: m, source: SourceAPI}
	at, ok := m.stamp(r, g.Time)
	if !ok {
		return
	}
	total := max(g.TotalTokens, g.PromptTokens+g.CompletionTokens)
	attrs := r.attrs(g.Attrs)
	span := trace.SpanContextFromContext(ctx)

	slot, seq := m.claim(SourceAPI)
	if slot == nil {
		return
	}
	e := &slot.event
	// Every field of Event is written: the slot holds an older event. Field by field is half the price of making an
	// Event and copying it.
	e.Kind, e.Success, e.CacheHit, e.Batch, e.Outcome = KindGeneration, g.Success, g.CacheHit, g.Batch, 0
	e.Time, e.Duration, e.TimeToFirstToken = at, g.Duration, g.TimeToFirstToken
	e.Provider, e.Model, e.Operation, e.Step = g.Provider, g.Model, g.Operation, g.Step
	e.FinishReason, e.Error, e.ErrorType = g.FinishReason, g.Error, string(g.ErrorType)
	e.PromptTokens, e.CompletionTokens, e.TotalTokens = g.PromptTokens, g.CompletionTokens, total
	e.CachedTokens, e.CacheWriteTokens, e.ReasoningTokens = g.CachedTokens, g.CacheWriteTokens, g.ReasoningTokens
	e.CostUSD, e.Turns, e.Attempt = g.CostUSD, int32(g.Turns), int32(g.Attempt)
	e.ID, e.RecordID, e.Name, e.Value = g.ID, g.RecordID, "", 0
	e.Scores, e.Attrs, e.Source = nil, attrs, SourceAPI
	e.traceID, e.spanID, e.traceFlags, e.call = span.TraceID(), span.SpanID(), span.TraceFlags(), call
	if g.CacheHit {
		e.bill()
	}
	m.publish(slot, seq)
}

// TrackEvaluation records one judgement of an answer; see [Monitor.TrackGeneration]. Scores are copied.
func (m *Monitor) TrackEvaluation(ctx context.Context, v Evaluation) {
	m.Track(ctx, Event{
		Kind: KindEvaluation, Success: v.Success, Time: v.Time, Duration: v.Duration,
		Provider: v.Provider, Model: v.Model, Name: v.Evaluator, Error: v.Error, ErrorType: string(v.ErrorType),
		PromptTokens: v.PromptTokens, CompletionTokens: v.CompletionTokens, TotalTokens: v.TotalTokens,
		CostUSD: v.CostUSD, ID: v.ID, RecordID: v.RecordID, Scores: v.Scores, Attrs: v.Attrs,
	})
}

// TrackRecord records one finished row of the data set, however many calls it took; see [Monitor.TrackGeneration].
func (m *Monitor) TrackRecord(ctx context.Context, r Record) {
	m.Track(ctx, Event{
		Kind: KindRecord, Time: r.Time, ID: r.ID, Outcome: r.Outcome, Name: r.Reason, Attrs: r.Attrs,
	})
}

// RecordMetric records one sample of a metric of the caller's own; see [Monitor.TrackGeneration]. An Attr "timestamp"
// that holds a time is the sample's time. Under the name of a built-in metric the sample is kept in ring and files, and
// stays out of that metric's aggregates and of the instruments.
func (m *Monitor) RecordMetric(ctx context.Context, name string, value float64, attrs ...Attr) {
	at, attrs := takeTimestamp(attrs)
	m.Track(ctx, Event{Kind: KindMetric, Name: name, Value: value, Time: at, Attrs: attrs})
}

// SetTarget says how many records are wanted in all, for [Monitor.Progress]. 0 is none.
func (m *Monitor) SetTarget(records int) {
	m.Track(context.Background(), Event{Kind: KindTarget, Value: float64(records)})
}

// Track records a whole event that came by another road than the methods above, such as a file; an empty Source is
// "api". It reports whether the event was taken: false when its Kind is unknown, its time is more than 5 min in the
// future, its one value is impossible, or the monitor is shut down, which genmeter_events_rejected_total counts.
// Scores and Attrs are copied. It is safe for concurrent use, and as cheap as TrackGeneration but for a copy.
func (m *Monitor) Track(ctx context.Context, e Event) bool {
	if m == nil {
		return false
	}
	if e.Source == "" {
		e.Source = SourceAPI
	}
	if !m.admit(&e, refusals{m: m, source: e.Source}) {
		return false
	}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		e.traceID, e.spanID, e.traceFlags = span.TraceID(), span.SpanID(), span.TraceFlags()
	}
	return m.TrackAdmitted(&e)
}

// Admit is the first half of [Monitor.Track], for roads that write an event down before they record it: e becomes what will
// be recorded, its time included. It reports whether the event may be recorded. Nothing is counted: refuse, which may be
// nil, is called with the Reason constant of each value that is taken out, and of an event that is not let through.
func (m *Monitor) Admit(e *Event, refuse func(reason string)) bool {
	return m != nil && m.admit(e, refusals{tell: refuse})
}

func (m *Monitor) admit(e *Event, r refusals) (ok bool) {
	if e.Time, ok = m.stamp(r, e.Time); !ok {
		return false
	}
	if reason := e.mend(r); reason != "" {
		r.refuse(reason)
		return false
	}
	return true
}

// TrackAdmitted is the second half of [Monitor.Track]: it records an event that Admit let through as it is, whatever the
// clock says by now. It reports false, and counts the event as refused, when the monitor is shut down.
func (m *Monitor) TrackAdmitted(e *Event) bool {
	if m == nil {
		return false
	}
	slot, seq := m.claim(e.Source)
	if slot == nil {
		return false
	}
	slot.event = *e
	m.publish(slot, seq)
	return true
}

// claim returns the slot for the next event, for the caller alone to write and publish, and the event's number; or nil,
// which it counts, when the monitor is shut down. Between claim and publish nothing may panic or wait.
func (m *Monitor) claim(source string) (*slot, uint64) {
	r := &m.ring
	seq, ok := r.reserve()
	if !ok {
		m.CountRejected(source, ReasonClosed, 1)
		return nil, 0
	}
	for r.full(seq) {
		m.pump.assist()
	}
	s := r.at(seq)
	s.claim(seq)
	return s, seq
}

// publish makes the claimed event part of the ring.
func (m *Monitor) publish(s *slot, seq uint64) {
	s.publish(seq)
	switch lag := seq + 1 - m.ring.pumped.Load(); lag {
	case 1:
		wake(m.pump.wakeup)
	case m.half:
		wake(m.pump.urgent)
	}
}

// wake sends on a channel of capacity 1 unless it is full.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// stamp returns the time of an event: its own, or now where it has none that can be. It returns false for an event from
// the future.
func (m *Monitor) stamp(r refusals, own time.Time) (time.Time, bool) {
	if own.IsZero() || !r.plausible(own) {
		return m.clock.now(), true
	}
	if own.After(m.clock.now().Add(maxFuture)) {
		r.refuse(ReasonFuture)
		return own, false
	}
	return own, true
}
