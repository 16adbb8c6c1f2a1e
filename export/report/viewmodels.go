package report

import "fmt"

func (r *Report) modelSection() section {
	s := section{title: "Models"}
	if len(r.Models) == 0 {
		return s
	}
	s.add(r.modelTable())
	if r.Duration != nil {
		s.add(r.speedTable())
	}
	if r.Usage.Total > 0 {
		s.add(r.tokenTable())
	}
	s.notes = append(s.notes, r.explainModels()...)
	s.notes = append(s.notes, r.Usage.explain()...)
	return s
}

// explainModels says what the rows of models are that are not what their names say.
func (r *Report) explainModels() (notes []string) {
	if r.OtherModels > 0 {
		notes = append(notes, fmt.Sprintf("The %s with the least calls and tokens are together in \"other\".", plural(r.OtherModels, "model")))
	}
	judges, unseen := false, false
	for i := range r.Models {
		if m := &r.Models[i]; m.Calls == 0 {
			judges, unseen = judges || m.Evaluations > 0, unseen || m.Evaluations == 0
		}
	}
	if judges {
		notes = append(notes, "A model that evaluates and has no calls: its tokens and cost are those of evaluations.")
	}
	if unseen {
		notes = append(notes, "A model without calls or evaluations: of its calls only what they used in all is known.")
	}
	return notes
}

// explain says what the kinds of tokens are, of those that there are.
func (u *Usage) explain() (notes []string) {
	if u.Cached+u.CacheWrite > 0 {
		notes = append(notes, "Cached and written tokens are part of the input: read from and written to the provider's cache.")
	}
	if u.Reasoning > 0 {
		notes = append(notes, "Reasoning tokens are part of the output.")
	}
	if u.Unsplit > 0 {
		notes = append(notes, "Unsplit tokens are in the total, and in neither input nor output.")
	}
	return notes
}

// modelTable tells what became of each model's calls and what they cost.
func (r *Report) modelTable() table {
	t := table{caption: "Calls and cost by model", columns: numbers("model", "calls", "failed", "tokens", "cost")}
	row := func(name cell, calls uint64, failed string, u *Usage) {
		t.rows = append(t.rows, []cell{name, counted(calls), plain(failed), tokens(u.Total), plain(u.cost())})
	}
	for i := range r.Models {
		m := &r.Models[i]
		failed := share(m.FailureShare)
		if m.FailureShare == nil && m.Calls > 0 {
			failed = unknown
		}
		row(named(m.Name), m.Calls, failed, &m.Usage)
	}
	if len(r.Models) > 1 {
		t.total = true
		row(plain("all"), r.Calls.Total, shareOf(r.Calls.Failed, r.Calls.Total), &r.Usage)
	}
	return t
}

// speedTable tells how long each model's calls took.
func (r *Report) speedTable() table {
	t := table{caption: "Latency by model", columns: numbers("model", "p50", "p95", "max", "output tokens/s")}
	row := func(name cell, d *Distribution, speed *float64) {
		if d == nil {
			return
		}
		rate := none
		if speed != nil {
			rate = digits(*speed)
		}
		t.rows = append(t.rows, []cell{name, plain(took(d.P50)), plain(took(d.P95)), plain(took(d.Max)), plain(rate)})
	}
	for i := range r.Models {
		m := &r.Models[i]
		row(named(m.Name), m.Duration, m.OutputTokensPerSecond)
	}
	if len(t.rows) > 1 {
		t.total = true
		row(plain("all"), r.Duration, r.Calls.OutputTokensPerSecond)
	}
	return t
}

// tokenTable tells the tokens of each model; kinds that nobody has are left out, and so is what the cost says already: that nothing has a
// price.
func (r *Report) tokenTable() table {
	kinds := []struct {
		title string
		of    func(*Usage) int64
	}{
		{"input", func(u *Usage) int64 { return u.Input }},
		{"cached", func(u *Usage) int64 { return u.Cached }},
		{"written", func(u *Usage) int64 { return u.CacheWrite }},
		{"output", func(u *Usage) int64 { return u.Output }},
		{"reasoning", func(u *Usage) int64 { return u.Reasoning }},
		{"unsplit", func(u *Usage) int64 { return u.Unsplit }},
		{"total", func(u *Usage) int64 { return u.Total }},
		{"unpriced", func(u *Usage) int64 { return u.UnpricedTokens }},
	}
	t := table{caption: "Tokens by model", columns: numbers("model")}
	all := []cell{plain("all")}
	rows := make([][]cell, len(r.Models))
	for i := range rows {
		rows[i] = []cell{named(r.Models[i].Name)}
	}
	for _, k := range kinds {
		if n := k.of(&r.Usage); n == 0 || k.title == "unpriced" && n == r.Usage.Total {
			continue
		}
		t.columns = append(t.columns, column{title: k.title})
		for i := range rows {
			rows[i] = append(rows[i], tokens(k.of(&r.Models[i].Usage)))
		}
		all = append(all, tokens(k.of(&r.Usage)))
	}
	if t.total = len(rows) > 1; t.total {
		rows = append(rows, all)
	}
	t.rows = rows
	return t
}

func (r *Report) stepSection() section {
	s := section{title: "Steps"}
	if len(r.Steps) == 0 {
		return s
	}
	t := table{caption: "Calls by step of the pipeline", columns: numbers("step", "calls", "failed", "rejected", "tokens", "cost")}
	for i := range r.Steps {
		p := &r.Steps[i]
		name := named(p.Name)
		if p.Name == "" {
			name = plain("(no step)")
		}
		t.rows = append(t.rows, []cell{name, counted(p.Calls), counted(p.Failed), counted(p.Rejected), tokens(p.Total), plain(p.cost())})
	}
	s.add(t)
	return s
}
