package exporter

import (
	"errors"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
)

func TestProviderDefaults(t *testing.T) {
	p := must(New())(t)
	defer p.Shutdown(background)
	must(p.MeterProvider().Meter("scope").Int64Counter("c"))(t).Add(background, 1)
	got := scrape(t, p.Handler(), textType)
	for _, want := range []string{
		"\nc_total 1\n", "\ngo_goroutines ", "\nprocess_start_time_seconds ", "\ngo_build_info{",
		"\npromhttp_metric_handler_requests_in_flight 1\n", "\ntarget_info{", `service_instance_id="`, `service_name="unknown_service:`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if p.Handler() == nil || len(parse(t, got)) < 30 {
		t.Error("fewer families than there should be")
	}
}

// TestRunEverywhere: no series is without the run label, and one that has its
// own keeps it.
func TestRunEverywhere(t *testing.T) {
	extra := prometheus.NewGauge(prometheus.GaugeOpts{Name: "zz_extra"})
	p := must(New(WithRun("r1"), WithCollectors(extra)))(t)
	defer p.Shutdown(background)
	m := p.MeterProvider().Meter("m")
	recordAll(t, m)
	must(m.Int64Gauge("other"))(t).Record(background, 1, attrs("run", "r0"))
	scrape(t, p.Handler(), textType)
	for _, accept := range []string{textType, openType} {
		samples := 0
		for line := range strings.Lines(scrape(t, p.Handler(), accept)) {
			switch {
			case strings.HasPrefix(line, "#"):
				continue
			case strings.HasPrefix(line, "other"):
				if !strings.HasPrefix(line, `other{run="r0"} 1`) {
					t.Error(line)
				}
			case strings.Count(line, `run="r1"`) != 1:
				t.Error(line)
			}
			samples++
		}
		if samples < 60 {
			t.Errorf("only %d samples", samples)
		}
	}
	families := must(p.Gatherer().Gather())(t)
	for _, f := range families {
		for _, m := range f.Metric {
			for i := 1; i < len(m.Label); i++ {
				if m.Label[i-1].GetName() >= m.Label[i].GetName() {
					t.Errorf("%s: labels out of order: %v", f.GetName(), m.Label)
				}
			}
		}
	}
}

func TestReaderRun(t *testing.T) {
	reg := prometheus.NewRegistry()
	r := must(NewReader(WithRegisterer(reg), WithRun("r1"), WithoutScopeInfo(), WithoutTargetInfo()))(t)
	must(newTestProvider(t, r).Meter("m").Int64Counter("c"))(t).Add(background, 1)
	const want = "# HELP c_total \n# TYPE c_total counter\nc_total{run=\"r1\"} 1\n"
	wantText(t, toText(t, must(reg.Gather())(t)), want)
	got := scrape(t, r.Handler(), textType)
	wantText(t, without(got, "promhttp_"), want)
	if !strings.Contains(got, `promhttp_metric_handler_requests_in_flight{run="r1"} 1`) {
		t.Error(got)
	}
}

func TestShutdown(t *testing.T) {
	pushed := sdkmetric.NewManualReader()
	p := must(New(WithReaders(pushed, nil)))(t)
	must(p.MeterProvider().Meter("m").Int64Counter("c"))(t).Add(background, 1)
	scrape(t, p.Handler(), textType)
	if err := p.ForceFlush(background); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := p.Shutdown(background); err != nil {
			t.Error(err)
		}
		wantText(t, scrape(t, p.Handler(), textType), "")
		wantText(t, scrape(t, p.Handler(), openType), "# EOF\n")
		if families, err := p.Gatherer().Gather(); len(families) != 0 || err != nil {
			t.Error(families, err)
		}
	}
	if err := pushed.Collect(background, &metricdata.ResourceMetrics{}); !errors.Is(err, sdkmetric.ErrReaderShutdown) {
		t.Error("the other readers are shut down too:", err)
	}
}

func TestReaderShutdown(t *testing.T) {
	reg := prometheus.NewRegistry()
	r := must(NewReader(WithRegisterer(reg)))(t)
	mp := newTestProvider(t, r)
	must(mp.Meter("m").Int64Counter("c"))(t).Add(background, 1)
	_, done, _ := r.Gather()
	if err := mp.Shutdown(background); err != nil {
		t.Error(err)
	}
	done() // a scrape that was in flight
	text, err := gather(t, r)
	if text != "" || err != nil {
		t.Error(text, err)
	}
	if families, err := reg.Gather(); len(families) != 0 || err != nil {
		t.Error(families, err)
	}
	wantText(t, scrape(t, r.Handler(), textType), "")
	if len(r.bridge.idle) != 0 {
		t.Error("a reader that was shut down keeps sets")
	}
	if err := r.Shutdown(background); !errors.Is(err, sdkmetric.ErrReaderShutdown) {
		t.Error(err)
	}
}

func TestResource(t *testing.T) {
	attr := func(p *Provider, key string) string {
		families := must(p.Gatherer().Gather())(t)
		for _, l := range families[len(families)-1].Metric[0].Label {
			if l.GetName() == key {
				return l.GetValue()
			}
		}
		return ""
	}
	one, two := must(New())(t), must(New())(t)
	if a, b := attr(one, "service_instance_id"), attr(two, "service_instance_id"); len(a) != 36 || a == b {
		t.Errorf("instance ids %q and %q", a, b)
	}
	p := must(New(WithServiceName("svc"), WithResource(resource.NewWithAttributes("https://example.com/other",
		attribute.String("service.name", "not this"), attribute.String("service.instance.id", "7"), attribute.String("team", "x")))))(t)
	for key, want := range map[string]string{
		"service_name": "svc", "service_instance_id": "7", "team": "x", "telemetry_sdk_language": "go",
	} {
		if got := attr(p, key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestCardinalityLimit(t *testing.T) {
	p := must(New(WithCardinalityLimit(3), WithoutRuntimeCollectors(), WithoutTargetInfo()))(t)
	defer p.Shutdown(background)
	c := must(p.MeterProvider().Meter("m").Int64Counter("c"))(t)
	for _, k := range []string{"a", "b", "c", "d", "e"} {
		c.Add(background, 1, attrs("k", k))
	}
	wantText(t, without(scrape(t, p.Handler(), textType), "promhttp_"), "# HELP c_total \n# TYPE c_total counter\n"+
		"c_total{k=\"a\"} 1\nc_total{k=\"b\"} 1\nc_total{otel_metric_overflow=\"true\"} 3\n")
}

func TestConstructorErrors(t *testing.T) {
	for _, c := range []struct {
		do   func() error
		want string
	}{
		{func() error { _, err := New(WithRegisterer(nil), WithoutRegisterer()); return err }, "New does not take WithRegisterer, WithoutRegisterer"},
		{func() error { _, err := NewReader(WithoutRegisterer(), WithViews()); return err }, "NewReader does not take WithViews"},
		{func() error { _, err := NewReader(WithoutRegisterer(), WithNamespace("_")); return err }, "namespace"},
		{func() error { _, err := New(WithNamespace("_")); return err }, "namespace"},
		{func() error { _, err := New(WithCollectors(collectors.NewGoCollector())); return err }, "registering a collector"},
		{func() error { _, err := NewReader(WithRegisterer(refuser{})); return err }, "registering the reader: no"},
	} {
		wantError(t, c.do(), c.want)
	}
	if err := func() error {
		_, err := New(WithCollectors(collectors.NewGoCollector()), WithoutRuntimeCollectors())
		return err
	}(); err != nil {
		t.Error(err)
	}
}

type refuser struct{ prometheus.Registerer }

func (refuser) Register(prometheus.Collector) error { return errNo{} }

type errNo struct{}

func (errNo) Error() string { return "no" }

// TestDefaultRegisterer: a drop-in for the official exporter is found by
// promhttp.Handler without further ado.
func TestDefaultRegisterer(t *testing.T) {
	registerer, gatherer := prometheus.DefaultRegisterer, prometheus.DefaultGatherer
	defer func() { prometheus.DefaultRegisterer, prometheus.DefaultGatherer = registerer, gatherer }()
	for name, opts := range map[string][]Option{"unset": nil, "nil": {WithRegisterer(nil)}} {
		reg := prometheus.NewRegistry()
		prometheus.DefaultRegisterer = reg
		r := must(NewReader(opts...))(t)
		must(newTestProvider(t, r).Meter("m").Int64Counter("c"))(t).Add(background, 1)
		if text := toText(t, must(reg.Gather())(t)); !strings.Contains(text, "\nc_total{") {
			t.Error(name, text)
		}
	}
}

func TestExemplarsOnlyWhenAsked(t *testing.T) {
	for _, env := range []string{"", "always_on"} {
		t.Setenv("OTEL_METRICS_EXEMPLAR_FILTER", env)
		p := must(New(WithoutRuntimeCollectors()))(t)
		must(p.MeterProvider().Meter("m").Int64Counter("c", metric.WithUnit("1")))(t).Add(background, 1)
		if got := strings.Contains(scrape(t, p.Handler(), openType), "c_total 1.0 # {"); got != (env != "") {
			t.Errorf("OTEL_METRICS_EXEMPLAR_FILTER=%q: exemplar %v", env, got)
		}
		p.Shutdown(background)
	}
}
