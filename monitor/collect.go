package monitor

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// observeOptions are the options of one observed series, made once.
type observeOptions []metric.ObserveOption

func newObserveOptions(set attribute.Set) observeOptions {
	return observeOptions{metric.WithAttributeSet(set)}
}

// collect runs in the SDK's collect, before it aggregates: the pump passes everything recorded so far, so that a
// scrape has every event recorded before it, and the gauges are those of this moment. It never returns an error, for
// which some exporters would leave out what others produce; and it takes no lock that a measurement holds.
func (m *Monitor) collect(_ context.Context, o metric.Observer) error {
	lag := m.pump.drain()
	m.pump.guard(func() { m.pump.observeGauges(o, lag) })
	m.observeLosses(o)
	return nil
}

// observeGauges observes what the pump knows.
func (p *pump) observeGauges(o metric.Observer, lag uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in, s := p.in, p.stats
	for _, series := range p.modelList {
		if series.begun {
			o.ObserveInt64(in.inProgress, series.inProgress, series.observeOpts...)
		}
		if !series.lastSuccess.IsZero() {
			o.ObserveFloat64(in.lastSuccess, float64(series.lastSuccess.UnixNano())/1e9, series.observeOpts...)
		}
	}
	if s.target > 0 {
		o.ObserveInt64(in.recordsTarget, s.target)
	}
	if !s.first.IsZero() {
		u := s.usage()
		o.ObserveFloat64(in.runRecords, float64(s.records[Accepted]))
		o.ObserveFloat64(in.runTokens, float64(u.total))
		if u.cost > 0 || u.total > 0 && u.unpriced == 0 { // an unknown cost is not 0
			o.ObserveFloat64(in.runCost, u.cost)
		}
		o.ObserveFloat64(in.runStart, float64(s.first.UnixNano())/1e9)
	}
	oldest, end := p.m.ring.bounds()
	capacity := p.m.ring.size()
	o.ObserveInt64(in.ringEvents, int64(min(end-oldest, capacity)))
	o.ObserveInt64(in.ringCapacity, int64(capacity))
	o.ObserveInt64(in.ringEvicted, int64(oldest))
	o.ObserveInt64(in.pumpLag, int64(lag))
	o.ObserveInt64(in.pumpAssists, p.assists.Load())
}

// observeLosses observes what was refused, dropped or failed.
func (m *Monitor) observeLosses(o metric.Observer) {
	in := m.pump.in
	m.rejected.each(func(source, reason string, n int64) {
		o.ObserveInt64(in.eventsRejected, n, metric.WithAttributes(attrSource.String(source), attrReason.String(reason)))
	})
	m.eachDropped(func(handler, reason string, n int64) {
		o.ObserveInt64(in.eventsDropped, n, metric.WithAttributes(attrHandler.String(handler), attrReason.String(reason)))
	})
	for _, h := range m.handlers {
		o.ObserveInt64(in.handlerErrors, h.errors.Load(), metric.WithAttributes(attrHandler.String(h.cursor.name)))
	}
	const pumpName = "pump" // the MeterProvider's own panics
	o.ObserveInt64(in.handlerErrors, m.pump.panics.Load(), metric.WithAttributes(attrHandler.String(pumpName)))
}
