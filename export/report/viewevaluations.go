package report

func (r *Report) evaluationSection() section {
	s, e := section{title: "Evaluations"}, &r.Evaluations
	if e.Total == 0 {
		return s
	}
	of := func(n uint64) string { return share(ratio(float64(n), float64(e.Total))) }
	s.fact("total", grouped(e.Total), "")
	s.fact("succeeded", grouped(e.Succeeded), of(e.Succeeded))
	s.fact("failed", grouped(e.Failed), of(e.Failed))
	s.fact("rejected", grouped(e.Rejected), of(e.Rejected))
	s.addFailures("Failed evaluations by class", "evaluations", e.Failures)
	if len(e.Evaluators) > 1 {
		t := table{caption: "Evaluators", columns: numbers("evaluator", "evaluations", "failed", "rejected")}
		for _, v := range e.Evaluators {
			t.rows = append(t.rows, []cell{named(v.Name), counted(v.Evaluations), counted(v.Failed), counted(v.Rejected)})
		}
		s.add(t)
	}
	if len(e.Scores) > 0 {
		t := table{caption: "Scores", columns: append(numbers("score", "count", "mean", "min", "p50", "max"), column{title: "evaluator", text: true})}
		for i := range e.Scores {
			v := &e.Scores[i]
			t.rows = append(t.rows, []cell{named(v.Name), counted(v.Count), plain(digits(v.Mean)), plain(digits(v.Min)),
				plain(digits(v.P50)), plain(digits(v.Max)), named(v.Evaluator)})
		}
		s.add(t)
	}
	return s
}
