package grafana_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLintBoards holds the rules of Grafana's dashboard linter that are about dashboards as a whole.
func TestLintBoards(t *testing.T) {
	for name, b := range boards(t) {
		if b.Editable == nil || *b.Editable || b.Inputs != nil || b.Title == "" || b.Description == "" {
			t.Errorf("%s: want editable false, no __inputs, a title and a description", name)
		}
		ids, titles := make(map[int]bool), make(map[string]bool)
		for _, p := range b.Panels {
			if p.Type != "row" && titles[p.Title] {
				t.Errorf("%s: two panels have the title %q", name, p.Title)
			}
			titles[p.Title] = titles[p.Title] || p.Type != "row"
			if p.ID == 0 || ids[p.ID] {
				t.Errorf("%s: %q has the id %d of another, or none", name, p.Title, p.ID)
			}
			ids[p.ID] = true
		}
	}
}

// TestLintVariables: the datasource is whichever the user has, and "All" keeps series that have no such label. Grafana's own
// linter wants .+ for instance as well, which would hide what came by a Pushgateway: it has none.
func TestLintVariables(t *testing.T) {
	for name, b := range boards(t) {
		var names []string
		for i, v := range b.Templating.List {
			names = append(names, v.Name)
			if i == 0 {
				if v.Type != "datasource" || v.Query != "prometheus" || v.Current["value"] != "" {
					t.Errorf("%s: want a datasource variable without a value first, found %+v", name, v)
				}
				continue
			}
			all := ".*"
			if v.Name == "job" {
				all = ".+"
			}
			if v.Type != "query" || !v.Multi || !v.IncludeAll || v.AllValue != all || v.Description == "" {
				t.Errorf("%s: want $%s to be multi, with a description, and All to be %s: %+v", name, v.Name, all, v)
			}
		}
		want := []string{"datasource", "job", "instance", "run", "provider", "model", "step"}
		if !slices.Equal(names[:len(want)], want) {
			t.Errorf("%s: variables are %v", name, names)
		}
	}
}

// unit is one of Grafana's that are used here, or a count of our own.
var unit = regexp.MustCompile(`^(none|short|percentunit|s|currencyUSD|bytes|count:[a-z]+(/(s|min))?)$`)

// TestLintPanels holds the rules that are about panels.
func TestLintPanels(t *testing.T) {
	eachPanel(t, func(name string, p panel) {
		where := name + ": " + p.Title
		d := p.FieldConfig.Defaults
		if p.Title == "" || !strings.HasSuffix(p.Description, ".") || d.NoValue == "" || !unit.MatchString(d.Unit) {
			t.Errorf("%s: want a title, a description, a text without data and a unit, found %q %q %q", where, p.Description, d.NoValue, d.Unit)
		}
		for _, o := range p.FieldConfig.Overrides {
			for _, property := range o.Properties {
				if u, _ := property.Value.(string); property.ID == "unit" && !unit.MatchString(u) {
					t.Errorf("%s: %s has the unit %q", where, o.Matcher.Options, u)
				}
			}
		}
		if len(p.Targets) == 0 || p.Datasource.UID != "${datasource}" {
			t.Errorf("%s: want targets, and the datasource that was chosen", where)
		}
		refs := make(map[string]bool)
		for _, q := range p.Targets {
			if q.RefID == "" || refs[q.RefID] || q.Datasource.UID != "${datasource}" {
				t.Errorf("%s: target %q is another's, or asks %q", where, q.RefID, q.Datasource.UID)
			}
			refs[q.RefID] = true
			lintQuery(t, where, p, q)
		}
	})
}

var (
	selector = regexp.MustCompile(`([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^}]*)\}(\[[^\]]*\]| offset)?`)
	ranged   = regexp.MustCompile(`([a-z_]+)\([a-zA-Z_:][a-zA-Z0-9_:]*\{[^}]*\}\[([^\]]*)\]\)`)
	bare     = regexp.MustCompile(`\b(genmeter|gen_ai|go|process|promhttp|scrape)_[a-z0-9_]+\b`)
	counters = regexp.MustCompile(`_(total|sum|count|bucket)$`)
)

// lintQuery: each selector takes job and instance; rates are over what Grafana chooses; a counter is never shown as it is.
func lintQuery(t *testing.T, where string, p panel, q target) {
	t.Helper()
	found := selector.FindAllStringSubmatch(q.Expr, -1)
	if len(found) == 0 {
		t.Errorf("%s: no selector in %s", where, q.Expr)
	}
	for _, s := range found {
		if !strings.HasPrefix(s[2], `job=~"$job",instance=~"$instance"`) {
			t.Errorf("%s: %s does not take job and instance", where, s[0])
		}
		if counters.MatchString(s[1]) && s[3] == "" {
			t.Errorf("%s: the counter %s is shown as it is", where, s[0])
		}
	}
	for _, r := range ranged.FindAllStringSubmatch(q.Expr, -1) {
		want := map[string]string{"rate": "$__rate_interval", "increase": "$__rate_interval", "delta": "$__rate_interval",
			"last_over_time": "$__range", "deriv": "5m"}[r[1]]
		if r[2] != want {
			t.Errorf("%s: %s over %s, want %q", where, r[1], r[2], want)
		}
		if r[1] == "last_over_time" && !q.Instant {
			t.Errorf("%s: a total over time: %s", where, q.Expr)
		}
	}
	if p.Type == "timeseries" && q.LegendFormat == "" {
		t.Errorf("%s: no legend for %s", where, q.Expr)
	}
}

// TestUnknownIsNoModel: nothing that tells by model which calls fail has those whose model nobody reported, as if it were one
// that always fails. A panel of their own has them.
func TestUnknownIsNoModel(t *testing.T) {
	checked := 0
	eachPanel(t, func(name string, p panel) {
		for _, q := range p.Targets {
			ratio := strings.Contains(q.Expr, "genmeter_generations_total") && strings.Contains(q.Expr, " / ")
			if !byModel.MatchString(q.Expr) || !ratio && !strings.Contains(q.Expr, "genmeter_generation_failures_total") {
				continue
			}
			for _, s := range selector.FindAllString(q.Expr, -1) {
				checked++
				if !strings.Contains(s, `gen_ai_request_model!="unknown"`) {
					t.Errorf("%s: %s: %s has calls without a model", name, p.Title, s)
				}
			}
		}
	})
	if checked < 10 {
		t.Errorf("only %d selectors were checked", checked)
	}
}

var byModel = regexp.MustCompile(`by \([^)]*gen_ai_request_model`)
