package grafana_test

import (
	"math"
	"slices"
	"testing"
)

// checkQueries asks what each panel asks: at the start of a run, when nothing has failed yet, in its middle, and after its
// end; with "All" chosen, one value of each variable, and all of these. There must be no error, and an answer.
func checkQueries(t *testing.T, p *play) {
	asked := 0
	for name, b := range boards(t) {
		vars := b.Templating.List[1:]
		for what, c := range p.choices(t, vars) {
			for when, at := range map[string]float64{"start": p.start, "middle": p.middle, "end": p.end} {
				for _, panel := range b.Panels {
					for _, q := range panel.Targets {
						asked++
						found, err := p.ask(panel, q, c.interpolate(vars, q.Expr), at)
						if err != nil || !slices.ContainsFunc(found, series.known) && !mayBeEmpty(panel.Title, when, what) {
							t.Errorf("%s: %s: %s, %s: no answer, error %v, to %s", name, panel.Title, when, what, err, q.Expr)
						}
						if v, ok := panel.odd(found); ok {
							t.Errorf("%s: %s: %s, %s: %v from %s", name, panel.Title, when, what, v, q.Expr)
						}
					}
				}
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d queries were asked", asked)
	}
}

// odd returns a value that the panel cannot mean.
func (p panel) odd(found []series) (float64, bool) {
	most := math.MaxFloat64
	if p.FieldConfig.Defaults.Unit == "percentunit" && p.Title != "Done" && p.Title != "CPU" {
		most = 1 + 1e-9
	}
	for _, s := range found {
		for _, v := range append(s.Values, s.Value) {
			if !(v.value >= 0 && v.value <= most) { // no NaN
				return v.value, true
			}
		}
	}
	return 0, false
}

// choices are "All", one value of each variable, and all of these.
func (p *play) choices(t *testing.T, vars []variable) map[string]choice {
	one := p.choose(t, vars)
	all := map[string]choice{"All": {}, "one of each": one}
	for v, value := range one {
		all["$"+v] = choice{v: value}
	}
	return all
}

// choose runs the variables' own queries, and takes of each a value of the run that has everything.
func (p *play) choose(t *testing.T, vars []variable) choice {
	t.Helper()
	want := choice{"job": "embedded", "run": "night-7", "provider": "google", "model": gemini,
		"step": "draft", "evaluator": "llm_judge", "score": "coherence"}
	chosen := choice{}
	for _, v := range vars {
		offered := p.offered(t, choice{}.interpolate(vars, v.Query.(string)))
		value, known := want[v.Name]
		if !known && len(offered) > 0 {
			value = offered[0] // an address
		}
		if !slices.Contains(offered, value) {
			t.Errorf("$%s offers %q, want %q", v.Name, offered, value)
		}
		chosen[v.Name] = value
	}
	return chosen
}

// mayBeEmpty says which panels are right to show their text for no data.
func mayBeEmpty(title, when, what string) bool {
	empty := map[string]bool{}
	if when == "start" { // nothing has failed, nothing is lost, and the model without a price has not been called
		for _, title := range []string{"Failures a minute", "Failures so far", "Useless answers a minute", "Calls without a model a minute",
			"Rejected a minute", "Dropped a minute", "Errors and overflow a minute", "Past the bound on series",
			"Tokens without a price", "Tokens without a price a second"} {
			empty[title] = true
		}
	}
	if what == "$provider" || what == "$model" || what == "one of each" { // what has a model is not without one
		empty["Calls without a model a minute"] = true
	}
	if what == "$provider" || what == "one of each" { // all of this provider's have a price
		empty["Tokens without a price"], empty["Tokens without a price a second"] = true, true
	}
	return empty[title]
}
