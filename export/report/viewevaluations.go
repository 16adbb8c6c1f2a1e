package report

func (r *Report) evaluationSection() section {
	s, e := section{title: "Evaluations"}, &r.Evaluations
	if e.Total == 0 {
		return s
	}
	s.pieces(e.Total, piece{"succeeded", e.Succeeded}, piece{"failed", e.Failed}, piece{"rejected", e.Rejected})
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
