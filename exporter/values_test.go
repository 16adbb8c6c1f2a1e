package exporter

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// then is when everything that is produced began.
var then = time.Unix(1_700_000_000, 123_456_789)

// produced returns a pair of exporters that both get what is in scopes.
func produced(t testing.TB, o pairOfOptions, scopes *[]metricdata.ScopeMetrics) *duo {
	t.Helper()
	return newDuo(t, o.producing(producer(func() []metricdata.ScopeMetrics { return *scopes })))
}

func scopeOf(name string, metrics ...metricdata.Metrics) metricdata.ScopeMetrics {
	return metricdata.ScopeMetrics{Scope: instrumentation.Scope{Name: name}, Metrics: metrics}
}

func attrSet(kv ...string) attribute.Set {
	var out []attribute.KeyValue
	for i := 0; i+1 < len(kv); i += 2 {
		out = append(out, attribute.String(kv[i], kv[i+1]))
	}
	return attribute.NewSet(out...)
}

func point1[N int64 | float64](v N, at attribute.Set) metricdata.DataPoint[N] {
	return metricdata.DataPoint[N]{Attributes: at, Value: v, StartTime: then}
}

func gaugeOf[N int64 | float64](name string, points ...metricdata.DataPoint[N]) metricdata.Metrics {
	return metricdata.Metrics{Name: name, Description: "gauge " + name, Data: metricdata.Gauge[N]{DataPoints: points}}
}

func sumOf[N int64 | float64](name string, monotonic bool, points ...metricdata.DataPoint[N]) metricdata.Metrics {
	return metricdata.Metrics{Name: name, Description: "sum " + name, Data: metricdata.Sum[N]{
		Temporality: metricdata.CumulativeTemporality, IsMonotonic: monotonic, DataPoints: points,
	}}
}

func histogramOf(name string, points ...metricdata.HistogramDataPoint[float64]) metricdata.Metrics {
	return metricdata.Metrics{Name: name, Description: "histogram " + name, Data: metricdata.Histogram[float64]{
		Temporality: metricdata.CumulativeTemporality, DataPoints: points,
	}}
}

// buckets1 is a point of a histogram; what is beyond the last bound is given
// as well.
func buckets1(sum float64, bounds []float64, counts ...uint64) metricdata.HistogramDataPoint[float64] {
	dp := metricdata.HistogramDataPoint[float64]{StartTime: then, Sum: sum, Bounds: bounds, BucketCounts: counts}
	for _, n := range counts {
		dp.Count += n
	}
	return dp
}

var hardFloats = []float64{
	0, math.Copysign(0, -1), 1, -1, 9, 10, -10, 0.1, -0.5, 1.0 / 3, 1e5, 1e6, 123456, 999999, 1e20, 1e21, -1e21, 1e22, 1e300, -1e300, 1e-5, 1e-7,
	math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(1), math.Inf(-1), 1 << 53, 1<<53 + 2, 1 << 63, 4503599627370495.5,
}

var hardInts = []int64{
	0, 1, -1, 9, 10, 99, 999_999, 1_000_000, 1_000_001, 1 << 31, 1<<53 - 1, 1 << 53, 1<<53 + 1, math.MaxInt64, math.MinInt64, 12345678901234567,
}

// hardValues are series with numbers that are hard to write.
func hardValues() []metricdata.ScopeMetrics {
	var floats []metricdata.DataPoint[float64]
	for i, v := range hardFloats {
		floats = append(floats, point1(v, attrSet("i", fmt.Sprint(i))))
	}
	var ints []metricdata.DataPoint[int64]
	for i, v := range hardInts {
		ints = append(ints, point1(v, attrSet("i", fmt.Sprint(i))))
	}
	var sums []metricdata.HistogramDataPoint[float64]
	for i, v := range hardFloats {
		dp := buckets1(v, []float64{1}, uint64(i), 1)
		dp.Attributes = attrSet("i", fmt.Sprint(i))
		sums = append(sums, dp)
	}
	bounds := []float64{-1e21, -0.5, 0, 1e-7, 0.1, 0.25, 1, 2.5, 100, 1e5, 1e6, 1e7, 1e20, 1e21, 1e300}
	return []metricdata.ScopeMetrics{
		scopeOf("floats", gaugeOf("fg", floats...), sumOf("fc", true, floats...), sumOf("fu", false, floats...)),
		scopeOf("ints", gaugeOf("ig", ints...), sumOf("ic", true, ints...), sumOf("iu", false, ints...)),
		scopeOf("histograms",
			histogramOf("sums", sums...),
			histogramOf("bounds", buckets1(7, bounds, 1, 0, 2, 0, 3, 999_993, 1, 1, 0, 0, 0, 1<<53-1_000_000, 1, 1, 1, 1)),
			histogramOf("infinite", buckets1(3, []float64{1, math.Inf(1)}, 1, 2, 0)),
			histogramOf("unbounded", buckets1(3, nil, 5)),
			histogramOf("empty", buckets1(0, []float64{1, 2}, 0, 0, 0)),
			histogramOf("full", buckets1(1, []float64{1}, math.MaxUint64, 0)),
		),
	}
}

// TestHardValues: numbers at the edges of what can be written.
func TestHardValues(t *testing.T) {
	scopes := hardValues()
	compareFormats(t, produced(t, pairOfOptions{}, &scopes).roads())
}

// TestHardNumbers pins a few of them down, so that not only a comparison says
// what they are. Prometheus's own encoder
// drops the sign of zero, and text has counts of buckets as floats.
func TestHardNumbers(t *testing.T) {
	scopes := hardValues()
	h := produced(t, pairOfOptions{ours: []Option{WithoutScopeInfo()}}, &scopes).reader.Handler()
	text, open := scrape(t, h, textType), scrape(t, h, openType)
	for value, want := range map[string][2]string{
		`fg{i="0"}`: {"0", "0.0"}, `fg{i="1"}`: {"0", "0.0"}, `fg{i="2"}`: {"1", "1.0"}, `fg{i="24"}`: {"NaN", "NaN"},
		`fg{i="25"}`: {"+Inf", "+Inf"}, `fg{i="14"}`: {"1e+20", "1e+20"}, `fg{i="13"}`: {"999999", "999999.0"}, `fg{i="11"}`: {"1e+06", "1e+06"},
		`ic_total{i="12"}`:         {"9.007199254740992e+15", "9.007199254740992e+15"}, // a float64 has no 2^53+1
		`bounds_bucket{le="0.25"}`: {"999999", "999999"}, `bounds_bucket{le="1.0"}`: {"", "1000000"}, `bounds_bucket{le="1"}`: {"1e+06", ""},
		`bounds_bucket{le="2.5"}`: {"1.000001e+06", "1000001"}, `bounds_bucket{le="1e+07"}`: {"9.007199254740992e+15", "9007199254740993"},
		`full_bucket{le="+Inf"}`: {"1.8446744073709552e+19", "18446744073709551615"},
	} {
		for i, body := range []string{text, open} {
			line := ""
			for l := range strings.Lines(body) {
				if strings.HasPrefix(l, value) {
					line = strings.TrimSuffix(l[strings.LastIndexByte(l, ' ')+1:], "\n")
				}
			}
			if line != want[i] {
				t.Errorf("%s: got %q, want %q", value, line, want[i])
			}
		}
	}
}
