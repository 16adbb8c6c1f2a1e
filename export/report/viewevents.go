package report

func (r *Report) eventSection() section {
	s, e := section{title: "Events"}, &r.Events
	s.fact("total", grouped(e.Total), "")
	for _, kind := range []struct {
		label string
		n     uint64
	}{
		{"calls", e.Generations}, {"evaluations", e.Evaluations}, {"records", e.Records}, {"own metrics", e.Metrics},
		{"begun calls", e.Begins}, {"targets", e.Targets}, {"usage of unseen calls", e.Usages},
	} {
		if kind.n > 0 {
			s.fact(kind.label, grouped(kind.n), "")
		}
	}
	if e.WithoutTime > 0 {
		s.fact("without a time", grouped(e.WithoutTime), "in no chart over time")
	}
	s.fact("unreadable", grouped(r.Unreadable.Count), "lines, or values of them")
	if len(r.Unreadable.Examples) > 0 {
		t := table{caption: "The first that could not be read", columns: []column{{title: "error", text: true}}}
		for _, text := range r.Unreadable.Examples {
			t.rows = append(t.rows, []cell{named(text)})
		}
		s.add(t)
	}
	return s
}
