package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
	"go.opentelemetry.io/otel/metric/noop"
	"go.yaml.in/yaml/v3"
)

// promRule is what a rule file for Prometheus says of an alert.
type promRule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// TestDocsAlerts generates docs/alerts.md from the rules themselves, what they say of a bad run, and what a webhook gets.
func TestDocsAlerts(t *testing.T) {
	usual, err := alerting.Parse(strings.NewReader("thresholds: {max_cost_usd: 50}"), "usual")
	must(t, err)
	rules := usual.Thresholds.Rules()
	inProm := printedRules(t, rules)
	messages, posted := badRun(t, usual.Thresholds)
	table1 := [][]string{{"rule", "fires when", "threshold and its default", "level", "in Prometheus; what to do"}}
	table2 := [][]string{{"rule", "says, for example"}}
	var promql strings.Builder
	for _, r := range rules {
		p := inProm[r.AlertName()]
		key := keyOf(t, r.Name)
		runbook := "../deploy/runbooks/" + r.AlertName() + ".md"
		if !strings.HasSuffix(p.Annotations["runbook_url"], "/"+r.AlertName()+".md") {
			t.Errorf("%s has the runbook %q", r.Name, p.Annotations["runbook_url"])
		}
		if p.Labels["severity"] != r.Level.Severity() || p.Alert == "" {
			t.Errorf("%s is %v in Prometheus", r.Name, p)
		}
		table1 = append(table1, []string{
			code(r.Name), p.Annotations["summary"], code(key + ": " + defaultOf(t, key, r)), r.Level.String(), fmt.Sprintf("[%s](%s)", r.AlertName(), runbook),
		})
		table2 = append(table2, []string{code(r.Name), messages[r.Name]})
		fmt.Fprintf(&promql, "# %s\n%s\n\n", r.AlertName(), strings.TrimSpace(p.Expr))
	}
	var indented bytes.Buffer
	must(t, json.Indent(&indented, posted, "", "  "))
	generateDocs(t, "alerts.md", map[string]string{
		"rules": table(table1), "messages": table(table2),
		"promql":  "```promql\n" + strings.TrimSpace(promql.String()) + "\n```",
		"webhook": "```json\n" + indented.String() + "\n```",
		"faults":  "```text\n" + faultsOf(t, "thresholds:\n  max_eror_rate: 0.1\n  window: 2h\nrules:\n  - name: slow\n    metric: generation_time\n") + "```",
		"check":   "```text\n" + output(t, exitFailed, "check", "--timezone=UTC", filepath.Join(testdata, "afterimage-run")) + "```",
	})
}

// printedRules are the alerts of genmeter rules, by name.
func printedRules(t *testing.T, rules []alerting.Rule) map[string]promRule {
	t.Helper()
	var text bytes.Buffer
	must(t, alerting.WriteRules(&text, rules))
	var file struct {
		Groups []struct {
			Rules []promRule `yaml:"rules"`
		} `yaml:"groups"`
	}
	must(t, yaml.Unmarshal(text.Bytes(), &file))
	found := make(map[string]promRule)
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			found[r.Alert] = r
		}
	}
	return found
}

// keysOf are the keys that a file may have at a place, as the error of a wrong one lists them.
func keysOf(t *testing.T, text string) []string {
	t.Helper()
	_, err := alerting.Parse(strings.NewReader(text), "file")
	if err == nil {
		t.Fatalf("%s is taken", text)
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	_, list, found := strings.Cut(first, "want one of ")
	if !found {
		t.Fatal(err)
	}
	return strings.Split(list, ", ")
}

// keyOf is the key of a file that switches a rule off.
func keyOf(t *testing.T, rule string) string {
	t.Helper()
	for _, key := range keysOf(t, "thresholds: {nonesuch: 1}") {
		file, err := alerting.Parse(strings.NewReader("thresholds: {max_cost_usd: 50}"), "file")
		must(t, err)
		had := len(file.Thresholds.Rules())
		with := "max_cost_usd: 50, "
		if key == "max_cost_usd" {
			with = ""
		}
		file, err = alerting.Parse(strings.NewReader("thresholds: {"+with+key+": off}"), "file")
		if err != nil { // one that cannot be off
			continue
		}
		left := file.Thresholds.Rules()
		if len(left) == had-1 && !slices.ContainsFunc(left, func(r alerting.Rule) bool { return r.Name == rule }) {
			return key
		}
	}
	t.Fatalf("no key switches %s off", rule)
	return ""
}

// defaultOf is the default of a key, as a file would have it.
func defaultOf(t *testing.T, key string, r alerting.Rule) string {
	t.Helper()
	if !slices.ContainsFunc(alerting.DefaultThresholds().Rules(), func(d alerting.Rule) bool { return d.Name == r.Name }) {
		return "off"
	}
	if _, err := alerting.Parse(strings.NewReader("thresholds: {"+key+": true}"), "file"); err == nil {
		return "true"
	}
	if _, err := alerting.Parse(strings.NewReader("thresholds: {"+key+": 30s}"), "file"); err == nil {
		d := time.Duration(r.Threshold * float64(time.Second)).String()
		if strings.HasSuffix(d, "m0s") {
			d = strings.TrimSuffix(d, "0s")
		}
		return d
	}
	return strconv.FormatFloat(r.Threshold, 'f', -1, 64)
}

// badRun is a run in which everything goes wrong: what each rule says when it begins to fire, and what a webhook gets of the
// first one.
func badRun(t *testing.T, thresholds alerting.Thresholds) (messages map[string]string, posted []byte) {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	mon, err := monitor.New(noop.NewMeterProvider(), monitor.WithClock(clock))
	must(t, err)
	bodies := make(chan []byte, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
	}))
	defer receiver.Close()
	hook, err := alerting.Webhook(receiver.URL)
	must(t, err)
	al, err := alerting.New(mon, thresholds, alerting.WithClock(clock), alerting.WithHandlers(hook),
		alerting.WithLabels(map[string]string{"job": "genmeter", "run": "night-7"}))
	must(t, err)

	al.Evaluate(now)
	for i := range 40 {
		g := monitor.Generation{Model: "gpt-4o-mini", Duration: 41 * time.Second, PromptTokens: 5200, CompletionTokens: 4300, Turns: 3, CostUSD: 1.3,
			Success: i%5 < 3}
		if !g.Success {
			g.Error = "429 Too Many Requests"
		}
		mon.TrackGeneration(t.Context(), g)
	}
	mon.CountRejected("http", monitor.ReasonMalformed, 3)
	for range 4 {
		mon.Begin(monitor.Generation{Model: "gpt-4o-mini"})
	}
	messages = make(map[string]string)
	for range 12 {
		now = now.Add(time.Minute)
		for _, a := range al.Evaluate(now) {
			if a.State == alerting.Firing && messages[a.Name] == "" {
				messages[a.Name] = a.Message
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	must(t, errors.Join(al.Shutdown(ctx), mon.Shutdown(ctx)))
	for _, r := range thresholds.Rules() {
		if messages[r.Name] == "" {
			t.Errorf("%s does not fire", r.Name)
		}
	}
	return messages, <-bodies
}

// output is what a command prints to both of its streams.
func output(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &out, &out); code != want {
		t.Fatalf("genmeter %q: exit code %d, want %d:\n%s", args, code, want, out.String())
	}
	return out.String()
}

// faultsOf is what is said of a file of alerts that is wrong, without the directory it is in.
func faultsOf(t *testing.T, text string) string {
	t.Helper()
	_, err := alerting.Parse(strings.NewReader(text), "alerts.yml")
	if err == nil {
		t.Fatal("the file is taken")
	}
	return err.Error() + "\n"
}

// TestDocsAlertsFile reads the file that docs/alerts.md shows: it has every key, the defaults are these, and it can be printed for
// Prometheus.
func TestDocsAlertsFile(t *testing.T) {
	text := docsText(t, "alerts.md")
	_, example, found := strings.Cut(text, "```yaml\n")
	example, _, ended := strings.Cut(example, "```\n")
	if !found || !ended {
		t.Fatal("docs/alerts.md has no file")
	}
	file, err := alerting.Parse(strings.NewReader(example), "docs/alerts.md")
	must(t, err)
	usual, err := alerting.Parse(strings.NewReader("thresholds: {max_cost_usd: 50}"), "usual")
	must(t, err)
	if got, want := file.Thresholds.Rules(), usual.Thresholds.Rules(); !slices.Equal(got, want) {
		t.Errorf("the file's thresholds are\n%v\nwant the defaults, and 50 dollars\n%v", got, want)
	}
	if len(file.Rules) < 2 || *file.Interval != time.Minute || *file.RepeatEvery != time.Hour {
		t.Errorf("the file is %+v", file)
	}
	must(t, alerting.WriteRules(io.Discard, append(file.Thresholds.Rules(), file.Rules...)))
	for _, wrong := range []string{"nonesuch: 1", "thresholds: {nonesuch: 1}", "rules: [{nonesuch: 1}]"} {
		for _, key := range keysOf(t, wrong) {
			if !regexp.MustCompile(`(?m)^\s*(?:- )?#? ?` + key + `:`).MatchString(example) {
				t.Errorf("docs/alerts.md does not show the key %s", key)
			}
		}
	}
}
