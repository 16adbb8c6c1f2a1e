package monitor

import (
	"math"
	"slices"
	"sort"
	"strings"
	"time"
)

// Stat describes the samples of one metric in a window. Count 0 means that there were none; the other numbers are 0
// then, and mean nothing.
type Stat struct {
	Count               uint64
	Sum, Mean, Min, Max float64 // in the metric's unit: seconds, tokens, US dollars, 0 or 1 for rates

	// Quantiles, by linear interpolation between the two nearest samples. They come from the events that the ring still
	// holds, and are 0 when QuantileCoverage is 0.
	P50, P90, P95, P99 float64

	// Coverage is the part of the window, 0 to 1, that Count, Sum, Mean, Min and Max rest on: below 1 when the window
	// reaches back behind the hour for which rollups are kept. Since the start (window 0) it is always 1.
	Coverage float64

	// QuantileCoverage is the part of Count, 0 to 1, that the quantiles rest on: below 1 when the ring has overwritten
	// some of the events.
	QuantileCoverage float64
}

// A Selector narrows what [Monitor.Aggregate] looks at.
type Selector func(*query)

// ForModel looks at the calls and evaluations of one model only. Models past the bound of 200 are together in "other",
// and calls without a model in "unknown". Windows have steps of 10 s then.
func ForModel(model string) Selector { return func(q *query) { q.model = model } }

// ForStep looks at the calls of one pipeline step only. Windows have steps of 10 s then.
func ForStep(step string) Selector { return func(q *query) { q.step = step } }

// At ends the window at t instead of now.
func At(t time.Time) Selector { return func(q *query) { q.now = t } }

// query is what Aggregate is asked.
type query struct {
	name        string
	window      time.Duration
	model, step string
	now         time.Time
}

// seconds returns the first and last second of the window; cells of span seconds that overlap them count.
func (q *query) seconds() (from, to int64) {
	if q.window <= 0 {
		return math.MinInt64 / 2, math.MaxInt64 / 2
	}
	return q.now.Add(-q.window).Unix(), q.now.Unix()
}

// Aggregate describes the samples of a metric in the window that ends now, as of the events recorded before the call;
// a window of 0 is everything since the start. The windows have steps of a second: one begins with the whole second
// that it reaches into. An unknown name and a window without samples both give Count 0. With both ForModel and ForStep,
// the model decides.
//
// The names are those of Python's afterimage.monitoring: generation_time, success_rate, error_rate,
// prompt_token_count, completion_token_count, total_token_count, conversation_length, model_usage:<model>,
// finish_reason:<reason>, evaluation_time, evaluation_score_<name>, evaluation_error_rate, and any given to
// RecordMetric; and time_to_first_token, cost_usd and acceptance_rate (of records).
func (m *Monitor) Aggregate(name string, window time.Duration, selectors ...Selector) Stat {
	q := query{name: canonicalName(name), window: window, now: m.clock.now()}
	for _, s := range selectors {
		s(&q)
	}
	m.pump.drain()
	stat := m.pump.summarize(&q)
	if stat.Count > 0 {
		m.quantiles(&q, &stat)
	}
	return stat
}

// canonicalName returns the name under which a metric is kept: finish reasons are of a closed set.
func canonicalName(name string) string {
	if reason, ok := strings.CutPrefix(name, prefixFinishReason); ok {
		return prefixFinishReason + ClassifyFinishReason(reason)
	}
	return name
}

// MetricNames returns the names of the metrics that have samples by now, sorted.
func (m *Monitor) MetricNames() []string {
	m.pump.drain()
	p := m.pump
	p.mu.Lock()
	defer p.mu.Unlock()
	var names []string
	p.stats.all.each(func(name string, r *rollup) {
		if r.total.count > 0 {
			names = append(names, name)
		}
	})
	sort.Strings(names)
	return names
}

// summarize answers all but the quantiles from the rollups.
func (p *pump) summarize(q *query) Stat {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.stats.all
	if q.model != "" {
		d = p.stats.byModel[q.model]
	} else if q.step != "" {
		d = p.stats.byStep[q.step]
	}
	stat := Stat{Coverage: p.stats.coverage(q)}
	if d == nil {
		return stat
	}
	r := d.find(q.name)
	if r == nil {
		return stat
	}
	s := r.total
	if q.window > 0 {
		s = summary{}
		from, to := q.seconds()
		r.between(from, to, s.merge)
	}
	if s.count > 0 {
		stat.Count, stat.Sum, stat.Mean, stat.Min, stat.Max = s.count, s.sum, s.sum/float64(s.count), s.min, s.max
	}
	return stat
}

// coverage returns the part of the window for which rollups are kept.
func (s *stats) coverage(q *query) float64 {
	if q.window <= 0 {
		return 1
	}
	from, to := q.seconds()
	kept := max(s.since, q.now.Unix()-int64(retention/time.Second))
	if kept <= from || to <= from {
		return 1
	}
	return max(0, float64(to-kept)/float64(to-from))
}

// quantiles answers from the events.
func (m *Monitor) quantiles(q *query, stat *Stat) {
	values := m.values(q)
	if len(values) == 0 {
		return
	}
	slices.Sort(values)
	stat.P50, stat.P90 = quantile(values, 0.5), quantile(values, 0.9)
	stat.P95, stat.P99 = quantile(values, 0.95), quantile(values, 0.99)
	stat.QuantileCoverage = min(1, float64(len(values))/float64(stat.Count))
}

// values returns the samples of the metric that the ring holds.
func (m *Monitor) values(q *query) []float64 {
	from, to := q.seconds()
	var values []float64
	m.ring.visit(func(e *Event) {
		if sec := e.Time.Unix(); sec < from || sec > to || !q.selects(e) {
			return
		}
		if q.name == builtinNames[metricCost] {
			if cost, _ := m.prices.cost(e); cost > 0 {
				values = append(values, cost)
			}
			return
		}
		e.values(q.name, func(v float64) { values = append(values, v) })
	})
	return values
}

func (q *query) selects(e *Event) bool {
	switch {
	case q.model != "":
		return e.Model == q.model || e.Model == "" && q.model == labelUnknown
	case q.step != "":
		return e.Step == q.step
	}
	return true
}

// quantile returns the q-quantile of sorted values by linear interpolation, as NumPy and Prometheus'
// quantile_over_time have it.
func quantile(sorted []float64, q float64) float64 {
	rank := q * float64(len(sorted)-1)
	lo := int(rank)
	if lo+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[lo] + (rank-float64(lo))*(sorted[lo+1]-sorted[lo])
}
