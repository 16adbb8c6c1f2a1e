package monitor

import (
	"cmp"
	"slices"
	"time"
)

// Query is one question to [Monitor.Aggregates], in the terms of [Monitor.Aggregate].
type Query struct {
	Metric      string
	Window      time.Duration // 0 is everything since the start
	Model, Step string        // "" for all; with both, the model decides
	Quantiles   bool          // whether they are wanted: without it they and QuantileCoverage are 0
}

// Aggregates answers many questions at once, each as [Monitor.Aggregate] would with its window ending at the same time. It
// looks at the ring once for the quantiles of all: rules ask a thousand questions in a few milliseconds.
func (m *Monitor) Aggregates(at time.Time, queries []Query) []Stat {
	answers := make([]Stat, len(queries))
	if m == nil {
		return answers
	}
	now := m.clock.now()
	placed := make([]query, len(queries))
	for i, q := range queries {
		placed[i] = query{name: canonicalName(q.Metric), window: q.Window, model: q.Model, step: q.Step, end: at, span: 1}
		if q.Model != "" || q.Step != "" {
			placed[i].span = coarse
		}
	}
	m.pump.drain()
	m.pump.mu.Lock()
	for i := range placed {
		answers[i] = m.pump.summarize(&placed[i], now)
	}
	m.pump.mu.Unlock()

	var wanted []*wantedValues
	for i := range placed {
		if queries[i].Quantiles && answers[i].Count > 0 {
			wanted = append(wanted, &wantedValues{query: &placed[i], stat: &answers[i]})
		}
	}
	if len(wanted) > 0 {
		m.quantiles(wanted)
	}
	return answers
}

// wantedValues are the samples that the quantiles of one answer are made of.
type wantedValues struct {
	*query
	stat   *Stat
	values []float64
}

// quantiles fills in the quantiles from the events that the ring holds.
func (m *Monitor) quantiles(wanted []*wantedValues) {
	// By what they select, so that an event is compared with few of them.
	byModel, byStep := make(map[string][]*wantedValues), make(map[string][]*wantedValues)
	var all []*wantedValues
	from, to := wanted[0].from, wanted[0].to
	for _, w := range wanted {
		from, to = min(from, w.from), max(to, w.to)
		switch {
		case w.model != "":
			byModel[w.model] = append(byModel[w.model], w)
		case w.step != "":
			byStep[w.step] = append(byStep[w.step], w)
		default:
			all = append(all, w)
		}
	}
	m.ring.visit(func(e *Event) {
		sec := e.Time.Unix()
		if sec < from || sec > to {
			return
		}
		m.collectValues(all, e, sec)
		if len(byModel) > 0 && e.usesModel() {
			m.collectValues(byModel[cmp.Or(e.Model, labelUnknown)], e, sec)
		}
		if len(byStep) > 0 && (e.Kind == KindGeneration || e.Kind == KindUsage) && e.Step != "" {
			m.collectValues(byStep[e.Step], e, sec)
		}
	})
	for _, w := range wanted {
		w.finish()
	}
}

func (m *Monitor) collectValues(wanted []*wantedValues, e *Event, sec int64) {
	for _, w := range wanted {
		if sec < w.from || sec > w.to {
			continue
		}
		if w.name == builtinNames[metricCost] {
			if cost, _ := m.prices.Cost(e); cost > 0 {
				w.values = append(w.values, cost)
			}
			continue
		}
		e.values(w.name, func(v float64) { w.values = append(w.values, v) })
	}
}

func (w *wantedValues) finish() {
	values := w.values
	if len(values) == 0 {
		return
	}
	slices.Sort(values)
	w.stat.P50, w.stat.P90 = quantile(values, 0.5), quantile(values, 0.9)
	w.stat.P95, w.stat.P99 = quantile(values, 0.95), quantile(values, 0.99)
	w.stat.QuantileCoverage = min(1, float64(len(values))/float64(w.stat.Count))
}
