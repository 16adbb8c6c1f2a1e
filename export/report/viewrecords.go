package report

func (r *Report) recordSection() section {
	s, c := section{title: "Records"}, &r.Records
	if c.Total == 0 && c.Target == nil {
		return s
	}
	s.pieces(c.Total, piece{"accepted", c.Accepted}, piece{"rejected", c.Rejected}, piece{"failed", c.Failed})
	if c.Target != nil {
		s.fact("target", grouped(*c.Target), share(ratio(float64(c.Accepted), float64(*c.Target)))+" reached")
	}
	t := table{caption: "Records by reason", columns: []column{{title: "reason", text: true}, {title: "outcome", text: true}, {title: "records"}}}
	reported := false
	for _, reason := range c.Reasons {
		name := named(reason.Reason)
		if reason.Reason == "" {
			name = plain("(none)")
		} else {
			reported = true
		}
		t.rows = append(t.rows, []cell{name, plain(reason.Outcome), counted(reason.Records)})
	}
	if reported {
		s.add(t)
	}
	return s
}
