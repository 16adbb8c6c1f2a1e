package exporter

import (
	"errors"
	"slices"
	"sort"

	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

var errBuckets = errors.New("the bucket counts do not fit the bounds")

// classic is a histogram with explicit buckets. The buckets' memory is one
// block each for values, messages and pointers, and is kept until the bounds
// change.
type classic struct {
	dto         dto.Histogram
	count       uint64
	sum         float64
	bounds      *bounds
	cumulative  []uint64
	buckets     []*dto.Bucket // with +Inf behind, exposed only to carry an exemplar
	exemplified bool
}

// resize makes room for the bounds.
func (c *classic) resize(b *bounds) {
	n := len(b.values)
	c.bounds = b
	c.cumulative = make([]uint64, n)
	c.buckets = make([]*dto.Bucket, n+1)
	messages := make([]dto.Bucket, n+1)
	for i := range messages {
		messages[i].UpperBound = &b.values[:n+1][i]
		messages[i].CumulativeCount = &c.count
		if i < n {
			messages[i].CumulativeCount = &c.cumulative[i]
		}
		c.buckets[i] = &messages[i]
	}
}

// set takes the counts of one scrape; they arrive bucket by bucket and leave
// cumulative.
func (c *classic) set(count uint64, sum float64, counts []uint64) {
	c.count, c.sum = count, sum
	total := uint64(0)
	for i := range c.cumulative {
		total += counts[i]
		c.cumulative[i] = total
	}
	h := &c.dto
	h.SampleCount, h.SampleSum, h.Bucket = &c.count, &c.sum, c.buckets[:len(c.cumulative)]
	if h.Schema != nil { // a native twin was absorbed in the scrape before
		h.Schema, h.ZeroThreshold, h.ZeroCount = nil, nil, nil
		h.PositiveSpan, h.PositiveDelta = nil, nil
		h.NegativeSpan, h.NegativeDelta = nil, nil
		h.Exemplars = nil
	}
}

// setExemplars gives each exemplar to its bucket, NaN to the last one; the last
// exemplar in a bucket stays. Bucket +Inf is implied, and exposed only when it
// has one.
func (c *classic) setExemplars(exemplars []*dto.Exemplar) {
	for _, b := range c.buckets {
		b.Exemplar = nil
	}
	n := len(c.cumulative)
	for _, e := range exemplars {
		// Of NaN it is told that no bound is above it: +Inf has it, explicit or implied.
		i := min(sort.SearchFloat64s(c.bounds.values, *e.Value), len(c.bounds.text)-1)
		c.buckets[i].Exemplar = e
		n = max(n, i+1)
	}
	c.dto.Bucket = c.buckets[:n]
}

// merge adds another histogram with the same bounds.
func (c *classic) merge(o *classic) {
	c.count += o.count
	c.sum += o.sum
	for i := range c.cumulative {
		c.cumulative[i] += o.cumulative[i]
	}
}

// absorb makes one histogram with classic and native buckets out of two views
// of one instrument. They need not agree: the native one takes no infinite
// values and no NaN, and may be some measurements older or newer. Count and sum
// in protobuf are then the native ones, since Prometheus rejects a native
// histogram whose buckets do not add up to its count; the classic count stands
// in a bucket +Inf of its own. Text has the classic ones alone.
func (c *classic) absorb(n *native) {
	h := &c.dto
	h.SampleCount, h.SampleSum = &n.count, &n.sum
	h.Bucket = c.buckets[:len(c.bounds.text)]
	h.Schema, h.ZeroThreshold, h.ZeroCount = n.dto.Schema, n.dto.ZeroThreshold, n.dto.ZeroCount
	h.PositiveSpan, h.PositiveDelta = n.dto.PositiveSpan, n.dto.PositiveDelta
	h.NegativeSpan, h.NegativeDelta = n.dto.NegativeSpan, n.dto.NegativeDelta
	h.Exemplars = n.dto.Exemplars
}

func updateClassic[N int64 | float64](s *set, st *stream, points []metricdata.HistogramDataPoint[N]) {
	for i := range points {
		dp := &points[i]
		p := s.point(st, &dp.Attributes)
		if p == nil {
			continue
		}
		if len(dp.BucketCounts) < len(dp.Bounds) {
			p.reject(errBuckets)
			continue
		}
		p.reject(nil)
		c := p.classic
		if c.bounds == nil || !slices.Equal(c.bounds.values, dp.Bounds) {
			c.resize(st.boundsOf(dp.Bounds))
			st.family.changed = true // whether it can be merged may have changed
		}
		c.set(dp.Count, float64(dp.Sum), dp.BucketCounts)
		c.dto.CreatedTimestamp = p.startedAt(dp.StartTime)
		if len(dp.Exemplars) > 0 || c.exemplified {
			exemplars := toExemplars(s, p, dp.Exemplars)
			c.setExemplars(exemplars)
			c.exemplified = len(exemplars) > 0
		}
	}
}
