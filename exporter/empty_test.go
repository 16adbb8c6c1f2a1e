package exporter

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	official "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
)

// TestEmpty: scrapes with nothing in them, or nearly.
func TestEmpty(t *testing.T) {
	noTarget := pairOfOptions{ours: []Option{WithoutTargetInfo()}, official: []official.Option{official.WithoutTargetInfo()}}
	noResource := sdkmetric.WithResource(resource.Empty())
	for _, c := range []struct {
		name    string
		options pairOfOptions
		sdk     []sdkmetric.Option
		scopes  []metricdata.ScopeMetrics
		record  func(metric.Meter)
		want    string
	}{
		{name: "no instruments, no target_info", options: noTarget},
		{
			name: "no instruments",
			want: "# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info{service_instance_id=\"1\",service_name=\"svc\"} 1\n",
		},
		{
			name: "a resource without attributes", sdk: []sdkmetric.Option{noResource},
			want: "# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info 1\n",
		},
		{
			name: "a resource without attributes as labels", sdk: []sdkmetric.Option{noResource},
			options: withoutInfo.and(pairOfOptions{
				ours:     []Option{WithResourceAsConstantLabels(attribute.NewDenyKeysFilter())},
				official: []official.Option{official.WithResourceAsConstantLabels(attribute.NewDenyKeysFilter())},
			}),
			record: func(m metric.Meter) { must(m.Int64Counter("c"))(t).Add(background, 1) },
			want:   "# HELP c_total \n# TYPE c_total counter\nc_total 1\n",
		},
		{
			name: "instruments without data", options: noTarget,
			record: func(m metric.Meter) {
				must(m.Int64Gauge("g"))(t)
				must(m.Int64Counter("c"))(t)
				must(m.Float64Histogram("h"))(t)
				must(m.Int64ObservableGauge("o"))(t)
			},
		},
		{
			name: "scopes and metrics without points", options: noTarget,
			scopes: []metricdata.ScopeMetrics{scopeOf("none"), scopeOf("empty", gaugeOf[int64]("g"), sumOf[float64]("c", true), histogramOf("h"), nativeOf("n"))},
		},
		{
			name: "everything dropped by a view", options: noTarget,
			sdk: []sdkmetric.Option{sdkmetric.WithView(sdkmetric.NewView(
				sdkmetric.Instrument{Name: "*"}, sdkmetric.Stream{Aggregation: sdkmetric.AggregationDrop{}}))},
			record: func(m metric.Meter) { must(m.Int64Counter("c"))(t).Add(background, 1) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			scopes := c.scopes
			d := newDuo(t, c.options.producing(producer(func() []metricdata.ScopeMetrics { return scopes })), c.sdk...)
			if c.record != nil {
				c.record(d.provider.Meter("m"))
			}
			d.wantOurs(t, c.want)
			d.wantTheirs(t, c.want)
			compareFormats(t, d.roads())
		})
	}
}

// TestAfterShutdown: all roads answer 200 with nothing, in every format.
func TestAfterShutdown(t *testing.T) {
	d := newDuo(t, pairOfOptions{})
	must(d.provider.Meter("m").Int64Counter("c"))(t).Add(background, 1)
	roads := d.roads()
	compareFormats(t, roads)
	if err := d.provider.Shutdown(background); err != nil {
		t.Fatal(err)
	}
	compareFormats(t, roads)
	d.wantOurs(t, "")
	for accept, want := range map[string]string{"": "", textType: "", openType: "# EOF\n", protobufAccept: "", protobufType + "text": ""} {
		for _, h := range []http.Handler{roads.handler, roads.registry} {
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, newRequest(accept))
			if rec.Code != http.StatusOK || rec.Body.String() != want {
				t.Errorf("%s: status %d, body %q", accept, rec.Code, rec.Body)
			}
		}
	}
}

// TestTwoProviders: the readers of two providers on one registry are served
// together. Neither knows of the other, so series of both that are the same
// fail the gather, as with the official exporter; their handlers go on.
func TestTwoProviders(t *testing.T) {
	ours, theirs := prometheus.NewRegistry(), prometheus.NewRegistry()
	var readers []*Reader
	var counters []metric.Int64Counter
	for _, name := range []string{"one", "two"} {
		r := must(NewReader(WithRegisterer(ours), WithoutTargetInfo()))(t)
		o := must(official.New(official.WithRegisterer(theirs), official.WithoutTargetInfo()))(t)
		c := must(newTestProvider(t, r, o).Meter(name).Int64Counter("c"))(t)
		c.Add(background, 1, attrs("k", name))
		readers, counters = append(readers, r), append(counters, c)
	}
	const want = `# HELP c_total 
# TYPE c_total counter
c_total{k="one",otel_scope_name="one",otel_scope_schema_url="",otel_scope_version=""} 1
c_total{k="two",otel_scope_name="two",otel_scope_schema_url="",otel_scope_version=""} 1
`
	wantText(t, toText(t, must(ours.Gather())(t)), want)
	wantText(t, toText(t, must(theirs.Gather())(t)), want)
	for i, name := range []string{"one", "two"} {
		if got := without(scrape(t, readers[i].Handler(), textType), "promhttp_"); strings.Count(got, "\n") != 3 || !strings.Contains(got, `k="`+name) {
			t.Error(got)
		}
	}
	if err := readers[1].Shutdown(background); err != nil {
		t.Fatal(err)
	}
	counters[0].Add(background, 1, attrs("k", "one"))
	wantText(t, toText(t, must(ours.Gather())(t)), `# HELP c_total 
# TYPE c_total counter
c_total{k="one",otel_scope_name="one",otel_scope_schema_url="",otel_scope_version=""} 2
`)
	// target_info of two providers is such a series.
	ours, theirs = prometheus.NewRegistry(), prometheus.NewRegistry()
	for range 2 {
		newTestProvider(t, must(NewReader(WithRegisterer(ours)))(t), must(official.New(official.WithRegisterer(theirs)))(t))
	}
	for _, reg := range []*prometheus.Registry{ours, theirs} {
		_, err := reg.Gather()
		wantError(t, err, "target_info", "was collected before")
	}
}
