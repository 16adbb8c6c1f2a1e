package main

import (
	"math"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// durations collects how long calls took, as the metric generation_time has them: 8 bytes a call, since the ring keeps the
// end of a long run only.
type durations []float64

func (d *durations) add(ev *monitor.Event) {
	if ev.Kind == monitor.KindGeneration && !ev.Batch && !ev.CacheHit && ev.Duration > 0 {
		*d = append(*d, ev.Duration.Seconds())
	}
}

// quantile interpolates between the two nearest of d, which is sorted; NaN when it is empty.
func (d durations) quantile(q float64) float64 {
	if len(d) == 0 {
		return math.NaN()
	}
	at := q * float64(len(d)-1)
	low := int(at)
	high := min(low+1, len(d)-1)
	return d[low] + (d[high]-d[low])*(at-float64(low))
}

// measures are what a run is compared by. What is not known is NaN.
type measures struct {
	p50, p95           float64 // seconds
	successRate        float64
	succeeded, records float64 // successful calls, accepted records
	finished           bool    // there are records, of any outcome
	tokens, cost       float64 // of the whole run
}

func newMeasures(t *tally, u monitor.TokenUsageReport, d durations) measures {
	slices.Sort(d)
	m := measures{
		p50: d.quantile(0.5), p95: d.quantile(0.95), successRate: float64(t.succeeded) / float64(t.calls),
		succeeded: float64(t.succeeded), records: float64(t.accepted),
		finished: t.accepted+t.refused+t.unfinished > 0,
		tokens:   float64(u.TotalTokens), cost: u.TotalCostUSD,
	}
	if u.TotalUnpricedTokens > 0 {
		m.cost = math.NaN() // a part of a cost says nothing
	}
	return m
}

// comparison is one measure of a run and its baseline.
type comparison struct {
	metric        string
	baseline, run float64
	allowed       driftValue
	moreIsBetter  bool
}

// compareRuns compares a run with its baseline. Tokens and cost are those of an accepted record, or of a successful call when
// the baseline accepted none, or the run knows no records: one that accepts none of its records has no figure, and fails.
func compareRuns(base, run *measures, f *driftFlags) []comparison {
	basis, of := "record", func(m *measures) float64 { return m.records }
	if base.records == 0 || !run.finished {
		basis, of = "success", func(m *measures) float64 { return m.succeeded }
	}
	latency := f.or(f.latency)
	return []comparison{
		{"generation_time_p50", base.p50, run.p50, latency, false},
		{"generation_time_p95", base.p95, run.p95, latency, false},
		{"success_rate", base.successRate, run.successRate, f.or(f.success), true},
		{"tokens_per_" + basis, base.tokens / of(base), run.tokens / of(run), f.or(f.tokens), false},
		{"cost_usd_per_" + basis, base.cost / of(base), run.cost / of(run), f.or(f.cost), false},
	}
}

// change is how much greater the run's value is, of the baseline's; NaN when that is not known, infinite when it grew from 0.
func (c *comparison) change() float64 {
	if c.run == c.baseline {
		return 0
	}
	return (c.run - c.baseline) / c.baseline
}

// The verdicts on a comparison.
const (
	verdictOK      = "ok"
	verdictWorse   = "worse"
	verdictUnknown = "unknown"
	verdictOff     = "off"
)

func (c *comparison) verdict() string {
	worse := c.change()
	if c.moreIsBetter {
		worse = -worse
	}
	const rounding = 1e-9 // a drift of exactly what is allowed is allowed
	switch {
	case c.allowed.off:
		return verdictOff
	case math.IsNaN(worse) || math.IsInf(c.run, 0) || math.IsInf(c.baseline, 0):
		return verdictUnknown
	case worse > c.allowed.part+rounding:
		return verdictWorse
	}
	return verdictOK
}

// fails tells whether the check does. What was asked for by a flag of its own must be known, and so must be what the
// baseline has, and the success rate: a run that has nothing to compare is not as good as its baseline.
func (c *comparison) fails() bool {
	v := c.verdict()
	return v == verdictWorse || v == verdictUnknown && (c.allowed.set || c.moreIsBetter || isFinite(c.baseline))
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
