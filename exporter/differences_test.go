package exporter

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// Every difference from the official exporter that the package documentation
// lists has a test here, in differences_errors_test.go or in delta_test.go
// that shows both sides, so that the list neither rots nor hides anything.

// wantOurs gathers by both of our roads.
func (d *duo) wantOurs(t *testing.T, text string, problems ...string) {
	t.Helper()
	got, err := gather(t, d.reader)
	wantText(t, got, text)
	families, registryErr := d.ours.Gather()
	wantText(t, toText(t, families), text)
	for _, err := range []error{err, registryErr} {
		if wantError(t, err, problems...); len(problems) == 0 && err != nil {
			t.Error(err)
		}
	}
}

// wantTheirs gathers from the official exporter and expects it to complain.
func (d *duo) wantTheirs(t *testing.T, text string, problems ...string) {
	t.Helper()
	families, err := d.their()
	wantText(t, toText(t, families), text)
	if wantError(t, err, problems...); len(problems) == 0 && err != nil {
		t.Error(err)
	}
}

// TestDifferenceSameSeries: series of several instruments with the same name
// and labels fail the official gather. Ours are added up; of gauges the first
// by scope name is served.
func TestDifferenceSameSeries(t *testing.T) {
	handled(t)
	d := newDuo(t, withoutInfo)
	for i, scope := range []string{"b", "a"} {
		n := int64(i + 1)
		m := d.provider.Meter(scope)
		must(m.Int64Counter("c"))(t).Add(background, n)
		must(m.Int64UpDownCounter("u"))(t).Add(background, -n)
		must(m.Int64Histogram("h", metric.WithExplicitBucketBoundaries(1)))(t).Record(background, n)
		must(m.Int64Gauge("g"))(t).Record(background, n)
	}
	d.wantOurs(t, `# HELP c_total 
# TYPE c_total counter
c_total 3
# HELP g 
# TYPE g gauge
g 2
# HELP h 
# TYPE h histogram
h_bucket{le="1"} 1
h_bucket{le="+Inf"} 2
h_sum 3
h_count 2
# HELP u 
# TYPE u gauge
u -3
`, `g: instrument "g" of scope "a" and instrument "g" of scope "b" give the same series`)
	_, err := d.their()
	wantError(t, err, "4 error(s)", "was collected before with the same name and label values")
}

// TestDifferenceSameLabels: the same with attributes like a.b and a_b.
func TestDifferenceSameLabels(t *testing.T) {
	handled(t)
	d := newDuo(t, withoutInfo)
	c := must(d.provider.Meter("m").Int64Counter("c"))(t)
	c.Add(background, 1, attrs("a.b", "v"))
	c.Add(background, 2, attrs("a_b", "v"))
	d.wantOurs(t, "# HELP c_total \n# TYPE c_total counter\nc_total{a_b=\"v\"} 3\n")
	_, err := d.their()
	wantError(t, err, "was collected before")
}

// TestDifferenceTwoViews: an explicit-bucket and an exponential view of one
// instrument become one histogram; the official gather fails.
func TestDifferenceTwoViews(t *testing.T) {
	inst := sdkmetric.Instrument{Name: "h"}
	d := newDuo(t, withoutInfo, sdkmetric.WithView(
		sdkmetric.NewView(inst, sdkmetric.Stream{Aggregation: sdkmetric.AggregationExplicitBucketHistogram{Boundaries: []float64{1, 10}}}),
		sdkmetric.NewView(inst, sdkmetric.Stream{Description: "native", Aggregation: exponential(sdkmetric.InstrumentKindHistogram)}),
	))
	must(d.provider.Meter("m").Float64Histogram("h", metric.WithDescription("classic")))(t).Record(background, 4)
	d.wantOurs(t, "# HELP h classic\n# TYPE h histogram\nh_bucket{le=\"1\"} 0\nh_bucket{le=\"10\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 4\nh_count 1\n")
	h := must(d.ours.Gather())(t)[0].Metric[0].Histogram
	if len(h.Bucket) != 3 || h.GetSchema() != maxSchema || len(h.PositiveSpan) != 1 {
		t.Error(h)
	}
	_, err := d.their()
	wantError(t, err, "was collected before")
}

// TestDifferenceEmptyHelp: an empty help that came first stays, as others do.
// The official exporter keeps to it only if it is not empty, and the registry
// then refuses the second series.
func TestDifferenceEmptyHelp(t *testing.T) {
	now := []metricdata.ScopeMetrics{scopeOf("s",
		gaugeOf("g", point1(1.0, attrSet("k", "1"))), gaugeOf("g", point1(2.0, attrSet("k", "2"))))}
	now[0].Metrics[0].Description, now[0].Metrics[1].Description = "", "second"
	d := produced(t, withoutInfo, &now)
	d.wantOurs(t, "# HELP g \n# TYPE g gauge\ng{k=\"1\"} 1\ng{k=\"2\"} 2\n")
	d.wantTheirs(t, "# HELP g \n# TYPE g gauge\ng{k=\"1\"} 1\n", `has help "second" but should have ""`)
}

// TestDifferenceInvalidUTF8: bytes that are not UTF-8 become U+FFFD in label
// values, label names and help; the official exporter drops the series.
func TestDifferenceInvalidUTF8(t *testing.T) {
	for _, c := range []struct{ key, value, help, want string }{
		{"k", "\xff!", "h", "# HELP c h\n# TYPE c counter\nc{k=\"\uFFFD!\"} 1\n"},
		{"k\xff", "v", "h", "# HELP c h\n# TYPE c counter\nc{\"k\uFFFD\"=\"v\"} 1\n"},
		{"k", "v", "h\xff", "# HELP c h\uFFFD\n# TYPE c counter\nc{k=\"v\"} 1\n"},
	} {
		now := []metricdata.ScopeMetrics{scopeOf("s", sumOf("c", true, point1(1.0, attrSet(c.key, c.value))))}
		now[0].Metrics[0].Description = c.help
		d := produced(t, withoutInfo.and(translation(otlptranslator.NoTranslation)), &now)
		d.wantOurs(t, c.want)
		families, err := d.their()
		var b bytes.Buffer
		for _, f := range families {
			must(expfmt.MetricFamilyToText(&b, f))(t)
		}
		if err == nil && !strings.Contains(b.String(), "\xff") {
			t.Errorf("%q: the official exporter serves %q", c, b.String())
		}
	}
}

// TestDifferenceLe: a label le on a histogram costs the series; the official
// exporter serves it twice in one line, and Prometheus rejects the scrape.
func TestDifferenceLe(t *testing.T) {
	handled(t)
	d := newDuo(t, withoutInfo)
	h := must(d.provider.Meter("m").Int64Histogram("h", metric.WithExplicitBucketBoundaries(1)))(t)
	h.Record(background, 1, attrs("le", "v"))
	d.wantOurs(t, "", `a histogram cannot have a label named "le"`)
	theirs := toText(t, must(d.their())(t))
	if !strings.Contains(theirs, `h_bucket{le="v",le="1"} 1`) {
		t.Error(theirs)
	}
	// A counter may have one.
	must(d.provider.Meter("m").Int64Counter("c"))(t).Add(background, 1, attrs("le", "v"))
	d.wantOurs(t, "# HELP c_total \n# TYPE c_total counter\nc_total{le=\"v\"} 1\n", "1 series left out")
}

// TestDifferenceColon: where UTF-8 names are allowed, a label a:b becomes a_b.
// The official exposition has it without quotes, and no parser takes that.
func TestDifferenceColon(t *testing.T) {
	d := newDuo(t, withoutInfo.and(translation(otlptranslator.NoTranslation)))
	must(d.provider.Meter("m").Int64Counter("c"))(t).Add(background, 1, attrs("a:b", "v"))
	d.wantOurs(t, "# HELP c \n# TYPE c counter\nc{a_b=\"v\"} 1\n")
	theirs := toText(t, must(d.their())(t))
	p := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := p.TextToMetricFamilies(strings.NewReader(theirs)); err == nil {
		t.Errorf("this can be read:\n%s", theirs)
	}
}

// TestDifferenceCreated: classic counters and histograms have created
// timestamps in protobuf; the text formats do not show them.
func TestDifferenceCreated(t *testing.T) {
	now := []metricdata.ScopeMetrics{scopeOf("s", sumOf("c", true, point1(1.0, attrSet())), histogramOf("h", buckets1(1, []float64{1}, 1, 0)))}
	d := produced(t, withoutInfo, &now)
	ours, theirs := must(d.ours.Gather())(t), must(d.their())(t)
	for i := range ours {
		for _, created := range []interface{ GetSeconds() int64 }{
			ours[i].Metric[0].GetCounter().GetCreatedTimestamp(), ours[i].Metric[0].GetHistogram().GetCreatedTimestamp(),
		} {
			if got := created.GetSeconds(); got != 0 && got != then.Unix() {
				t.Errorf("created %v", created)
			}
		}
		if m := theirs[i].Metric[0]; m.GetCounter().GetCreatedTimestamp() != nil || m.GetHistogram().GetCreatedTimestamp() != nil {
			t.Errorf("the official exporter has them too: %v", m)
		}
	}
	if ours[0].Metric[0].Counter.CreatedTimestamp == nil || ours[1].Metric[0].Histogram.CreatedTimestamp == nil {
		t.Error(ours)
	}
	for _, accept := range []string{textType, openType} {
		if body := scrape(t, d.reader.Handler(), accept); strings.Contains(body, "_created") {
			t.Error(body)
		}
		d.roads().compare(t, request{accept: accept})
	}
}

// TestDifferenceExemplarLabels: exemplar labels are sorted by name and made
// valid UTF-8. Their official order is random, and one that is not UTF-8 costs
// the series its exemplars.
func TestDifferenceExemplarLabels(t *testing.T) {
	handled(t)
	e := exemplarOf(1, 1, attribute.String("z", "1"), attribute.String("a", "2"), attribute.String("t", "3"))
	now := []metricdata.ScopeMetrics{scopeOf("s", sumOf("c", true, withExemplars(point1(1.0, attrSet()), e)))}
	d := produced(t, withoutInfo, &now)
	orders := make(map[string]bool)
	for range 100 {
		wantLine(t, scrape(t, d.reader.Handler(), openType), `c_total 1.0 # {a="2",span_id="0000000000000001",t="3",`+
			`trace_id="01020300000000000000000000000001",z="1"} 1.0 1.7000000011234567e+09`)
		orders[fmt.Sprint(must(d.theirs.Gather())(t)[0].Metric[0].Counter.Exemplar.Label)] = true
	}
	if len(orders) == 1 {
		t.Error("the official order does not change any more")
	}
	e.FilteredAttributes = []attribute.KeyValue{attribute.String("a", "\xff")}
	now = []metricdata.ScopeMetrics{scopeOf("s", sumOf("c", true, withExemplars(point1(1.0, attrSet()), e)))}
	wantLine(t, scrape(t, d.reader.Handler(), openType), "c_total 1.0 # {a=\"\uFFFD\",span_id=\"0000000000000001\","+
		`trace_id="01020300000000000000000000000001"} 1.0 1.7000000011234567e+09`)
	if got := must(d.their())(t)[0].Metric[0].Counter.Exemplar; got != nil {
		t.Errorf("the official exporter has %v", got)
	}
}

// TestDifferenceExemplarTime: an exemplar without a time is exposed without
// one. Only a producer can give it.
func TestDifferenceExemplarTime(t *testing.T) {
	e := exemplarOf(1, 1)
	e.Time = time.Time{}
	now := []metricdata.ScopeMetrics{scopeOf("s", sumOf("c", true, withExemplars(point1(1.0, attrSet()), e)))}
	d := produced(t, withoutInfo, &now)
	wantLine(t, scrape(t, d.reader.Handler(), openType),
		`c_total 1.0 # {span_id="0000000000000001",trace_id="01020300000000000000000000000001"} 1.0`)
	if got := must(d.their())(t)[0].Metric[0].Counter.Exemplar.Timestamp; got == nil {
		t.Error("the official exporter gives it no time any more")
	}
}

func wantLine(t *testing.T, text, line string) {
	t.Helper()
	if !strings.Contains("\n"+text, "\n"+line+"\n") {
		t.Errorf("no line\n%s\nin\n%s", line, text)
	}
}
