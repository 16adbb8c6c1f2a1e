package report

// Metric describes the values that a program recorded under a name of its own. Past 50 names they are "other".
type Metric struct {
	Name string `json:"metric"`
	Distribution
}

// ownMetrics are the values by name.
type ownMetrics struct{ *ledger[values] }

func (m ownMetrics) list() []Metric {
	list := []Metric{}
	for _, name := range m.names() {
		list = append(list, Metric{name, *m.rows[name].distribution()})
	}
	return list
}

func (r *Report) metricSection() section {
	s := section{title: "Own metrics"}
	if len(r.Metrics) == 0 {
		return s
	}
	t := table{caption: "What the program recorded under names of its own", columns: numbers("metric", "count", "mean", "min", "p50", "p95", "max")}
	for i := range r.Metrics {
		m := &r.Metrics[i]
		t.rows = append(t.rows, []cell{named(m.Name), counted(m.Count), plain(digits(m.Mean)), plain(digits(m.Min)), plain(digits(m.P50)),
			plain(digits(m.P95)), plain(digits(m.Max))})
	}
	s.add(t)
	return s
}
