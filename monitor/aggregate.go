package monitor

import (
	"math"
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
	// reaches back behind the hour for which rollups are kept, or what 64 MiB of them hold where there are very many
	// models and metrics. Since the start (window 0) it is always 1.
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
func At(t time.Time) Selector { return func(q *query) { q.end = t } }

// query is what Aggregate is asked.
type query struct {
	name        string
	window      time.Duration
	model, step string
	end         time.Time
	span        int64 // seconds a cell

	// The first and last second that count. They take in whole cells, so that quantiles and rollups are about the same
	// samples.
	from, to int64
}

func newQuery(window time.Duration, now time.Time, span int64) *query {
	return &query{window: window, end: now, span: span}
}

// seconds returns the first and last second of the window.
func (q *query) seconds() (from, to int64) {
	if q.window <= 0 {
		return math.MinInt64, math.MaxInt64
	}
	return q.end.Add(-q.window).Unix(), q.end.Unix()
}

// place sets which seconds count, now being the time, and returns which part of the window they are: rollups are not
// kept for ever, and what happens to be left of older ones stays out.
func (s *stats) place(q *query, now time.Time) (coverage float64) {
	q.from, q.to = q.seconds()
	if q.window <= 0 {
		return 1
	}
	coverage = 1
	if kept := max(s.since, now.Unix()-int64(retention/time.Second)); kept > q.from {
		coverage = max(0, float64(q.to-kept)/float64(q.to-q.from))
		q.from = kept
	}
	q.from -= q.from % q.span
	q.to += q.span - 1 - q.to%q.span
	return coverage
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
	if m == nil {
		return Stat{}
	}
	q := &query{name: name, window: window, end: m.clock.now()}
	for _, s := range selectors {
		s(q)
	}
	return m.Aggregates(q.end, []Query{{Metric: q.name, Window: window, Model: q.model, Step: q.step, Quantiles: true}})[0]
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
	if m == nil {
		return nil
	}
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

// summarize answers all but the quantiles from the rollups. The caller holds p.mu.
func (p *pump) summarize(q *query, now time.Time) Stat {
	d := p.stats.all
	if q.model != "" {
		d = p.stats.byModel[q.model]
	} else if q.step != "" {
		d = p.stats.byStep[q.step]
	}
	stat := Stat{Coverage: p.stats.place(q, now)}
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
		r.between(q.from, q.to, s.merge)
	}
	if s.count > 0 {
		stat.Count, stat.Sum, stat.Mean, stat.Min, stat.Max = s.count, s.sum, s.mean(), s.min, s.max
	}
	return stat
}

// usesModel reports whether the event is about a model: a call, usage, or an evaluation by one. There are evaluations
// without.
func (e *Event) usesModel() bool {
	return e.Kind == KindGeneration || e.Kind == KindUsage ||
		e.Kind == KindEvaluation && (e.Model != "" || e.TotalTokens > 0 || e.CostUSD > 0)
}

// quantile returns the q-quantile of sorted values by linear interpolation, as NumPy and Prometheus'
// quantile_over_time have it.
func quantile(sorted []float64, q float64) float64 {
	rank := q * float64(len(sorted)-1)
	lo := int(rank)
	if lo+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	v := sorted[lo] + (rank-float64(lo))*(sorted[lo+1]-sorted[lo])
	return min(v, sorted[lo+1]) // rounding must not put it past the next sample
}
