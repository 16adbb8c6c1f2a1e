package exporter

import (
	"testing"

	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// TestDifferenceDelta: sums and histograms of delta temporality are left out
// and reported; the official exporter shows the deltas as if they were totals.
func TestDifferenceDelta(t *testing.T) {
	logged := handled(t)
	now := []metricdata.ScopeMetrics{scopeOf("s",
		gaugeOf("g", point1(1.0, attrSet())),
		inTemporality(metricdata.DeltaTemporality, sumOf("c", true, point1[int64](2, attrSet()))),
		inTemporality(metricdata.DeltaTemporality, sumOf("u", false, point1(3.0, attrSet()))),
		inTemporality(metricdata.DeltaTemporality, histogramOf("h", buckets1(2, []float64{1}, 1, 1))),
		metricdata.Metrics{Name: "e", Data: metricdata.ExponentialHistogram[int64]{
			Temporality: metricdata.DeltaTemporality,
			DataPoints:  []metricdata.ExponentialHistogramDataPoint[int64]{{Count: 1, ZeroCount: 1}},
		}},
	)}
	d := produced(t, withoutInfo, &now)
	const left = "# HELP g gauge g\n# TYPE g gauge\ng 1\n"
	problems := []string{`instrument "c" of scope "s" is not exposed: ` + errDelta.Error(), `"u"`, `"h"`, `"e"`}
	for range 2 {
		text, err := gather(t, d.reader)
		wantText(t, text, left)
		wantError(t, err, problems...)
		families, err := d.ours.Gather()
		wantText(t, toText(t, families), left)
		wantError(t, err, problems...)
		// The same deltas twice, and the counter stands still.
		wantText(t, toText(t, must(d.theirs.Gather())(t)), `# HELP c_total sum c
# TYPE c_total counter
c_total 2
# HELP e 
# TYPE e histogram
e_bucket{le="+Inf"} 1
e_sum 0
e_count 1
# HELP g gauge g
# TYPE g gauge
g 1
# HELP h histogram h
# TYPE h histogram
h_bucket{le="1"} 1
h_bucket{le="+Inf"} 2
h_sum 2
h_count 2
# HELP u sum u
# TYPE u gauge
u 3
`)
	}
	if got := logged(); len(got) != 4 {
		t.Errorf("each is logged once, got %q", got)
	}
}

// TestDeltaEnds: a series that becomes cumulative is exposed, and goes when it
// is not any more.
func TestDeltaEnds(t *testing.T) {
	handled(t)
	var now []metricdata.ScopeMetrics
	d := produced(t, withoutInfo, &now)
	for i, temporality := range []metricdata.Temporality{
		metricdata.DeltaTemporality, metricdata.CumulativeTemporality, metricdata.DeltaTemporality, 0, metricdata.CumulativeTemporality,
	} {
		now = []metricdata.ScopeMetrics{scopeOf("s", inTemporality(temporality, sumOf("c", true, point1[int64](int64(i), attrSet()))))}
		text, err := gather(t, d.reader)
		if delta := temporality == metricdata.DeltaTemporality; delta != (text == "") || delta != (err != nil) {
			t.Errorf("step %d, %v: %v\n%s", i, temporality, err, text)
		}
	}
}

func inTemporality(temporality metricdata.Temporality, m metricdata.Metrics) metricdata.Metrics {
	switch v := m.Data.(type) {
	case metricdata.Sum[int64]:
		v.Temporality = temporality
		m.Data = v
	case metricdata.Sum[float64]:
		v.Temporality = temporality
		m.Data = v
	case metricdata.Histogram[float64]:
		v.Temporality = temporality
		m.Data = v
	}
	return m
}
