package monitor

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// maxSeries bounds the series of one instrument, below the SDK's default limit of 2,000, past which it merges series
// without a word.
const maxSeries = 1900

// budget counts the series of one instrument.
type budget struct {
	name string // of the instrument
	used int
}

// take reports whether there is room for one more series, and takes it.
func (b *budget) take() bool {
	if b.used >= maxSeries {
		return false
	}
	b.used++
	return true
}

// ample reports whether more than half of the room is left.
func (b *budget) ample() bool { return b.used < maxSeries/2 }

// The series types below hold the options of one series, made once: making them costs four times a measurement.

// intSeries is one series of a counter. Additions gather in pending until the pump flushes: one Add a series and
// drain, not one an event.
type intSeries struct {
	inst    metric.Int64Counter
	opts    []metric.AddOption
	pending int64
	over    *intSeries // of genmeter_series_overflow_total, when this series stands in for another
}

// floatSeries is one series of an amount.
type floatSeries struct {
	inst    metric.Float64Counter
	opts    []metric.AddOption
	pending float64
	over    *intSeries
}

// secondsSeries is one series of a float histogram.
type secondsSeries struct {
	inst metric.Float64Histogram
	opts []metric.RecordOption
	over *intSeries
}

// sizesSeries is one series of an integer histogram.
type sizesSeries struct {
	inst metric.Int64Histogram
	opts []metric.RecordOption
	over *intSeries
}

// labels are the attributes of a series; the first bounded of them come from the caller, and become "other" when the
// instrument has no room for one more series.
type labels struct {
	kv      []attribute.KeyValue
	bounded int
}

// with returns l with closed attributes behind.
func (l labels) with(kv ...attribute.KeyValue) labels {
	return labels{append(l.kv[:len(l.kv):len(l.kv)], kv...), l.bounded}
}

// admit returns the attribute set for a new series, and the overflow series to count when it stands in for another.
func (p *pump) admit(b *budget, l labels) (attribute.Set, *intSeries) {
	if b.take() {
		return attrs(l.kv...), nil
	}
	kv := append([]attribute.KeyValue(nil), l.kv...)
	for i := range kv[:l.bounded] {
		kv[i].Value = attribute.StringValue(labelOther)
	}
	return attrs(kv...), p.overflow(b.name)
}

// overflow returns the series of genmeter_series_overflow_total for an instrument.
func (p *pump) overflow(name string) *intSeries {
	s := p.overflows[name]
	if s == nil {
		s = &intSeries{
			inst: p.in.seriesOverflow.Int64Counter,
			opts: addOptions(attrs(attrMetric.String(name))),
		}
		p.overflows[name] = s
	}
	return s
}

func addOptions(set attribute.Set) []metric.AddOption {
	return []metric.AddOption{metric.WithAttributeSet(set)}
}

func recordOptions(set attribute.Set) []metric.RecordOption {
	return []metric.RecordOption{metric.WithAttributeSet(set)}
}

func (p *pump) newInt(c *counter, l labels) *intSeries {
	set, over := p.admit(&c.budget, l)
	return &intSeries{inst: c.Int64Counter, opts: addOptions(set), over: over}
}

func (p *pump) newFloat(a *amount, l labels) *floatSeries {
	set, over := p.admit(&a.budget, l)
	return &floatSeries{inst: a.Float64Counter, opts: addOptions(set), over: over}
}

func (p *pump) newSeconds(h *seconds, l labels) *secondsSeries {
	set, over := p.admit(&h.budget, l)
	return &secondsSeries{inst: h.Float64Histogram, opts: recordOptions(set), over: over}
}

func (p *pump) newSizes(h *sizes, l labels) *sizesSeries {
	set, over := p.admit(&h.budget, l)
	return &sizesSeries{inst: h.Int64Histogram, opts: recordOptions(set), over: over}
}

// zero makes series appear with the value 0.
func (p *pump) zero(series ...*intSeries) {
	for _, s := range series {
		s.inst.Add(context.Background(), 0, s.opts...)
	}
}

// count adds n to s at the next flush.
func (p *pump) count(s *intSeries, n int64) {
	if n == 0 || p.muted {
		return
	}
	if s.pending == 0 {
		p.dirtyInts = append(p.dirtyInts, s)
	}
	s.pending += n
	if s.over != nil {
		p.count(s.over, 1)
	}
}

// spend adds v, which is not negative, to s at the next flush.
func (p *pump) spend(s *floatSeries, v float64) {
	if v == 0 || p.muted {
		return
	}
	if s.pending == 0 {
		p.dirtyFloats = append(p.dirtyFloats, s)
	}
	s.pending += v
	if s.over != nil {
		p.count(s.over, 1)
	}
}

func (p *pump) observe(ctx context.Context, s *secondsSeries, v float64) {
	if p.muted {
		return
	}
	s.inst.Record(ctx, v, s.opts...)
	if s.over != nil {
		p.count(s.over, 1)
	}
}

func (p *pump) size(ctx context.Context, s *sizesSeries, v int64) {
	if p.muted {
		return
	}
	s.inst.Record(ctx, v, s.opts...)
	if s.over != nil {
		p.count(s.over, 1)
	}
}

// flush hands what has gathered to the SDK. What panics there is lost, and not tried again.
func (p *pump) flush() {
	ctx := context.Background()
	for n := len(p.dirtyInts); n > 0; n = len(p.dirtyInts) {
		s := p.dirtyInts[n-1]
		p.dirtyInts = p.dirtyInts[:n-1]
		v := s.pending
		s.pending = 0
		s.inst.Add(ctx, v, s.opts...)
	}
	for n := len(p.dirtyFloats); n > 0; n = len(p.dirtyFloats) {
		s := p.dirtyFloats[n-1]
		p.dirtyFloats = p.dirtyFloats[:n-1]
		v := s.pending
		s.pending = 0
		s.inst.Add(ctx, v, s.opts...)
	}
}
