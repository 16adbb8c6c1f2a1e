package exporter

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// exemplarOf is an exemplar n seconds after then.
func exemplarOf(value float64, n int, kv ...attribute.KeyValue) metricdata.Exemplar[float64] {
	return metricdata.Exemplar[float64]{
		Value: value, Time: then.Add(time.Duration(n) * time.Second), FilteredAttributes: kv,
		TraceID: []byte{1, 2, 3, 15: byte(n)}, SpanID: []byte{7: byte(n)},
	}
}

func withExemplars(dp metricdata.DataPoint[float64], e ...metricdata.Exemplar[float64]) metricdata.DataPoint[float64] {
	dp.Exemplars = e
	return dp
}

func bucketExemplars(dp metricdata.HistogramDataPoint[float64], e ...metricdata.Exemplar[float64]) metricdata.HistogramDataPoint[float64] {
	dp.Exemplars = e
	return dp
}

// TestChanges: one reader is scraped in all formats in turn while series come
// and go, values change, and exemplars appear and disappear.
func TestChanges(t *testing.T) {
	a, b, c := attrSet("k", "a"), attrSet("k", "b"), attrSet("k", "c", "z.z", "é")
	full := exemplarOf(0.25, 1, attribute.String("user.id", "ü\n\"\\"), attribute.Int("n", 7))
	bare := metricdata.Exemplar[float64]{Value: -1e300, Time: time.Unix(1, 0)} // without a trace
	low, high := []float64{0.5, 1}, []float64{0.5, 1, 100}
	steps := []struct {
		name   string
		scopes []metricdata.ScopeMetrics
	}{
		{"nothing", nil},
		{"without exemplars", []metricdata.ScopeMetrics{scopeOf("s",
			sumOf("c", true, point1(1.0, a), point1(2.0, b)), gaugeOf("g", point1(1.0, a)), histogramOf("h", buckets1(2, low, 1, 0, 1)))}},
		{"with exemplars", []metricdata.ScopeMetrics{scopeOf("s",
			sumOf("c", true, withExemplars(point1(2.0, a), bare, full), point1(2.0, b)), gaugeOf("g", withExemplars(point1(2.0, a), full)),
			sumOf("u", false, withExemplars(point1(2.0, a), full)),
			histogramOf("h", bucketExemplars(buckets1(2, low, 2, 0, 1), full)))}},
		{"in another series and in +Inf", []metricdata.ScopeMetrics{scopeOf("s",
			sumOf("c", true, point1(3.0, a), withExemplars(point1(2.0, b), bare)),
			histogramOf("h", bucketExemplars(buckets1(2, low, 2, 0, 2), exemplarOf(1e9, 2))))}},
		{"on a bound, twice in a bucket", []metricdata.ScopeMetrics{scopeOf("s",
			sumOf("c", true, point1(3.0, a), withExemplars(point1(2.0, b), bare)),
			histogramOf("h", bucketExemplars(buckets1(2, low, 3, 3, 3), exemplarOf(0.5, 2), exemplarOf(0.1, 3), exemplarOf(1, 4), exemplarOf(0.7, 1), exemplarOf(2, 5), exemplarOf(3, 6))))}},
		{"no more exemplars", []metricdata.ScopeMetrics{scopeOf("s",
			sumOf("c", true, point1(3.0, a), point1(4.0, b)), histogramOf("h", buckets1(2, low, 4, 4, 4)))}},
		{"other series, other bounds", []metricdata.ScopeMetrics{scopeOf("s",
			sumOf("c", true, point1(4.0, c), point1(4.0, b)), histogramOf("h", buckets1(2, high, 4, 4, 4, 1)))}},
		{"a family less", []metricdata.ScopeMetrics{scopeOf("s", histogramOf("h", buckets1(2, high, 4, 4, 4, 2)))}},
		{"another scope before it", []metricdata.ScopeMetrics{scopeOf("r",
			sumOf("c", true, withExemplars(point1(9.0, a), full)), histogramOf("h", bucketExemplars(buckets1(7, low, 1, 1, 1), full))),
			scopeOf("s", histogramOf("h", buckets1(2, high, 4, 4, 4, 2)))}},
		{"nothing again", nil},
		{"an instrument without data", []metricdata.ScopeMetrics{scopeOf("s", gaugeOf[float64]("g"), sumOf("c", true, point1(1.0, a)))}},
		{"a reset", []metricdata.ScopeMetrics{scopeOf("s", sumOf("c", true, point1(0.0, a)), histogramOf("h", buckets1(0, low, 0, 0, 0)))}},
	}
	for _, strategy := range []otlptranslator.TranslationStrategyOption{otlptranslator.UnderscoreEscapingWithSuffixes, otlptranslator.NoTranslation} {
		var now []metricdata.ScopeMetrics
		roads := produced(t, translation(strategy), &now).roads()
		for i, step := range steps {
			now = step.scopes
			ok := t.Run(string(strategy)+"/"+step.name, func(t *testing.T) {
				for j, accept := range accepts {
					roads.compare(t, request{accept: accept + escapings[(i+j)%len(escapings)]})
				}
				for range 2 { // and each road's own memory must not have been touched by that
					roads.compare(t, request{accept: openType})
				}
			})
			if !ok {
				return
			}
		}
	}
}

// TestDifferenceExemplarNaN: an observation that is not a number lies beyond
// all bounds, and if another one does too, there is one bucket +Inf for both.
// client_golang makes two, which Prometheus rejects.
func TestDifferenceExemplarNaN(t *testing.T) {
	with := func(e ...metricdata.Exemplar[float64]) []metricdata.ScopeMetrics {
		return []metricdata.ScopeMetrics{scopeOf("s", histogramOf("h", bucketExemplars(buckets1(3, []float64{1}, 1, 2), e...)))}
	}
	now := with(exemplarOf(math.NaN(), 1))
	d := produced(t, pairOfOptions{}, &now)
	d.roads().compare(t, request{accept: openType})
	now = with(exemplarOf(2, 1), exemplarOf(math.NaN(), 2))
	r := d.roads()
	for i, h := range []http.Handler{r.handler, r.registry, r.theirs} {
		if got, want := strings.Count(scrape(t, h, openType), `le="+Inf"} 3 # {`), 1+i/2; got != want {
			t.Errorf("road %d: %d buckets +Inf, want %d", i, got, want)
		}
	}
}

// TestExemplarLine pins the lines down.
func TestExemplarLine(t *testing.T) {
	now := []metricdata.ScopeMetrics{scopeOf("s",
		sumOf("c", true, withExemplars(point1(1.0, attrSet()), exemplarOf(0.25, 1, attribute.String("user.id", "\"u\"")))),
		histogramOf("h", bucketExemplars(buckets1(3, []float64{1}, 1, 1), exemplarOf(2, 2))),
	)}
	d := produced(t, pairOfOptions{ours: []Option{WithoutScopeInfo(), WithoutTargetInfo()}}, &now)
	wantText(t, without(scrape(t, d.reader.Handler(), openType), "promhttp_"), `# HELP c sum c
# TYPE c counter
c_total 1.0 # {span_id="0000000000000001",trace_id="01020300000000000000000000000001",user_id="\"u\""} 0.25 1.7000000011234567e+09
# HELP h histogram h
# TYPE h histogram
h_bucket{le="1.0"} 1
h_bucket{le="+Inf"} 2 # {span_id="0000000000000002",trace_id="01020300000000000000000000000002"} 2.0 1.7000000021234567e+09
h_sum 3.0
h_count 2
# EOF
`)
}
