package grafana_test

import (
	"regexp"
	"strings"
	"testing"
)

var (
	sampleName  = regexp.MustCompile(`(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]`)
	sampleLabel = regexp.MustCompile(`[{,]([a-zA-Z_][a-zA-Z0-9_]*)="`)
	usedLabel   = regexp.MustCompile(`[{,]([a-zA-Z_][a-zA-Z0-9_]*)(?:=~|!=|=)"`)
	grouping    = regexp.MustCompile(`(?:by|on) \(([^)]*)\)`)
	legendLabel = regexp.MustCompile(`\{\{([a-z_]+)\}\}`)
)

// given are what Prometheus adds to a target.
const given = "job instance up scrape_duration_seconds scrape_samples_scraped"

// TestNames: every metric and label that a query, a legend or a variable names exists in a real exposition.
func TestNames(t *testing.T) {
	g := newGenerator(t, full)
	for range scrapes {
		g.scrape(t)
	}
	exposition := g.scrape(t)
	metrics, labels := set(sampleName, exposition), set(sampleLabel, exposition)
	for _, name := range strings.Fields(given) {
		metrics[name], labels[name] = true, true
	}
	total := 0
	exists := func(where, what string, among map[string]bool, name string) {
		total++
		if !among[name] && name != "le" && name != "__name__" {
			t.Errorf("%s: no %s is named %s", where, what, name)
		}
	}
	look := func(where, expr string) {
		for _, s := range selector.FindAllStringSubmatch(expr, -1) {
			exists(where, "metric", metrics, s[1])
		}
		for _, name := range bare.FindAllString(expr, -1) {
			if !metrics[name] {
				exists(where, "label", labels, name)
			}
		}
		for name := range set(usedLabel, expr) {
			exists(where, "label", labels, name)
		}
		for _, group := range grouping.FindAllStringSubmatch(expr, -1) {
			for _, name := range strings.FieldsFunc(group[1], func(r rune) bool { return r == ',' || r == ' ' }) {
				exists(where, "label", labels, name)
			}
		}
	}
	eachPanel(t, func(name string, p panel) {
		for _, q := range p.Targets {
			look(name+": "+p.Title, q.Expr)
			for label := range set(legendLabel, q.LegendFormat) {
				exists(name+": "+p.Title, "label", labels, label)
			}
		}
	})
	for name, b := range boards(t) {
		for _, v := range b.Templating.List[1:] {
			look(name+": $"+v.Name, v.Query.(string))
		}
	}
	if total < 500 {
		t.Errorf("only %d names were found", total)
	}
}

// set returns what the pattern's group found.
func set(pattern *regexp.Regexp, text string) map[string]bool {
	found := make(map[string]bool)
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return found
}
