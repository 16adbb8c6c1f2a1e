package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// metricNote is what the exposition itself does not tell of a metric.
type metricNote struct {
	name, unit string
	since      string // what makes it appear; empty when it is there from the start
}

// metricNotes are all metrics but those of client_golang's collectors, by the part of docs/metrics.md that has them.
var metricNotes = map[string][]metricNote{
	"calls": {
		{"genmeter_generations_total", "calls", "the first call"},
		{"genmeter_generation_failures_total", "calls", "the first call"},
		{"gen_ai_client_operation_duration_seconds", "seconds", "the first call"},
		{"gen_ai_client_operation_time_to_first_chunk_seconds", "seconds", "the first one reported"},
		{"genmeter_time_per_output_token_seconds", "seconds", "the first call that reports output tokens and the time to the first"},
		{"genmeter_conversation_turns", "turns", "the first one reported"},
		{"genmeter_generations_in_progress", "calls", "the first call that is begun before it ends"},
		{"genmeter_begins_expired_total", "calls", ""},
		{"genmeter_last_success_timestamp_seconds", "seconds since 1970", "the first success"},
		{"genmeter_cache_hits_total", "calls", "the first call"},
	},
	"tokens and cost": {
		{"genmeter_tokens_total", "tokens", "the first tokens"},
		{"genmeter_token_details_total", "tokens", "the first call"},
		{"gen_ai_client_token_usage", "tokens", "the first tokens"},
		{"genmeter_usage_reports_total", "reports", "the first tokens"},
		{"genmeter_cost_usd_total", "US dollars", "the first cost"},
		{"genmeter_unpriced_tokens_total", "tokens", "the first tokens without a price"},
	},
	"records": {
		{"genmeter_records_total", "records", ""},
		{"genmeter_records_target", "records", "the target"},
	},
	"evaluations": {
		{"genmeter_evaluations_total", "evaluations", "the first evaluation"},
		{"genmeter_evaluation_duration_seconds", "seconds", "the first evaluation"},
		{"genmeter_evaluation_score", "the score's own", "the first score"},
	},
	"metrics of your own": {
		{"genmeter_metric_value", "the metric's own", "the first sample"},
		{"genmeter_metric_observations_total", "samples", "the first sample"},
		{"genmeter_metric_value_accumulated", "the metric's own", "the first sample"},
	},
	"the run": {
		{"genmeter_run_records", "records", "the first event"},
		{"genmeter_run_tokens", "tokens", "the first event"},
		{"genmeter_run_cost_usd", "US dollars", "the first cost"},
		{"genmeter_run_start_timestamp_seconds", "seconds since 1970", "the first event"},
	},
	"what was lost": {
		{"genmeter_events_rejected_total", "events", ""},
		{"genmeter_events_dropped_total", "events", ""},
		{"genmeter_handler_errors_total", "errors", ""},
		{"genmeter_series_overflow_total", "measurements", "the first overflow"},
	},
	"alerts": {
		{"genmeter_alert_firing", "0 or 1", ""},
		{"genmeter_alert_threshold", "the rule's own", ""},
	},
	"genmeter itself": {
		{"genmeter_events_total", "events", ""},
		{"genmeter_ring_events", "events", ""},
		{"genmeter_ring_capacity_events", "events", ""},
		{"genmeter_ring_evicted_total", "events", ""},
		{"genmeter_pump_lag_events", "events", ""},
		{"genmeter_pump_assists_total", "times", ""},
		{"genmeter_build_info", "1", ""},
		{"target_info", "1", ""},
	},
}

// openLabels have values that come from outside; all others have those of a closed set.
var openLabels = map[string]string{
	"gen_ai_provider_name": "as the generator names it; `unknown` where it does not",
	"gen_ai_request_model": "as the generator names it; `unknown` where it does not",
	"step":                 "step of the pipeline, as the generator names it",
	"evaluator":            "kind of evaluation, as the generator names it; `unknown` where it does not",
	"score":                "name of the score",
	"alertname":            "name of the rule in Prometheus; see [alerts.md](alerts.md)",
	"severity":             "`critical` (level error), `warning`, `info`",
	"source":               "the road of the event: `api` (recorded in the program itself), `http`, `otlp`, `stdin`, `follow`, `replay`",
	"handler": "`metrics.jsonl` and `genmeter.log` (`--log-dir`), `journal` (`--data-dir`), `alert_log`, `alert_webhook`, `alert_alertmanager`, " +
		"`pump` (OpenTelemetry itself), and those of an embedder",
}

// TestDocsMetrics generates docs/metrics.md from what a sidecar exposes that has everything, before the first event and after one
// of each kind.
func TestDocsMetrics(t *testing.T) {
	dir := t.TempDir()
	g := startGenmeter(t, "serve", "--web.listen-address=127.0.0.1:0", "--log-dir="+filepath.Join(dir, "log"), "--data-dir="+filepath.Join(dir, "data"),
		"--alerts.webhook=http://127.0.0.1:1/", "--alertmanager.url=http://127.0.0.1:1")
	empty := g.families(t)
	g.postEverything(t)
	all := g.families(t)
	bounds := g.flood(t)
	all["genmeter_series_overflow_total"] = g.families(t)["genmeter_series_overflow_total"]

	parts := map[string]string{"labels": labelTable(all, bounds), "buckets": bucketTable(all), "reasons": reasonTable(t)}
	unnamed := maps.Clone(all)
	for group, notes := range metricNotes {
		rows := [][]string{{"metric", "type", "labels", "meaning", "there since"}}
		for _, n := range notes {
			name, f := n.name, all[n.name]
			delete(unnamed, name)
			if f == nil {
				t.Fatalf("there is no metric %s", name)
			}
			if (empty[name] != nil) != (n.since == "") {
				t.Errorf("%s is there from the start: %t, and docs/metrics.md says otherwise", name, empty[name] != nil)
			}
			since := n.since
			if since == "" {
				since = "the start"
			}
			rows = append(rows, []string{code(name), strings.ToLower(f.GetType().String()) + ", " + n.unit, labelsOf(f), f.GetHelp(), since})
		}
		parts[group] = table(rows)
	}
	for name, f := range unnamed {
		if !isOfProcess(f) {
			t.Errorf("docs/metrics.md lacks %s", name)
		}
	}
	generateDocs(t, "metrics.md", parts)
	checkNames(t, all)
}

func (g *genmeter) families(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()
	code, text, err := fetch("http://"+g.address+"/metrics", "")
	must(t, err)
	if code != http.StatusOK {
		t.Fatalf("GET /metrics: %d", code)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	must(t, err)
	return families
}

func (g *genmeter) post(t *testing.T, lines string) {
	t.Helper()
	resp, err := http.Post("http://"+g.address+"/api/v1/events", "application/x-ndjson", strings.NewReader(lines))
	must(t, err)
	must(t, resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
}

// postEverything posts events of each kind, with everything that they may have.
func (g *genmeter) postEverything(t *testing.T) {
	t.Helper()
	lines, err := os.ReadFile("testdata/everything.ndjson")
	must(t, err)
	g.post(t, string(lines))
}

// flood gives labels more values than they may have, and returns how many each of them takes.
func (g *genmeter) flood(t *testing.T) map[string]int {
	t.Helper()
	var lines strings.Builder
	for i := range 300 {
		fmt.Fprintf(&lines, `{"event":"generation","model_name":"model-%d","success":true}
{"event":"generation","provider":"provider-%d","success":true}
{"event":"generation","step":"step-%d","success":true}
{"event":"evaluation","evaluator_type":"evaluator-%d","success":true}
{"event":"evaluation","scores":{"score-%d":1},"success":true}
{"event":"record","outcome":"rejected","reason":"reason-%d"}
{"event":"metric","metric":"metric-%d","value":1}
`, i, i, i, i, i, i, i)
	}
	g.post(t, lines.String())
	families, bounds := g.families(t), make(map[string]int)
	for key, family := range map[string]string{
		"gen_ai_request_model": "genmeter_generations_total", "gen_ai_provider_name": "genmeter_generations_total",
		"step": "genmeter_generations_total", "evaluator": "genmeter_evaluations_total", "score": "genmeter_evaluation_score",
		"reason": "genmeter_records_total", "metric": "genmeter_metric_observations_total",
	} {
		values := valuesOf(families[family], key)
		for _, standIn := range []string{"unknown", "other"} {
			if i := slices.Index(values, standIn); i >= 0 {
				values = slices.Delete(values, i, i+1)
			}
		}
		bounds[key] = len(values)
		if n := len(values); n < 10 || n >= 300 {
			t.Errorf("the label %s of %s has %d values", key, family, n)
		}
	}
	return bounds
}

// valuesOf returns the values of a label in a family, sorted.
func valuesOf(f *dto.MetricFamily, label string) []string {
	values := make(map[string]bool)
	for _, m := range f.GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == label {
				values[l.GetValue()] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(values))
}

// labelsOf lists the labels of a family, with a question mark behind those that not every series has. The two that name a model
// always come together, and have one name there.
func labelsOf(f *dto.MetricFamily) string {
	counts := make(map[string]int)
	for _, m := range f.GetMetric() {
		for _, l := range m.GetLabel() {
			counts[l.GetName()]++
		}
	}
	rank := func(label string) string { // the model and what is called of it first
		return fmt.Sprint(!strings.HasPrefix(label, "gen_ai_"), label != "step", label)
	}
	var names []string
	for _, name := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return strings.Compare(rank(a), rank(b)) }) {
		if counts[name] < len(f.GetMetric()) {
			name += "?"
		}
		names = append(names, name)
	}
	switch {
	case len(names) == 0:
		return "none"
	case counts["gen_ai_provider_name"] == 0:
		return codes(names)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "gen_ai_provider_name" || name == "gen_ai_request_model" })
	return strings.TrimSuffix("*model*, "+codes(names), ", ")
}

// labelTable says what values each label may have.
func labelTable(all map[string]*dto.MetricFamily, bounds map[string]int) string {
	type set struct {
		label, values string
	}
	of := make(map[set][]string)
	for name, f := range all {
		if isOfProcess(f) || name == "target_info" || name == "genmeter_build_info" {
			continue
		}
		labels := make(map[string]bool)
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = true
			}
		}
		for label := range labels {
			s := set{label, openValues(name, label, bounds)}
			if s.values == "" {
				s.values = codes(valuesOf(f, label))
			}
			of[s] = append(of[s], name)
		}
	}
	rows := [][]string{{"label", "of", "values"}}
	for _, s := range slices.SortedFunc(maps.Keys(of), func(a, b set) int {
		return strings.Compare(a.label+a.values, b.label+b.values)
	}) {
		names := slices.Sorted(slices.Values(of[s]))
		where := codes(names)
		if len(names) > 4 {
			where = fmt.Sprintf("%d metrics", len(names))
		}
		rows = append(rows, []string{code(s.label), where, s.values})
	}
	return table(rows)
}

// openValues describes the values of a label that do not come from a closed set, and is empty for others.
func openValues(metric, label string, bounds map[string]int) string {
	text := openLabels[label]
	switch {
	case label == "metric" && metric == "genmeter_series_overflow_total":
		return "the instrument whose bound was reached, in OpenTelemetry's spelling, such as `genmeter.generations`"
	case label == "metric":
		text = "as given to RecordMetric; `unknown` where it has no name"
	case label == "reason" && metric == "genmeter_records_total":
		text = "as the generator gives it"
	case label == "reason":
		return "see [what was lost](#what-was-lost)"
	}
	if n := bounds[label]; n > 0 {
		return fmt.Sprintf("%s; %d of them, then `other`", text, n)
	}
	return text
}

var reasonConst = regexp.MustCompile(`(?m)^\tReason\w+ += "(\w+)" +// (.*)$`)

// reasonTable has the reasons of what is refused, as package monitor explains them.
func reasonTable(t *testing.T) string {
	source, err := os.ReadFile("../../monitor/mend.go")
	must(t, err)
	rows := [][]string{{"reason", "of what is refused"}}
	for _, found := range reasonConst.FindAllStringSubmatch(string(source), -1) {
		rows = append(rows, []string{code(found[1]), found[2]})
	}
	if len(rows) < 8 {
		t.Errorf("only %d reasons were found", len(rows))
	}
	return table(rows)
}

// bucketTable has the upper bounds of histograms.
func bucketTable(all map[string]*dto.MetricFamily) string {
	of := make(map[string][]string)
	for name, f := range all {
		if f.GetType() != dto.MetricType_HISTOGRAM || isOfProcess(f) {
			continue
		}
		var bounds []string
		for _, b := range f.GetMetric()[0].GetHistogram().GetBucket() {
			bounds = append(bounds, strconv.FormatFloat(b.GetUpperBound(), 'f', -1, 64))
		}
		key := strings.TrimSuffix(strings.Join(bounds, " "), " +Inf")
		of[key] = append(of[key], name)
	}
	var rows [][]string
	for bounds, names := range of {
		rows = append(rows, []string{codes(slices.Sorted(slices.Values(names))), bounds})
	}
	slices.SortFunc(rows, slices.Compare)
	return table(append([][]string{{"histogram", "upper bounds of the buckets"}}, rows...))
}

var (
	promqlBlock = regexp.MustCompile("(?s)```promql\n(.*?)```")
	ourMetric   = regexp.MustCompile(`\b(?:genmeter|gen_ai)_[a-z0-9_]*[a-z0-9]\b`)
)

// checkNames looks for every metric and label that the page names, in its queries too.
func checkNames(t *testing.T, all map[string]*dto.MetricFamily) {
	t.Helper()
	known := make(map[string]bool)
	for name, f := range all {
		known[name] = true
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			known[name+suffix] = f.GetType() == dto.MetricType_HISTOGRAM
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				known[l.GetName()] = true
			}
		}
	}
	for _, name := range ourMetric.FindAllString(docsText(t, "metrics.md"), -1) {
		if !known[name] {
			t.Errorf("docs/metrics.md: no metric or label is named %s", name)
		}
	}
}

// TestDocsQueries has promtool read the PromQL of the pages.
func TestDocsQueries(t *testing.T) {
	promtool := findProgram(t, "promtool")
	pages, err := filepath.Glob(docs + "/*.md")
	must(t, err)
	var rules strings.Builder
	rules.WriteString("groups:\n- name: docs\n  rules:\n")
	n := 0
	for _, page := range pages {
		for _, block := range promqlBlock.FindAllStringSubmatch(docsText(t, filepath.Base(page)), -1) {
			for query := range strings.SplitSeq(strings.TrimSpace(block[1]), "\n\n") {
				n++
				fmt.Fprintf(&rules, "  - record: query:%d\n    expr: %q\n", n, query)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	must(t, os.WriteFile(file, []byte(rules.String()), 0o600))
	out, err := exec.Command(promtool, "check", "rules", file).CombinedOutput()
	if want := fmt.Sprintf("SUCCESS: %d rules found", n); err != nil || !strings.Contains(string(out), want) || n < 8 {
		t.Errorf("%v, no %q in\n%s\n%s", err, want, out, rules.String())
	}
}
