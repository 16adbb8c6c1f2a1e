package report

import "fmt"

func (r *Report) alertSection() section {
	s := section{title: "Alerts"}
	if r.Alerts == nil {
		return s
	}
	rules := fmt.Sprintf("%s, every %s of the run", plural(r.Alerts.Rules, "rule"), every(r.Alerts.Interval))
	if len(r.Alerts.Fired) == 0 {
		s.notes = append(s.notes, "None would have fired: "+rules+".")
		return s
	}
	t := table{caption: "Alerts that would have fired", columns: []column{{title: "alert", text: true}, {title: "level", text: true},
		{title: "from", text: true}, {title: "lasted"}, {title: "message", text: true}}}
	for i := range r.Alerts.Fired {
		a := &r.Alerts.Fired[i]
		from, lasted := none, "to the end"
		if a.From != nil {
			from = clockAfter(*a.From, *r.Span.From)
		}
		if a.Lasted != nil {
			lasted = every(*a.Lasted)
		}
		t.rows = append(t.rows, []cell{named(a.Name), plain(a.Level), plain(from), plain(lasted), named(a.Message)})
	}
	s.add(t)
	s.notes = append(s.notes, "Judged by "+rules+".")
	return s
}
