package exporter

import (
	"fmt"
	"math"
	"testing"

	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func nativeOf(name string, points ...metricdata.ExponentialHistogramDataPoint[float64]) metricdata.Metrics {
	for i := range points {
		dp := &points[i]
		dp.StartTime, dp.Count = then, dp.ZeroCount
		for _, counts := range [][]uint64{dp.PositiveBucket.Counts, dp.NegativeBucket.Counts} {
			for _, n := range counts {
				dp.Count += n
			}
		}
	}
	return metricdata.Metrics{Name: name, Data: metricdata.ExponentialHistogram[float64]{
		Temporality: metricdata.CumulativeTemporality, DataPoints: points,
	}}
}

// TestNativeScales: every scale that OpenTelemetry knows, with buckets on both
// sides. Those that Prometheus does not know are made coarser, and the
// coarsest are left out, as the official exporter does.
func TestNativeScales(t *testing.T) {
	handled(t)
	var now []metricdata.ScopeMetrics
	d := produced(t, pairOfOptions{}, &now)
	for scale := int32(-11); scale <= 20; scale++ {
		for _, offset := range []int32{0, 1, -1, 7, -8, 1000, -1_000_001} {
			now = []metricdata.ScopeMetrics{scopeOf("s", nativeOf("h", metricdata.ExponentialHistogramDataPoint[float64]{
				Sum: 12.5, Scale: scale, ZeroCount: 3, ZeroThreshold: 0.001,
				PositiveBucket: metricdata.ExponentialBucket{Offset: offset, Counts: []uint64{1, 0, 2, 0, 0, 3, 1 << 40, 4, 0}},
				NegativeBucket: metricdata.ExponentialBucket{Offset: -offset, Counts: []uint64{0, 5, 6}},
			}))}
			if scale < minSchema {
				_, err := gather(t, d.reader)
				wantError(t, err, fmt.Sprintf("scale %d is coarser than Prometheus allows (-4)", scale))
				_, err = d.ours.Gather()
				wantError(t, err, "coarser")
				_, err = d.their()
				wantError(t, err, "scale below minimum")
				continue
			}
			d.roads().compare(t, request{accept: protobufType + "delimited"})
			ours, theirs := must(d.ours.Gather())(t), must(d.their())(t)
			if got, want := ours[0].Metric[0].Histogram.GetSchema(), min(scale, maxSchema); got != want {
				t.Errorf("scale %d: schema %d", scale, got)
			}
			wantSame(t, fmt.Sprint("scale ", scale, ", offset ", offset), timeless(ours), timeless(theirs))
		}
	}
}

// TestNativeShapes: what is at the edges of a native histogram.
func TestNativeShapes(t *testing.T) {
	type point = metricdata.ExponentialHistogramDataPoint[float64]
	type bucket = metricdata.ExponentialBucket
	var now []metricdata.ScopeMetrics
	d := produced(t, pairOfOptions{}, &now)
	for _, c := range []struct {
		name  string
		point point
	}{
		{"empty", point{}},
		{"empty with a threshold", point{ZeroThreshold: 0.5}},
		{"zero only", point{ZeroCount: 7}},
		{"positive only", point{PositiveBucket: bucket{Offset: 3, Counts: []uint64{1}}}},
		{"negative only", point{NegativeBucket: bucket{Offset: 3, Counts: []uint64{1}}}},
		{"buckets without counts", point{PositiveBucket: bucket{Offset: 3, Counts: []uint64{0, 0}}}},
		{"large", point{PositiveBucket: bucket{Counts: []uint64{1<<53 + 1, math.MaxInt64 / 2}}}},
		{"sum is NaN", point{Sum: math.NaN(), ZeroCount: 1}},
		{"sum is infinite", point{Sum: math.Inf(-1), ZeroCount: 1}},
		{"exemplars", point{ZeroCount: 1, Exemplars: []metricdata.Exemplar[float64]{exemplarOf(0, 1), exemplarOf(5, 2)}}},
		{"empty again", point{}},
	} {
		now = []metricdata.ScopeMetrics{scopeOf("s", nativeOf("h", c.point))}
		t.Run(c.name, func(t *testing.T) { compareFormats(t, d.roads()) })
	}
}

// TestNativeTooFarOut: buckets that Prometheus cannot number cost their series.
func TestNativeTooFarOut(t *testing.T) {
	handled(t)
	for _, scale := range []int32{8, 9} {
		now := []metricdata.ScopeMetrics{scopeOf("s", nativeOf("h", metricdata.ExponentialHistogramDataPoint[float64]{
			Scale: scale, PositiveBucket: metricdata.ExponentialBucket{Offset: math.MaxInt32, Counts: []uint64{1, 1}},
		}))}
		d := produced(t, withoutInfo, &now)
		if _, err := gather(t, d.reader); scale == 8 {
			wantError(t, err, "buckets from offset 2147483647 are too far out")
		} else if err != nil {
			t.Error(err)
		}
	}
}
