package web

import (
	"fmt"
	"time"

	"github.com/genmeter/genmeter/internal/quantity"
	"github.com/genmeter/genmeter/monitor"
)

// latencyRow is how long something took over some time.
type latencyRow struct {
	What, Over                      string
	Count, Mean, P50, P95, P99, Max string
}

// askLatency fills in v.Latency with what was measured.
func (v *pageView) askLatency(q *questions) {
	for _, m := range []struct{ metric, what string }{
		{"generation_time", "Whole call"}, {"time_to_first_token", "First token"}, {"evaluation_time", "Evaluation"},
	} {
		for _, over := range []struct {
			window time.Duration
			words  string
		}{{recent, "last 5 min"}, {0, "whole run"}} {
			q.ask(monitor.Query{Metric: m.metric, Window: over.window, Quantiles: true}, func(s monitor.Stat) {
				v.addLatency(m.what, over.words, s)
			})
		}
	}
}

func (v *pageView) addLatency(what, over string, s monitor.Stat) {
	if s.Count == 0 {
		return
	}
	row := latencyRow{
		What: what, Over: over, Count: quantity.Grouped(s.Count), Mean: quantity.Took(s.Mean), Max: quantity.Took(s.Max),
		P50: none, P95: none, P99: none,
	}
	if s.QuantileCoverage > 0 {
		row.P50, row.P95, row.P99 = quantity.Took(s.P50), quantity.Took(s.P95), quantity.Took(s.P99)
	}
	v.Latency = append(v.Latency, row)
	if s.QuantileCoverage < 1 {
		v.Notes = append(v.Notes, fmt.Sprintf("Quantiles of %q, %s, are of the latest %s of the samples.", what, over, quantity.Share(s.QuantileCoverage)))
	}
}

// scoreRow is a score that evaluations gave.
type scoreRow struct{ Name, Count, Mean, Lately, Min, Max string }

func (v *pageView) askScore(q *questions, metric, name string) {
	row := scoreRow{Name: text(name), Lately: none}
	q.ask(monitor.Query{Metric: metric, Window: recent}, func(s monitor.Stat) {
		if s.Count > 0 {
			row.Lately = quantity.Digits(s.Mean)
		}
	})
	q.ask(monitor.Query{Metric: metric}, func(s monitor.Stat) {
		row.Count, row.Mean = quantity.Grouped(s.Count), quantity.Digits(s.Mean)
		row.Min, row.Max = quantity.Digits(s.Min), quantity.Digits(s.Max)
		v.Scores = append(v.Scores, row)
	})
}
