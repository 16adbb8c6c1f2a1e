package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/genmeter/genmeter/internal/nearest"
	"github.com/genmeter/genmeter/monitor"
)

type aggregateAnswer struct {
	Metric           string   `json:"metric"`
	WindowSeconds    float64  `json:"window_seconds"`
	Model            string   `json:"model,omitempty"`
	Step             string   `json:"step,omitempty"`
	Count            uint64   `json:"count"`
	Sum              *float64 `json:"sum"`
	Mean             *float64 `json:"mean"`
	Min              *float64 `json:"min"`
	Max              *float64 `json:"max"`
	P50              *float64 `json:"p50"`
	P90              *float64 `json:"p90"`
	P95              *float64 `json:"p95"`
	P99              *float64 `json:"p99"`
	Coverage         float64  `json:"coverage"`
	QuantileCoverage float64  `json:"quantile_coverage"`
	Known            bool     `json:"known"`
	Similar          []string `json:"similar,omitempty"`
}

func (h *handler) aggregate(r *http.Request) (any, error) {
	values, err := query(r, "metric", "window", "model", "step")
	if err != nil {
		return nil, err
	}
	over, err := window(values)
	if err != nil {
		return nil, err
	}
	a := aggregateAnswer{
		Metric: values.Get("metric"), Model: values.Get("model"), Step: values.Get("step"), WindowSeconds: over.Seconds(),
	}
	if a.Metric == "" {
		return nil, h.metricWanted()
	}
	if a.Model != "" && a.Step != "" {
		return nil, badRequest("parameters model and step exclude each other: ask for one of them")
	}
	var only []monitor.Selector
	if a.Model != "" {
		only = append(only, monitor.ForModel(a.Model))
	}
	if a.Step != "" {
		only = append(only, monitor.ForStep(a.Step))
	}
	a.fill(h.mon.Aggregate(a.Metric, over, only...))
	if a.Known = h.known(a.Metric); !a.Known {
		a.Similar = nearest.Of(a.Metric, h.mon.MetricNames())
	}
	return a, nil
}

// known reports whether a metric has been recorded, whenever and of whatever model.
func (h *handler) known(name string) bool {
	return h.mon.Aggregates(time.Time{}, []monitor.Query{{Metric: name}})[0].Count > 0
}

func (a *aggregateAnswer) fill(s monitor.Stat) {
	a.Count, a.Coverage, a.QuantileCoverage = s.Count, s.Coverage, s.QuantileCoverage
	some := s.Count > 0
	a.Sum = number(s.Sum, true) // of nothing it is 0
	a.Mean, a.Min, a.Max = number(s.Mean, some), number(s.Min, some), number(s.Max, some)
	some = some && s.QuantileCoverage > 0
	a.P50, a.P90 = number(s.P50, some), number(s.P90, some)
	a.P95, a.P99 = number(s.P95, some), number(s.P99, some)
}

func (h *handler) metricWanted() error {
	names := h.mon.MetricNames()
	if len(names) == 0 {
		return badRequest("parameter metric is missing, such as metric=generation_time; nothing is recorded yet")
	}
	return badRequest("parameter metric is missing: known by now are %s", strings.Join(names, ", "))
}
