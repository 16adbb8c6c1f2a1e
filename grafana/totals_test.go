package grafana_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// truth is what was tracked in the recorded run.
type truth struct {
	Generations, Success, Failure, Evaluations float64
	ErrorTypes                                 map[string]float64 `json:"error_types"`
	Finish                                     map[string]float64
	Prompt, Completion, Total                  map[string]float64
	Scores                                     map[string][2]float64 // count and sum
}

func readTruth(t *testing.T) (w truth) {
	text, err := os.ReadFile(filepath.Join(recordedRun, "truth.json"))
	must(t, err, json.Unmarshal(text, &w))
	return w
}

func (w truth) tokens() (sum float64) {
	for _, n := range w.Total {
		sum += n
	}
	return sum
}

// checkTotals: the panels that show totals show what was recorded, when the run has just ended, and ten minutes later,
// when its process is gone.
func checkTotals(t *testing.T, p *play) {
	w := readTruth(t)
	counts, means := map[string]float64{}, map[string]float64{}
	for name, s := range w.Scores {
		counts[name], means[name] = s[0], s[1]/s[0]
	}
	for _, c := range []struct {
		board, panel, column string // the column is of a table
		by                   string // label of the values
		want                 map[string]float64
	}{
		{"overview", "Calls", "", "", one(w.Generations)},
		{"overview", "Failed", "", "", one(w.Failure)},
		{"overview", "Tokens", "", "", one(w.tokens())},
		{"overview", "Tokens without a price", "", "", one(w.tokens())},
		{"overview", "Evaluations", "", "", one(w.Evaluations)},
		{"overview", "Records accepted", "", "", one(0)},
		{"overview", "Failures so far", "", "error_type", w.ErrorTypes},
		{"overview", "Runs side by side", "Calls", "job", map[string]float64{"pushed": w.Generations}},
		{"overview", "Runs side by side", "Succeeded", "job", map[string]float64{"pushed": w.Success / w.Generations}},
		{"overview", "Runs side by side", "Tokens", "job", map[string]float64{"pushed": w.tokens()}},
		{"models", "Models side by side", "Tokens", "gen_ai_request_model", w.Total},
		{"quality", "Refused", "", "", one(w.Finish["content_filter"] / w.Success)},
		{"quality", "Cut off", "", "", one(w.Finish["length"] / w.Success)},
		{"quality", "Evaluations that failed", "", "", one(0)},
		{"quality", "Scores so far", "Evaluations", "score", counts},
		{"quality", "Scores so far", "Mean", "score", means},
		{"genmeter", "Rejected", "", "", one(0)},
	} {
		for _, at := range []float64{p.end, p.end + 600} {
			compare(t, c.panel+" "+c.column, p.shown(t, c.board, c.panel, c.column, c.by, choice{"job": "pushed"}, at), c.want)
		}
	}
	at := p.start
	compare(t, "Failed at the start", p.shown(t, "overview", "Failed", "", "", choice{}, at), one(0))
	compare(t, "Failures so far at the start", p.shown(t, "overview", "Failures so far", "", "error_type", choice{}, at), nil)
	compare(t, "Calls that succeed at the start", p.shown(t, "overview", "Calls that succeed", "", "", choice{}, at), one(1))
}

func one(v float64) map[string]float64 { return map[string]float64{"": v} }

// shown is what a panel shows, by the values of a label.
func (p *play) shown(t *testing.T, name, title, column, by string, c choice, at float64) map[string]float64 {
	t.Helper()
	b := boards(t)[name]
	values := make(map[string]float64)
	for _, panel := range b.Panels {
		if panel.Title != title {
			continue
		}
		q := panel.query(t, column)
		found, err := p.instant(panel.interval(c.interpolate(b.Templating.List[1:], q.Expr), 0), at)
		must(t, err)
		for _, s := range found {
			values[s.Metric[by]] += s.Value.value
		}
		return values
	}
	t.Fatalf("%s has no panel %q of totals", name, title)
	return nil
}

// query is the one whose values the column has.
func (p panel) query(t *testing.T, column string) target {
	t.Helper()
	if column == "" {
		return p.Targets[0]
	}
	for _, transformation := range p.Transformations {
		for _, q := range p.Targets {
			if transformation.Options.RenameByName["Value #"+q.RefID] == column {
				return q
			}
		}
	}
	t.Fatalf("%s has no column %q", p.Title, column)
	return target{}
}

// compare wants the same values, but for the last bits.
func compare(t *testing.T, what string, got, want map[string]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
	for key, w := range want {
		if g, ok := got[key]; !ok || math.Abs(g-w) > 1e-9*math.Abs(w) {
			t.Errorf("%s: %q is %v, want %v", what, key, g, w)
		}
	}
}
