package export

import (
	"encoding/binary"
	"math"

	"go.opentelemetry.io/otel/attribute"
)

type omKind uint8

const (
	omCounter omKind = iota
	omGauge
	omHistogram
)

// omFamily is a metric as Prometheus has it: its series, in order of first appearance.
type omFamily struct {
	meter  *omMeter
	name   string // without _total
	help   string
	kind   omKind
	bounds []float64 // of a histogram, the last bucket's +Inf left out
	points map[attribute.Distinct]*omPoint
	order  []*omPoint
}

// omPoint is one series: what it is now, and in few bytes what it was at each step. Its memory is some 3 to 60 bytes for each
// step at which it had changed.
type omPoint struct {
	family  *omFamily
	set     attribute.Set
	value   float64  // of a histogram the sum
	buckets []uint64 // of a histogram, not cumulative; the last is +Inf's
	dirty   bool

	first   int      // the step at which it appeared, -1 before that
	last    int      // the step of the last entry of history
	history []byte   // see record
	written []uint64 // buckets as history has them
}

// point returns the series of a set of attributes, which is about to change.
func (f *omFamily) point(set attribute.Set) *omPoint {
	p := f.points[set.Equivalent()]
	if p == nil {
		p = &omPoint{family: f, set: set, first: -1}
		if f.kind == omHistogram {
			p.buckets = make([]uint64, len(f.bounds)+1)
			p.written = make([]uint64, len(f.bounds)+1)
		}
		f.points[set.Equivalent()] = p
		f.order = append(f.order, p)
	}
	if !p.dirty {
		p.dirty = true
		f.meter.dirty = append(f.meter.dirty, p)
	}
	return p
}

// record puts what has changed into the series' histories, as of this step.
func (m *omMeter) record(step int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.dirty {
		p.record(step)
		p.dirty = false
	}
	m.dirty = m.dirty[:0]
}

// record appends an entry: how many steps after the last, the value, what came into each bucket.
func (p *omPoint) record(step int) {
	if p.first < 0 {
		p.first, p.last = step, step
	}
	p.history = binary.AppendUvarint(p.history, uint64(step-p.last))
	p.history = binary.LittleEndian.AppendUint64(p.history, math.Float64bits(p.value))
	for i, n := range p.buckets {
		p.history = binary.AppendUvarint(p.history, n-p.written[i])
	}
	copy(p.written, p.buckets)
	p.last = step
}

// omReplay goes through a history step by step.
type omReplay struct {
	rest    []byte
	next    int // the step of the entry that rest begins with
	value   float64
	buckets []uint64
}

func (p *omPoint) replay() *omReplay {
	r := &omReplay{rest: p.history, next: p.first, buckets: make([]uint64, len(p.buckets))}
	r.step()
	return r
}

// step reads how far the next entry is, which is never when there is none.
func (r *omReplay) step() {
	if len(r.rest) == 0 {
		r.next = math.MaxInt
		return
	}
	gap, n := binary.Uvarint(r.rest)
	r.next += int(gap)
	r.rest = r.rest[n:]
}

// at makes value and buckets those of a step, which must not be before that of the last call.
func (r *omReplay) at(step int) {
	for r.next <= step {
		r.value = math.Float64frombits(binary.LittleEndian.Uint64(r.rest))
		r.rest = r.rest[8:]
		for i := range r.buckets {
			added, n := binary.Uvarint(r.rest)
			r.buckets[i] += added
			r.rest = r.rest[n:]
		}
		r.step()
	}
}
