package alerting

import (
	"fmt"
	"strings"
	"time"
)

// condition is when an alert fires.
type condition struct {
	expr      string
	increases []increase // that expr looks at
	notes     []string   // how it is not quite what the rule says
}

// steadiness is for how long a gauge counts that a failed scrape has interrupted.
const steadiness = 2 * time.Minute

// condition returns the rule in PromQL, or why there is none.
func (r *Rule) condition() (*condition, error) {
	c := new(condition)
	steady := "[" + promDuration(min(r.Window, steadiness)) + "]"
	bound := " " + r.operator() + " " + decimal(r.Threshold)
	switch r.source {
	case fromStall:
		c.expr = "time() - (\n" +
			"  max " + by + " (last_over_time(genmeter_last_success_timestamp_seconds" + steady + "))\n" +
			"  or max " + by + " (last_over_time(genmeter_run_start_timestamp_seconds" + steady + "))\n" +
			")" + bound + "\n" +
			"and sum " + by + " (last_over_time(genmeter_generations_in_progress" + steady + ")) > 0"
		return c, nil
	case fromCost:
		c.expr = "max " + by + " (last_over_time(genmeter_run_cost_usd" + steady + "))" + bound
		return c, nil
	case fromLosses: // either may be absent; they differ in labels
		c.expr = "sum " + by + " (\n" +
			"  " + c.series(r, promSeries{metric: "genmeter_events_rejected_total"}) + "\n" +
			"  or " + c.series(r, promSeries{metric: "genmeter_events_dropped_total"}) + "\n" +
			")" + bound
		return c, nil
	}
	m, err := measureOf(r.Metric)
	if err != nil {
		return nil, err
	}
	return c, c.compare(r, m, bound)
}

func (r *Rule) operator() string {
	if r.Comparison == Below {
		return "<"
	}
	return ">"
}

// series returns the recorded increase of series.
func (c *condition) series(r *Rule, s promSeries) string {
	i := increase{s.metric, r.Window}
	c.increases = append(c.increases, i)
	return i.name() + s.selector(r)
}

func (c *condition) sum(r *Rule, s promSeries) string {
	return "sum " + by + " (" + c.series(r, s) + ")"
}

// compare makes the expression for a statistic of samples.
func (c *condition) compare(r *Rule, m measure, bound string) error {
	if r.Statistic == Min || r.Statistic == Max {
		return fmt.Errorf("%v: Prometheus has no least and no greatest sample of %s; want mean, sum, rate, count or a quantile",
			r.Statistic, r.Metric)
	}
	if err := r.unselectable(m); err != nil {
		return err
	}
	least := fmt.Sprintf(" >= %d", r.MinSamples)
	switch r.Statistic {
	case Mean:
		sum := c.sum(r, m.sum)
		if m.share {
			sum = "(\n  " + sum + "\n  or 0 * " + c.sum(r, m.count) + "\n)"
		}
		c.expr = sum + "\n/ (" + c.sum(r, m.count) + least + ")\n" + strings.TrimSpace(bound)
	case Sum, Rate:
		c.total(r, m, bound, least)
	case Count:
		c.expr = "(" + c.sum(r, m.count) + least + ")" + bound
	default:
		if m.histogram == "" {
			return fmt.Errorf("%v: Prometheus has no histogram of %s; want mean, sum, rate or count", r.Statistic, r.Metric)
		}
		buckets := promSeries{m.histogram + "_bucket", m.count.match, m.count.labels}
		c.expr = fmt.Sprintf("histogram_quantile(%v, sum by (job, instance, run, le) (%s))%s\nand %s%s",
			r.Statistic.quantile(), c.series(r, buckets), bound, c.sum(r, m.count), least)
		c.notes = append(c.notes, "a quantile is interpolated within a bucket of the histogram")
	}
	return nil
}

// total compares a sum, as it is or by the second.
func (c *condition) total(r *Rule, m measure, bound, least string) {
	sum, count := m.sum, m.count
	if !sum.fits(r) {
		sum = m.total
	}
	if !count.fits(r) {
		count = calls
		c.notes = append(c.notes, "min_samples counts all calls, not those alone that have the metric")
	}
	value := c.sum(r, sum)
	if m.share { // none is 0
		value = "(\n  " + value + "\n  or 0 * " + c.sum(r, count) + "\n)"
	}
	if r.Statistic == Rate {
		value += " / " + decimal(r.Window.Seconds())
	}
	c.expr = value + bound + "\nand " + c.sum(r, count) + least
}

// unselectable returns why the metrics cannot be narrowed to what the rule looks at.
func (r *Rule) unselectable(m measure) error {
	total := r.Statistic == Sum || r.Statistic == Rate
	switch {
	case total && (m.sum.fits(r) || m.total.fits(r)), !total && m.sum.fits(r) && m.count.fits(r):
		return nil
	case m.count.metric == "":
		return fmt.Errorf("%v: Prometheus does not know how many samples %s has; want sum or rate", r.Statistic, r.Metric)
	case r.Model != "":
		return fmt.Errorf("model %q: %s has no models in Prometheus", r.Model, r.Metric)
	}
	return fmt.Errorf("step %q: %s has no steps in Prometheus%s", r.Step, r.Metric, stepHint(m))
}

func stepHint(m measure) string {
	if m.sum.labels&hasStep != 0 || m.total.labels&hasStep != 0 {
		return " but for its sum and rate"
	}
	return ""
}
