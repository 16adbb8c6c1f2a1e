package exporter

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	official "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
)

// TestDifferenceFirst: which of two clashing instruments is the first does not
// depend on chance. The official exporter takes the SDK's random order.
func TestDifferenceFirst(t *testing.T) {
	handled(t)
	theirs := make(map[string]bool)
	for i := 0; i < 10 || len(theirs) < 2 && i < 1000; i++ {
		d := newDuo(t, withoutInfo)
		must(d.provider.Meter("b").Int64UpDownCounter("x_total"))(t).Add(background, 1)
		must(d.provider.Meter("a").Int64Counter("x"))(t).Add(background, 2)
		d.wantOurs(t, "# HELP x_total \n# TYPE x_total counter\nx_total 2\n", `"x_total" of scope "b"`, "is a counter already")
		families, _ := d.their()
		theirs[toText(t, families)] = true
	}
	if len(theirs) != 2 {
		t.Errorf("the official exporter gave %v", theirs)
	}
}

// TestDifferenceSamples: likewise for a clash of a name with a histogram's
// _bucket, _count or _sum samples, and with target_info. Behind the official
// exporter the registry finds the former, and keeps what came first by chance;
// the latter is served, and so describes two things.
func TestDifferenceSamples(t *testing.T) {
	for _, suffix := range []string{"bucket", "count", "sum"} {
		handled(t)
		d := newDuo(t, withoutInfo)
		must(d.provider.Meter("a").Int64Histogram("h", metric.WithExplicitBucketBoundaries(1)))(t).Record(background, 1)
		must(d.provider.Meter("b").Int64Gauge("h_"+suffix))(t).Record(background, 7)
		d.wantOurs(t, "# HELP h \n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
			"h_"+suffix+" collides with the samples of h")
		_, err := d.their()
		wantError(t, err, "collides with previously collected")
	}
	d := newDuo(t, pairOfOptions{})
	must(d.provider.Meter("a").Int64Gauge("target_info", metric.WithDescription(targetInfoHelp)))(t).Record(background, 7)
	const info = "# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info{service_instance_id=\"1\",service_name=\"svc\"} 1\n"
	d.wantOurs(t, info, "target_info describes the resource")
	d.wantTheirs(t, info+"target_info{otel_scope_name=\"a\",otel_scope_schema_url=\"\",otel_scope_version=\"\"} 7\n")
}

// TestDifferenceCallbackError: an error of a metrics callback is in the error
// of Gather and counted by the handler. Through a registry it is logged only,
// as in the official exporter. Problems are logged once, not at every scrape.
func TestDifferenceCallbackError(t *testing.T) {
	logged := handled(t)
	d := newDuo(t, withoutInfo)
	m := d.provider.Meter("m")
	g := must(m.Int64ObservableGauge("g"))(t)
	must(m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(g, 1)
		return errors.New("disk on fire")
	}, g))(t)
	for range 3 {
		d.wantTheirs(t, "# HELP g \n# TYPE g gauge\ng 1\n")
	}
	if n := len(logged()); n != 3 {
		t.Errorf("the official exporter logs %d times", n)
	}
	h := d.reader.Handler()
	for range 3 {
		_, err := gather(t, d.reader)
		wantError(t, err, "disk on fire")
		must(d.ours.Gather())(t)
		scrape(t, h, textType)
	}
	wantLine(t, scrape(t, h, textType), `promhttp_metric_handler_errors_total{cause="gathering"} 3`)
	if got := logged()[3:]; len(got) != 1 || !strings.Contains(got[0], "disk on fire") {
		t.Errorf("ours logs %q", got)
	}
}

// TestDifferencePanic: a panic in a metrics callback is an error of that scrape
// on all roads.
func TestDifferencePanic(t *testing.T) {
	handled(t)
	d := newDuo(t, withoutInfo)
	m := d.provider.Meter("m")
	must(m.Int64Counter("c"))(t).Add(background, 1)
	boom := true
	must(m.Int64ObservableGauge("g", metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
		if boom {
			panic("boom")
		}
		return nil
	})))(t)
	h := d.reader.Handler()
	for range 2 {
		d.wantOurs(t, "", "panic in a callback: boom")
		if got := without(scrape(t, h, textType), "promhttp_"); got != "" {
			t.Error(got)
		}
	}
	boom = false
	d.wantOurs(t, "# HELP c_total \n# TYPE c_total counter\nc_total 1\n")
	wantLine(t, scrape(t, h, textType), "c_total 1")
}

// TestDifferenceNoProvider: before the reader has a MeterProvider, Gather
// returns an error and the handler answers with its own metrics. The official
// exporter's empty scrape looks healthy.
func TestDifferenceNoProvider(t *testing.T) {
	handled(t)
	reg := prometheus.NewRegistry()
	must(official.New(official.WithRegisterer(reg)))(t)
	if got := scrape(t, promhttp.HandlerFor(reg, promhttp.HandlerOpts{}), textType); got != "" {
		t.Errorf("the official exporter serves %q", got)
	}
	r := must(NewReader(WithoutRegisterer()))(t)
	families, done, err := r.Gather()
	done()
	if len(families) != 0 || !errors.Is(err, sdkmetric.ErrReaderNotRegistered) {
		t.Error(families, err)
	}
	h := r.Handler()
	scrape(t, h, textType)
	wantLine(t, scrape(t, h, textType), `promhttp_metric_handler_errors_total{cause="gathering"} 1`)
}

// TestDifferenceResource: if resource attributes cannot become labels, the
// series go without them, reported; the official exporter serves nothing.
func TestDifferenceResource(t *testing.T) {
	handled(t)
	d := newDuo(t, pairOfOptions{
		ours:     []Option{WithoutScopeInfo(), WithResourceAsConstantLabels(attribute.NewDenyKeysFilter())},
		official: []official.Option{official.WithoutScopeInfo(), official.WithResourceAsConstantLabels(attribute.NewDenyKeysFilter())},
	}, sdkmetric.WithResource(resource.NewSchemaless(attribute.String("___", "v"), attribute.String("a", "b"))))
	must(d.provider.Meter("m").Int64Counter("c"))(t).Add(background, 1)
	text, err := gather(t, d.reader)
	wantText(t, text, "# HELP c_total \n# TYPE c_total counter\nc_total 1\n")
	wantError(t, err, "resource attributes as labels")
	d.wantTheirs(t, "")
}

// TestDifferenceDescriptors: descriptors sent through a registry have no label
// names, the official ones do.
func TestDifferenceDescriptors(t *testing.T) {
	var ours, theirs catcher
	them := must(official.New(official.WithRegisterer(&theirs)))(t)
	us := must(NewReader(WithRegisterer(&ours)))(t)
	must(newTestProvider(t, them, us).Meter("m").Int64Counter("c"))(t).Add(background, 1, attrs("k", "v"))
	if got := ours.descs(); strings.Count(got, "variableLabels: {}") != 2 {
		t.Error(got)
	}
	if got := theirs.descs(); strings.Count(got, "variableLabels: {}") != 0 {
		t.Error(got)
	}
}

// catcher is a registerer that keeps the collector.
type catcher struct {
	prometheus.Registerer
	collector prometheus.Collector
}

func (c *catcher) Register(collector prometheus.Collector) error {
	c.collector = collector
	return nil
}

func (c *catcher) descs() string {
	ch := make(chan prometheus.Metric, 100)
	c.collector.Collect(ch)
	close(ch)
	var b strings.Builder
	for m := range ch {
		b.WriteString(m.Desc().String() + "\n")
	}
	return b.String()
}

// TestDifferenceSelfObservability: there are no experimental
// self-observability metrics.
func TestDifferenceSelfObservability(t *testing.T) {
	before := otel.GetMeterProvider()
	defer otel.SetMeterProvider(before)
	t.Setenv("OTEL_GO_X_OBSERVABILITY", "true")
	global := sdkmetric.NewManualReader()
	otel.SetMeterProvider(newTestProvider(t, global))
	d := newDuo(t, pairOfOptions{})
	must(d.provider.Meter("m").Int64Counter("c"))(t).Add(background, 1)
	must(d.theirs.Gather())(t)
	must(d.ours.Gather())(t)
	gather(t, d.reader)
	var rm metricdata.ResourceMetrics
	if err := global.Collect(background, &rm); err != nil {
		t.Fatal(err)
	}
	theirs := false
	for _, sm := range rm.ScopeMetrics {
		theirs = theirs || strings.HasSuffix(sm.Scope.Name, "exporters/prometheus/internal/observ")
		if strings.Contains(sm.Scope.Name, "genmeter") {
			t.Errorf("scope %q", sm.Scope.Name)
		}
	}
	if !theirs {
		t.Errorf("the official exporter has no such metrics: %v", rm.ScopeMetrics)
	}
}

// TestDifferenceNew: New has no scope labels, no exemplars, a
// service.instance.id, and registers nothing globally.
func TestDifferenceNew(t *testing.T) {
	t.Setenv("OTEL_METRICS_EXEMPLAR_FILTER", "")
	registerer, provider := prometheus.DefaultRegisterer, otel.GetMeterProvider()
	before := len(must(prometheus.DefaultGatherer.Gather())(t))
	p := must(New(WithoutRuntimeCollectors()))(t)
	defer p.Shutdown(background)
	must(p.MeterProvider().Meter("m").Int64Counter("c"))(t).Add(sampled(), 1)
	body := scrape(t, p.Handler(), openType)
	wantLine(t, body, "c_total 1.0")
	if !strings.Contains(body, `service_instance_id="`) {
		t.Error(body)
	}
	if prometheus.DefaultRegisterer != registerer || otel.GetMeterProvider() != provider {
		t.Error("a global was set")
	}
	if after := len(must(prometheus.DefaultGatherer.Gather())(t)); after != before {
		t.Errorf("%d families in the default registry, %d before", after, before)
	}
	// The official defaults, as NewReader has them.
	d := newDuo(t, pairOfOptions{})
	must(d.provider.Meter("m").Int64Counter("c"))(t).Add(sampled(), 1)
	for _, body := range []string{scrape(t, d.roads().theirs, openType), scrape(t, d.reader.Handler(), openType)} {
		if !strings.Contains(body, `c_total{otel_scope_name="m",otel_scope_schema_url="",otel_scope_version=""} 1.0 # {span_id="02`) {
			t.Error(body)
		}
	}
}
