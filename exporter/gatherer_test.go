package exporter

import (
	"context"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/metric"
)

// TestWithGatherers: the fast road serves what a program has in a registry of
// its own, under the run label too, changes nothing of it, and goes on serving
// it after Shutdown.
func TestWithGatherers(t *testing.T) {
	own := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "own_total", Help: "h"}, []string{"k"})
	own.WithLabelValues("v").Add(3)
	reg := newRegistryWith(t, own)
	kept := must(reg.Gather())(t)
	static := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return kept, nil })
	r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo(), WithRun("r"), WithGatherers(static, nil))
	must(m.Int64Counter("c"))(t).Add(background, 1)
	const served = "# HELP own_total h\n# TYPE own_total counter\nown_total{k=\"v\",run=\"r\"} 3\n"
	for range 2 {
		wantText(t, without(scrape(t, r.Handler(), textType), "promhttp_"),
			"# HELP c_total \n# TYPE c_total counter\nc_total{run=\"r\"} 1\n"+served)
	}
	if err := r.Shutdown(background); err != nil {
		t.Fatal(err)
	}
	wantText(t, scrape(t, r.Handler(), textType), served)
	wantText(t, toText(t, kept), "# HELP own_total h\n# TYPE own_total counter\nown_total{k=\"v\"} 3\n")

	p := must(New(WithoutRuntimeCollectors(), WithoutTargetInfo(), WithGatherers(reg)))(t)
	defer p.Shutdown(background)
	wantText(t, without(scrape(t, p.Handler(), textType), "promhttp_"),
		"# HELP own_total h\n# TYPE own_total counter\nown_total{k=\"v\"} 3\n")
}

// TestGathererClashes: a sample of a gatherer and one of ours never have the
// same name; ours is left out, and told.
func TestGathererClashes(t *testing.T) {
	for _, c := range []struct {
		own   prometheus.Collector
		ours  func(metric.Meter)
		error string
	}{
		{prometheus.NewGauge(prometheus.GaugeOpts{Name: "g"}), gaugeNamed(t, "g"), "g is left out: a collector or gatherer has g"},
		{prometheus.NewHistogram(prometheus.HistogramOpts{Name: "h"}), gaugeNamed(t, "h.count"), "h_count is left out: a collector or gatherer has h"},
		{prometheus.NewSummary(prometheus.SummaryOpts{Name: "s"}), gaugeNamed(t, "s_sum"), "s_sum is left out: a collector or gatherer has s"},
		{prometheus.NewSummary(prometheus.SummaryOpts{Name: "s"}), gaugeNamed(t, "s_bucket"), ""},
		{
			prometheus.NewGauge(prometheus.GaugeOpts{Name: "x_bucket"}),
			func(m metric.Meter) { must(m.Int64Histogram("x"))(t).Record(background, 1) },
			"x is left out: a collector or gatherer has x_bucket",
		},
	} {
		logged := handled(t)
		r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo(), WithGatherers(newRegistryWith(t, c.own)))
		c.ours(m)
		h := r.Handler()
		for range 2 {
			parse(t, scrape(t, h, textType))
		}
		got := strings.Join(logged(), "\n")
		if c.error == "" && got != "" || !strings.Contains(got, c.error) || strings.Count(got, "\n") > 0 {
			t.Errorf("want %q, got %q", c.error, got)
		}
	}
}

func gaugeNamed(t *testing.T, name string) func(metric.Meter) {
	return func(m metric.Meter) { must(m.Int64Gauge(name))(t).Record(background, 1) }
}

// TestGathererPanics: what a gatherer does wrong costs its own metrics.
func TestGathererPanics(t *testing.T) {
	logged := handled(t)
	bad := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { panic("no") })
	r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo(), WithGatherers(bad))
	must(m.Int64Counter("c"))(t).Add(background, 1)
	for range 2 {
		wantText(t, without(scrape(t, r.Handler(), textType), "promhttp_"), "# HELP c_total \n# TYPE c_total counter\nc_total 1\n")
	}
	if got := logged(); len(got) != 1 || !strings.Contains(got[0], "panic in a gatherer: no") {
		t.Errorf("logged %q", got)
	}
}

// TestForeignErrors: errors whose text differs every time leave room for those
// that tell what is wrong with an instrument.
func TestForeignErrors(t *testing.T) {
	logged := handled(t)
	r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo())
	g := must(m.Int64ObservableGauge("g"))(t)
	n := 0
	must(m.RegisterCallback(func(context.Context, metric.Observer) error {
		n++
		return errNumbered(n)
	}, g))(t)
	for range 2 * maxReported {
		_, done, _ := r.Gather()
		done()
	}
	if got := len(logged()); got != maxForeign {
		t.Errorf("%d logged, want %d", got, maxForeign)
	}
	must(m.Int64Counter("x"))(t).Add(background, 1)
	must(m.Int64Gauge("x_total"))(t).Record(background, 1)
	_, done, _ := r.Gather()
	done()
	if got := logged(); !strings.Contains(got[len(got)-1], "x_total is a") {
		t.Errorf("the clash is not told: %q", got[len(got)-1])
	}
}

type errNumbered int

func (e errNumbered) Error() string { return strings.Repeat("x", int(e)) }

// TestWithoutOpenMetrics: who asks for OpenMetrics gets text, as from
// promhttp.Handler.
func TestWithoutOpenMetrics(t *testing.T) {
	r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo(), WithoutOpenMetrics())
	must(m.Int64Histogram("h", metric.WithExplicitBucketBoundaries(5)))(t).Record(background, 1)
	if got := scrape(t, r.Handler(), openType+","+textType+";q=0.5"); !strings.Contains(got, "h_bucket{le=\"5\"} 1\n") {
		t.Error(got)
	}
}
