package exporter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// handled collects what reaches OpenTelemetry's error handler in one test.
func handled(t testing.TB) func() []string {
	t.Helper()
	var mu sync.Mutex
	var got []string
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, err.Error())
	}))
	t.Cleanup(func() { otel.SetErrorHandler(before) })
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(got)
	}
}

func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("got error %v, want one that says %q", err, w)
		}
	}
}

// twoScopes returns meters a and b of a reader without scope labels and
// target_info.
func twoScopes(t *testing.T, opts ...Option) (*Reader, metric.Meter, metric.Meter) {
	t.Helper()
	r := must(NewReader(append([]Option{WithoutRegisterer(), WithoutTargetInfo(), WithoutScopeInfo()}, opts...)...))(t)
	mp := newTestProvider(t, r)
	return r, mp.Meter("a"), mp.Meter("b")
}

func TestTypeClash(t *testing.T) {
	logged := handled(t)
	r, a, b := twoScopes(t)
	// The scopes' names decide, not who came first.
	must(b.Int64Gauge("x_total", metric.WithDescription("gauge")))(t).Record(background, 7)
	must(a.Int64Counter("x", metric.WithDescription("counter")))(t).Add(background, 1)
	must(b.Int64Counter("ok"))(t).Add(background, 2)
	for range 3 {
		text, err := gather(t, r)
		wantText(t, text, "# HELP ok_total \n# TYPE ok_total counter\nok_total 2\n"+
			"# HELP x_total counter\n# TYPE x_total counter\nx_total 1\n")
		wantError(t, err, `instrument "x_total" of scope "b"`, "x_total is a counter already, it cannot be a gauge too")
	}
	if got := logged(); len(got) != 1 {
		t.Errorf("a clash is logged once, got %q", got)
	}
}

func TestTypeClashDoesNotFailTheScrape(t *testing.T) {
	handled(t)
	r, a, b := twoScopes(t)
	must(a.Int64Counter("x"))(t).Add(background, 1)
	must(b.Int64Gauge("x_total"))(t).Record(background, 7)
	h := r.Handler()
	scrape(t, h, textType)
	got := scrape(t, h, textType)
	for _, want := range []string{"\nx_total 1\n", `promhttp_metric_handler_errors_total{cause="gathering"} 1`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// TestTypeClashInRegistry: through a registry its user hears of the clash.
func TestTypeClashInRegistry(t *testing.T) {
	handled(t)
	r, a, b := twoScopes(t)
	must(a.Int64Counter("x"))(t).Add(background, 1)
	must(b.Int64Gauge("x_total"))(t).Record(background, 7)
	families, err := newRegistryWith(t, collector{r.bridge}).Gather()
	wantError(t, err, "cannot be a gauge too")
	wantText(t, toText(t, families), "# HELP x_total \n# TYPE x_total counter\nx_total 1\n")
}

func TestHelpClash(t *testing.T) {
	r, a, b := twoScopes(t, WithScopeInfo())
	must(b.Int64Counter("x", metric.WithDescription("second")))(t).Add(background, 2)
	must(a.Int64Counter("x", metric.WithDescription("first")))(t).Add(background, 1)
	text, err := gather(t, r)
	if err != nil {
		t.Error(err)
	}
	wantText(t, text, `# HELP x_total first
# TYPE x_total counter
x_total{otel_scope_name="a",otel_scope_schema_url="",otel_scope_version=""} 1
x_total{otel_scope_name="b",otel_scope_schema_url="",otel_scope_version=""} 2
`)
}

func TestSuffixClash(t *testing.T) {
	handled(t)
	r, a, b := twoScopes(t)
	must(a.Int64Histogram("x", metric.WithExplicitBucketBoundaries(1)))(t).Record(background, 1)
	must(b.Int64Gauge("x_count"))(t).Record(background, 7)
	text, err := gather(t, r)
	wantError(t, err, "x_count collides with the samples of x")
	wantText(t, text, "# HELP x \n# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n")
}

// TestScopesMerged: without scope labels, series of two scopes become one.
func TestScopesMerged(t *testing.T) {
	logged := handled(t)
	r, a, b := twoScopes(t)
	for i, m := range []metric.Meter{a, b} {
		n := int64(i + 1)
		must(m.Int64Counter("c"))(t).Add(background, n, attrs("k", "same"))
		must(m.Int64Counter("c"))(t).Add(background, n, attrs("k", string(rune('x'+i))))
		must(m.Float64UpDownCounter("u"))(t).Add(background, -float64(n))
		must(m.Float64Histogram("h", metric.WithExplicitBucketBoundaries(1, 2)))(t).Record(background, float64(n))
	}
	const want = `# HELP c_total 
# TYPE c_total counter
c_total{k="same"} 3
c_total{k="x"} 1
c_total{k="y"} 2
# HELP h 
# TYPE h histogram
h_bucket{le="1"} 1
h_bucket{le="2"} 2
h_bucket{le="+Inf"} 2
h_sum 3
h_count 2
# HELP u 
# TYPE u gauge
u -3
`
	for range 3 { // merging starts anew each time
		text, err := gather(t, r)
		if err != nil {
			t.Error("nothing is lost, so there is no error:", err)
		}
		wantText(t, text, want)
	}
	families := must(newRegistryWith(t, collector{r.bridge}).Gather())(t)
	wantText(t, toText(t, families), want)
	if got := logged(); len(got) != 3 || !strings.Contains(strings.Join(got, "\n"), "added up") {
		t.Errorf("each merge is logged once, got %q", got)
	}
}

// TestScopesSkipped: gauges and histograms with different bounds have no sum.
// The same series is served in every scrape.
func TestScopesSkipped(t *testing.T) {
	handled(t)
	r, a, b := twoScopes(t)
	must(b.Int64Gauge("g"))(t).Record(background, 2)
	must(a.Int64Gauge("g"))(t).Record(background, 1)
	must(b.Int64Histogram("h", metric.WithExplicitBucketBoundaries(2)))(t).Record(background, 1)
	must(a.Int64Histogram("h", metric.WithExplicitBucketBoundaries(1)))(t).Record(background, 1)
	for range 5 {
		text, err := gather(t, r)
		wantError(t, err, `g: instrument "g" of scope "a" and instrument "g" of scope "b" give the same series`, `h: instrument "h"`)
		wantText(t, text, "# HELP g \n# TYPE g gauge\ng 1\n"+
			"# HELP h \n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n")
	}
}

// TestSanitizedTwins: different attributes, one label.
func TestSanitizedTwins(t *testing.T) {
	handled(t)
	r, a, _ := twoScopes(t)
	c := must(a.Int64Counter("c"))(t)
	c.Add(background, 1, attrs("k.1", "v"))
	c.Add(background, 2, attrs("k_1", "v"))
	text, err := gather(t, r)
	if err != nil {
		t.Error(err)
	}
	wantText(t, text, "# HELP c_total \n# TYPE c_total counter\nc_total{k_1=\"v\"} 3\n")
}

func TestInvalidUTF8(t *testing.T) {
	r, a, _ := twoScopes(t)
	c := must(a.Int64Counter("c", metric.WithDescription("bad \xff help")))(t)
	c.Add(background, 1, attrs("k", "bad \xff\xfe value"))
	const want = "# HELP c_total bad \uFFFD help\n# TYPE c_total counter\nc_total{k=\"bad \uFFFD value\"} 1\n"
	text, err := gather(t, r)
	if err != nil {
		t.Error(err)
	}
	wantText(t, text, want)
	if got := decode(t, scrape(t, r.Handler(), protobufAccept))["c_total"].Metric[0].Counter.GetValue(); got != 1 {
		t.Errorf("in protobuf: %v", got)
	}
	wantText(t, toText(t, must(newRegistryWith(t, collector{r.bridge}).Gather())(t)), want)
}

// TestImpossibleLabels: what a registry refuses costs one series.
func TestImpossibleLabels(t *testing.T) {
	handled(t)
	r, a, _ := twoScopes(t, WithScopeInfo())
	c := must(a.Int64Counter("c"))(t)
	c.Add(background, 1, attrs("otel_scope_name", "v"))
	c.Add(background, 1, attrs("___", "v"))
	c.Add(background, 3)
	must(a.Int64Histogram("h"))(t).Record(background, 1, attrs("le", "v"))
	text, err := gather(t, r)
	wantError(t, err, `instrument "c" of scope "a": 2 series left out`, `a histogram cannot have a label named "le"`)
	wantText(t, text, `# HELP c_total 
# TYPE c_total counter
c_total{otel_scope_name="a",otel_scope_schema_url="",otel_scope_version=""} 3
`)
}

func TestTargetInfoIsReserved(t *testing.T) {
	handled(t)
	r, m := newTestReader(t)
	must(m.Int64Gauge("target_info"))(t).Record(background, 7)
	text, err := gather(t, r)
	wantError(t, err, "target_info describes the resource")
	wantText(t, text, "# HELP target_info Target metadata\n# TYPE target_info gauge\n"+
		"target_info{service_instance_id=\"1\",service_name=\"svc\"} 1\n")
}

// producer is an external source of metrics.
type producer func() []metricdata.ScopeMetrics

func (p producer) Produce(context.Context) ([]metricdata.ScopeMetrics, error) { return p(), nil }

// TestProducer: an external producer may send what the SDK never does, and
// keeps its memory to itself.
func TestProducer(t *testing.T) {
	handled(t)
	dp := func(v int64, kv ...attribute.KeyValue) metricdata.DataPoint[int64] {
		return metricdata.DataPoint[int64]{Attributes: attribute.NewSet(kv...), Value: v, StartTime: time.Unix(1, 0)}
	}
	same := []metricdata.ScopeMetrics{{
		Scope: instrumentation.Scope{Name: "ext"},
		Metrics: []metricdata.Metrics{
			{Name: "twice", Data: metricdata.Gauge[int64]{DataPoints: []metricdata.DataPoint[int64]{dp(1), dp(2)}}},
			{Name: "summary", Data: metricdata.Summary{}},
			{Name: "hist", Data: metricdata.Histogram[int64]{DataPoints: []metricdata.HistogramDataPoint[int64]{{
				Bounds: []float64{1, 2}, BucketCounts: []uint64{1}, Count: 1,
			}}}},
		},
	}, {
		Scope:   instrumentation.Scope{Name: bridgeScope},
		Metrics: []metricdata.Metrics{{Name: "bridged", Data: metricdata.Gauge[int64]{DataPoints: []metricdata.DataPoint[int64]{dp(1)}}}},
	}}
	r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo(),
		WithProducer(producer(func() []metricdata.ScopeMetrics { return same })))
	for range 2 {
		text, err := gather(t, r)
		wantError(t, err, "are there twice", `instrument "summary" of scope "ext"`, errBuckets.Error())
		wantText(t, text, "# HELP twice \n# TYPE twice gauge\ntwice 1\n")
	}
	// A scope of the SDK's own comes in; the producer's slices must stay whole.
	must(m.Int64Counter("own"))(t).Add(background, 5)
	text, _ := gather(t, r)
	wantText(t, text, "# HELP own_total \n# TYPE own_total counter\nown_total 5\n# HELP twice \n# TYPE twice gauge\ntwice 1\n")
	if got := same[0].Metrics[0].Name; got != "twice" {
		t.Errorf("the producer's memory was written: %q", got)
	}
}

// TestCallbackFails: what a failing callback leaves is served, and the failure
// is seen.
func TestCallbackFails(t *testing.T) {
	handled(t)
	r, a, _ := twoScopes(t)
	g := must(a.Int64ObservableGauge("g"))(t)
	must(a.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(g, 1)
		return errors.New("disk on fire")
	}, g))(t)
	text, err := gather(t, r)
	wantError(t, err, "disk on fire")
	wantText(t, text, "# HELP g \n# TYPE g gauge\ng 1\n")
	// The official exporter does not let that fail a registry's gather.
	wantText(t, toText(t, must(newRegistryWith(t, collector{r.bridge}).Gather())(t)), text)
}

// TestCallbackPanics: the registry's part of a scrape survives.
func TestCallbackPanics(t *testing.T) {
	handled(t)
	p := must(New(WithoutRuntimeCollectors()))(t)
	defer p.Shutdown(background)
	m := p.MeterProvider().Meter("a")
	boom := true
	must(m.Int64ObservableGauge("g", metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
		if boom {
			panic("boom")
		}
		o.Observe(3)
		return nil
	})))(t)
	scrape(t, p.Handler(), textType)
	got := scrape(t, p.Handler(), textType)
	if !strings.Contains(got, `promhttp_metric_handler_errors_total{cause="gathering"} 1`) || strings.Contains(got, "target_info") {
		t.Error(got)
	}
	boom = false
	if got := scrape(t, p.Handler(), textType); !strings.Contains(got, "\ng 3\n") {
		t.Error("the bridge must recover:", got)
	}
}

func TestNotRegistered(t *testing.T) {
	handled(t)
	r := must(NewReader(WithoutRegisterer()))(t)
	families, done, err := r.Gather()
	defer done()
	if len(families) != 0 || !errors.Is(err, sdkmetric.ErrReaderNotRegistered) {
		t.Error(families, err)
	}
	// Through a registry it is an empty collector, as the official one is.
	if families, err := newRegistryWith(t, collector{r.bridge}).Gather(); len(families) != 0 || err != nil {
		t.Error(families, err)
	}
}

func TestCollectorNameWins(t *testing.T) {
	handled(t)
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "x_total", Help: "theirs"})
	c.Add(5)
	p := must(New(WithoutRuntimeCollectors(), WithCollectors(c)))(t)
	defer p.Shutdown(background)
	must(p.MeterProvider().Meter("a").Int64Counter("x"))(t).Add(background, 1)
	families, err := p.Gatherer().Gather()
	wantError(t, err, "x_total is left out")
	if text := toText(t, families); strings.Count(text, "\nx_total ") != 1 || !strings.Contains(text, "\nx_total 5\n") {
		t.Error(text)
	}
}
