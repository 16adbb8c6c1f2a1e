package deploy_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// alerts are those that genmeter's rules for Prometheus have. Each one's runbook_url is its page in this folder on the
// repository's main branch.
var alerts = []string{
	"GenmeterLowSuccessRate", "GenmeterHighGenerationTime", "GenmeterHighErrorRate", "GenmeterHighPromptTokenUsage",
	"GenmeterHighCompletionTokenUsage", "GenmeterHighTotalTokenUsage", "GenmeterLongConversations", "GenmeterStalled",
	"GenmeterOverBudget", "GenmeterEventsLost",
}

// TestRunbooks: every alert has a page, and every page an alert.
func TestRunbooks(t *testing.T) {
	for _, alert := range alerts {
		text, err := os.ReadFile(filepath.Join("runbooks", alert+".md"))
		must(t, err)
		for _, part := range []string{"# " + alert + "\n", "\n## Look\n", "\n## Causes, and what to do\n", "\n## When it is false\n"} {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s.md lacks %q", alert, part)
			}
		}
	}
	pages, err := filepath.Glob("runbooks/*.md")
	must(t, err)
	for _, page := range pages {
		if alert := strings.TrimSuffix(filepath.Base(page), ".md"); !slices.Contains(alerts, alert) {
			t.Errorf("%s is of no alert", page)
		}
	}
}

var promql = regexp.MustCompile("(?s)```promql\n(.*?)```")

// queries returns the PromQL of the pages of this folder, which blank lines separate, by where it stands.
func queries(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for path, text := range files(t, ".md") {
		for block := range set(promql, text) {
			for query := range strings.SplitSeq(block, "\n\n") {
				all[fmt.Sprintf("%s: %s", path, query)] = strings.TrimSpace(query)
			}
		}
	}
	if len(all) < 40 {
		t.Errorf("only %d queries were found", len(all))
	}
	return all
}

// TestQueriesParse has promtool read each query as the expression of a rule.
func TestQueriesParse(t *testing.T) {
	var rules strings.Builder
	rules.WriteString("groups:\n- name: runbooks\n  rules:\n")
	n := 0
	for where, query := range queries(t) {
		n++
		// A JSON string is a YAML string, and a promtool error names the rule.
		fmt.Fprintf(&rules, "  - record: query:%d\n    expr: %q\n    labels: {where: %q}\n", n, query, where)
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	must(t, os.WriteFile(file, []byte(rules.String()), 0o600))
	out := output(t, program(t, "promtool", "prometheus", "check", "rules", file))
	if want := fmt.Sprintf("SUCCESS: %d rules found", n); !strings.Contains(out, want) {
		t.Errorf("no %q in\n%s", want, out)
	}
}

var (
	grouping = regexp.MustCompile(`\bby \(([^)]*)\)`)
	selector = regexp.MustCompile(`([a-z_]+)(?:=~|!~|!=|=)"`)
	comment  = regexp.MustCompile(`(?m)^#.*$`)
)

// TestQueryLabels: a label that no series has gives an empty answer, and no error.
func TestQueryLabels(t *testing.T) {
	g := startGenmeter(t)
	for where, query := range queries(t) {
		query = comment.ReplaceAllString(query, "")
		names := set(selector, query)
		for list := range set(grouping, query) {
			for name := range strings.SplitSeq(list, ",") {
				names[strings.TrimSpace(name)] = true
			}
		}
		for name := range names {
			if !g.labels[name] && name != "job" && name != "instance" {
				t.Errorf("no label %s: %s", name, where)
			}
		}
	}
}

// TestRunbookRequests sends what the pages ask of genmeter's API.
func TestRunbookRequests(t *testing.T) {
	g := startGenmeter(t)
	request := regexp.MustCompile(`http://127\.0\.0\.1:9464(/[^\s'"]*)`)
	total := 0
	for path, text := range files(t, ".md") {
		for request := range set(request, text) {
			total++
			if code := status(t, g.url+request); code != 200 {
				t.Errorf("%s: GET %s: %d", path, request, code)
			}
			u, err := url.Parse(request)
			must(t, err)
			if metric := u.Query().Get("metric"); metric != "" && !slices.Contains(g.MetricNames(), metric) {
				t.Errorf("%s: genmeter has no metric %s", path, metric)
			}
		}
	}
	if total < 10 {
		t.Errorf("only %d requests were found", total)
	}
}
