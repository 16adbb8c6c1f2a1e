package exporter

import (
	"fmt"
	"math"

	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// Prometheus knows these resolutions of native histograms; the SDK starts at
// scale 20 and coarsens as values spread.
const (
	minSchema = -4
	maxSchema = 8
)

// native is an exponential histogram as Prometheus has it. Text formats show
// only its count and sum.
type native struct {
	dto                dto.Histogram
	count, zeroCount   uint64
	sum, zeroThreshold float64
	schema             int32
	positive, negative buckets
}

// buckets are the native buckets on one side of zero: one span of adjacent
// ones, each written as the difference to the one before.
type buckets struct {
	span   dto.BucketSpan
	spans  []*dto.BucketSpan
	offset int32
	length uint32
	counts []uint64
	deltas []int64
}

// set takes buckets and makes them coarser by shift, halving their number for
// each step. It returns their total, or an error if a count is too large.
func (b *buckets) set(in metricdata.ExponentialBucket, shift int32) (uint64, error) {
	b.counts = b.counts[:0]
	var total uint64
	offset := int64(in.Offset)
	first := offset >> shift
	if last := (offset + int64(len(in.Counts))) >> shift; last >= math.MaxInt32 || first <= math.MinInt32 {
		return 0, fmt.Errorf("buckets from offset %d are too far out", in.Offset)
	}
	for i, n := range in.Counts {
		at := int((offset+int64(i))>>shift - first)
		for len(b.counts) <= at {
			b.counts = append(b.counts, 0)
		}
		b.counts[at] += n
		total += n
	}
	b.deltas = b.deltas[:0]
	var last int64
	for _, n := range b.counts {
		if n > math.MaxInt64 {
			return 0, fmt.Errorf("bucket count %d is too large", n)
		}
		b.deltas = append(b.deltas, int64(n)-last)
		last = int64(n)
	}
	// OpenTelemetry numbers a bucket by its lower bound, Prometheus by its
	// upper one.
	b.offset, b.length = int32(first)+1, uint32(len(b.counts))
	if b.spans == nil {
		b.span.Offset, b.span.Length = &b.offset, &b.length
		b.spans = []*dto.BucketSpan{&b.span}
	}
	return total, nil
}

// dto returns the buckets as spans, none if there are no buckets.
func (b *buckets) dto() ([]*dto.BucketSpan, []int64) {
	if len(b.counts) == 0 {
		return nil, nil
	}
	return b.spans, b.deltas
}

func (n *native) set(positive, negative metricdata.ExponentialBucket, scale int32) error {
	if scale < minSchema {
		return fmt.Errorf("scale %d is coarser than Prometheus allows (%d)", scale, minSchema)
	}
	n.schema = min(scale, maxSchema)
	above, err := n.positive.set(positive, scale-n.schema)
	if err != nil {
		return err
	}
	below, err := n.negative.set(negative, scale-n.schema)
	if err != nil {
		return err
	}
	// Prometheus allows observations outside all buckets only if they were NaN.
	if inBuckets := above + below + n.zeroCount; inBuckets > n.count || inBuckets < n.count && !math.IsNaN(n.sum) {
		return fmt.Errorf("%d observations in native buckets, %d in all", inBuckets, n.count)
	}
	h := &n.dto
	h.SampleCount, h.SampleSum, h.Schema = &n.count, &n.sum, &n.schema
	h.ZeroCount, h.ZeroThreshold = &n.zeroCount, &n.zeroThreshold
	h.PositiveSpan, h.PositiveDelta = n.positive.dto()
	h.NegativeSpan, h.NegativeDelta = n.negative.dto()
	if n.zeroThreshold == 0 && n.zeroCount == 0 && h.PositiveSpan == nil && h.NegativeSpan == nil {
		// An empty span is how Prometheus tells an empty native histogram from
		// a classic one.
		n.positive.offset = 0
		h.PositiveSpan = n.positive.spans
	}
	return nil
}

func updateNative[N int64 | float64](s *set, st *stream, points []metricdata.ExponentialHistogramDataPoint[N]) {
	for i := range points {
		dp := &points[i]
		p := s.point(st, &dp.Attributes)
		if p == nil {
			continue
		}
		n := p.native
		n.count, n.sum = dp.Count, float64(dp.Sum)
		n.zeroCount, n.zeroThreshold = dp.ZeroCount, dp.ZeroThreshold
		p.reject(n.set(dp.PositiveBucket, dp.NegativeBucket, dp.Scale))
		n.dto.CreatedTimestamp = p.startedAt(dp.StartTime)
		n.dto.Exemplars = toExemplars(s, p, dp.Exemplars)
	}
}
