package report

func (r *Report) latencySection() section {
	s := section{title: "Latency"}
	t := table{caption: "How long it took", columns: numbers("", "count", "mean", "p50", "p90", "p95", "p99", "max")}
	for _, row := range []struct {
		name string
		d    *Distribution
	}{{"whole call", r.Duration}, {"first token", r.TimeToFirstToken}, {"evaluation", r.Evaluations.Duration}} {
		if d := row.d; d != nil {
			t.rows = append(t.rows, []cell{plain(row.name), counted(d.Count), plain(took(d.Mean)), plain(took(d.P50)),
				plain(took(d.P90)), plain(took(d.P95)), plain(took(d.P99)), plain(took(d.Max))})
		}
	}
	if len(t.rows) > 0 {
		s.add(t)
	}
	if v := r.Calls.OutputTokensPerSecond; v != nil {
		s.fact("output", digits(*v)+" tokens/s", "of a call while it runs")
	}
	return s
}
