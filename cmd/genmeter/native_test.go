package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// TestNativeHistograms: a real Prometheus scrapes native histograms over protobuf, and they say the same as the classic
// ones. Debian's takes one kind or the other, so there are two of them.
func TestNativeHistograms(t *testing.T) {
	t.Parallel()
	classic := startPrometheus(t)
	native := startPrometheusAt(t, findProgram(t, "prometheus"), "", "--enable-feature=native-histograms")
	g := replayNative(t)
	for _, p := range []*prom{classic, native} {
		p.addTarget(t, "run", g.address)
		p.waitScrape(t, "run", time.Now())
	}
	compareHistograms(t, classic, native)
}

// TestNativeBesideClassic: Prometheus 3 takes both kinds in one scrape. It also begins counters when they were created,
// so that increase() has all of a run that was over before the first scrape.
func TestNativeBesideClassic(t *testing.T) {
	path := os.Getenv("GENMETER_PROMETHEUS3")
	if path == "" {
		t.Skip("no $GENMETER_PROMETHEUS3: the path of a Prometheus 3, such as scripts/prometheus3 installs")
	}
	g := replayNative(t)
	p := startPrometheusAt(t, path, fmt.Sprintf("- {job_name: run, scrape_native_histograms: true, "+
		"always_scrape_classic_histograms: true, static_configs: [{targets: [%q]}]}\n", g.address),
		"--enable-feature=created-timestamp-zero-ingestion")
	p.waitScrape(t, "run", time.Now())
	compareHistograms(t, p, p)

	const calls = `genmeter_generations_total{outcome="success"}`
	first, err := p.query("sum(min_over_time("+calls+"[5m]))", "")
	must(t, err)
	last, err := p.query("sum("+calls+")", "")
	must(t, err)
	if first[""] != 0 || last[""] != readRun(t).Success {
		t.Errorf("counters rise from %v to %v, want from 0 to %v", first, last, readRun(t).Success)
	}
}

func replayNative(t *testing.T) *genmeter {
	t.Helper()
	g := startGenmeter(t, "replay", "--serve", "--native-histograms", "--web.listen-address=127.0.0.1:0",
		filepath.Join(testdata, "afterimage-run"))
	g.waitLog(t, `msg="replay finished"`)
	return g
}

// compareHistograms wants the same counts and sums of both kinds, and quantiles that lie in the same classic bucket.
func compareHistograms(t *testing.T, classic, native *prom) {
	t.Helper()
	const name = "gen_ai_client_operation_duration_seconds"
	ask := func(p *prom, promql string, args ...any) float64 {
		t.Helper()
		got, err := p.query(fmt.Sprintf(promql, args...), "")
		must(t, err)
		if len(got) != 1 {
			t.Fatalf("%s: %v", promql, got)
		}
		return got[""]
	}
	truth := readRun(t)
	compare(t, "classic and native", map[string]float64{
		"classic count": ask(classic, "sum(%s_count)", name), "native count": ask(native, "histogram_count(sum(%s))", name),
		"classic sum": ask(classic, "sum(%s_sum)", name), "native sum": ask(native, "histogram_sum(sum(%s))", name),
	}, map[string]float64{
		"classic count": truth.Calls, "native count": truth.Calls, "classic sum": truth.DurationSum, "native sum": truth.DurationSum,
	})
	bounds, err := classic.query(fmt.Sprintf("sum by (le) (%s_bucket)", name), "le")
	must(t, err)
	if len(bounds) != 17 {
		t.Errorf("%d classic buckets, want 17", len(bounds))
	}
	for _, q := range []float64{0.05, 0.5, 0.9, 0.95, 0.99} {
		c := ask(classic, "histogram_quantile(%v, sum by (le) (%s_bucket))", q, name)
		n := ask(native, "histogram_quantile(%v, sum(%s))", q, name)
		// The native resolution is 2^(2^-8), a step of 0.27 %.
		lower, upper := bucketOf(t, c, bounds)
		if n < lower/1.003 || n > upper*1.003 {
			t.Errorf("quantile %v: native %v is not in the bucket (%v, %v] of classic %v", q, n, lower, upper, c)
		}
		t.Logf("quantile %v: classic %.3f s in (%v, %v], native %.3f s", q, c, lower, upper, n)
	}
}

// bucketOf returns the bounds between which v lies.
func bucketOf(t *testing.T, v float64, counts map[string]float64) (lower, upper float64) {
	t.Helper()
	upper = math.Inf(1)
	for le := range counts {
		bound, err := strconv.ParseFloat(le, 64)
		must(t, err)
		if bound < v {
			lower = max(lower, bound)
		} else {
			upper = min(upper, bound)
		}
	}
	return lower, upper
}
