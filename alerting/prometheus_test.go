package alerting_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

var update = flag.Bool("update", false, "rewrite what is generated in deploy/prometheus")

const deployed = "../deploy/prometheus/genmeter.rules.yml"

// TestDeployedRules wants the file that operators apply to be what the code prints.
func TestDeployedRules(t *testing.T) {
	var now bytes.Buffer
	if err := alerting.WriteRules(&now, alerting.DefaultThresholds().Rules()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(deployed, now.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if file, err := os.ReadFile(deployed); err != nil || !bytes.Equal(file, now.Bytes()) {
		t.Errorf("%s is not what genmeter rules prints (%v): go test ./alerting -run TestDeployedRules -update", deployed, err)
	}
}

// TestPromtool lints the deployed rules and runs their tests.
func TestPromtool(t *testing.T) {
	for version, promtool := range promtools(t) {
		t.Run(version, func(t *testing.T) {
			for _, args := range [][]string{
				{"check", "rules", "--lint=all", "--lint-fatal", deployed},
				{"test", "rules", strings.Replace(deployed, ".yml", ".test.yml", 1)},
			} {
				if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
					t.Errorf("%q: %v\n%s", args, err, out)
				}
			}
		})
	}
}

// TestWriteRules prints a rule of each kind that can be printed; promtool must take them all.
func TestWriteRules(t *testing.T) {
	var rules []alerting.Rule
	add := func(metric string, statistics ...alerting.Statistic) {
		for _, s := range statistics {
			name := strings.NewReplacer("-", "_", "/", "_", ".", "_", "{", "", "}", "", " ", "_", `"`, "").Replace(metric)
			threshold := 1.5
			if s == alerting.Mean && strings.HasSuffix(metric, "_rate") {
				threshold = 0.5 // a share
			}
			rules = append(rules, alerting.Rule{Name: name + "_" + s.String(), Metric: metric, Statistic: s, Threshold: threshold})
		}
	}
	counted := []alerting.Statistic{alerting.Mean, alerting.Sum, alerting.Rate, alerting.Count}
	quantiles := []alerting.Statistic{alerting.P50, alerting.P90, alerting.P95, alerting.P99}
	for _, metric := range []string{
		"generation_time", "prompt_token_count", "completion_token_count", "conversation_length", "time_to_first_token",
		"evaluation_time", "evaluation_score_coherence",
	} {
		add(metric, append(counted, quantiles...)...)
	}
	for _, metric := range []string{
		"success_rate", "error_rate", "total_token_count", "evaluation_error_rate", "acceptance_rate", `queue {{"depth"}}`,
		"model_usage:gpt-4o", "finish_reason:length",
	} {
		add(metric, counted...)
	}
	add("cost_usd", alerting.Sum, alerting.Rate)
	for i, r := range []alerting.Rule{
		{Metric: "success_rate", Comparison: alerting.Below, Threshold: 0.5, Model: `a "b" {{ c }}`},
		{Metric: "error_rate", Step: "draft", Window: 90 * time.Second, For: 1500 * time.Millisecond},
		{Metric: "prompt_token_count", Statistic: alerting.Rate, Step: "draft", Window: time.Hour, For: time.Hour},
	} {
		r.Name = string(rune('a'+i)) + "_rule"
		rules = append(rules, r)
	}
	var file, again bytes.Buffer
	if err := alerting.WriteRules(&file, rules); err != nil {
		t.Fatal(err)
	}
	if err := alerting.WriteRules(&again, rules); err != nil || !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Errorf("another time it prints something else: %v", err)
	}
	for _, want := range []string{
		"- alert: GenmeterSuccessRateMean\n",
		`sum by (job, instance, run) (instance:genmeter_generations:increase5m{outcome="success",gen_ai_request_model="a \"b\" {{ c }}"})`,
		`model: "a \"b\" {{\"{{\"}} c }}"`,
		"        for: 1500ms\n", "        for: 1h\n", "increase90s", "increase1h",
		`sum by (job, instance, run) (instance:genmeter_tokens:increase1h{type="input",step="draft"}) / 3600 > 0`,
		"# Approximate: min_samples counts all calls, not those alone that have the metric.",
		"# Approximate: a quantile is interpolated within a bucket of the histogram.",
		"summary: \"Generation time at p95 is above 1.5 s.\"\n",
	} {
		if !strings.Contains(file.String(), want) {
			t.Errorf("no %q in the file", want)
		}
	}
	if strings.Contains(file.String(), "runbook_url") {
		t.Error("a rule that somebody made up has a runbook")
	}
	path := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for version, promtool := range promtools(t) {
		if out, err := exec.Command(promtool, "check", "rules", "--lint=all", "--lint-fatal", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", version, err, out)
		}
	}
}

// TestWriteRulesErrors wants every rule named that has no twin in Prometheus, and nothing written.
func TestWriteRulesErrors(t *testing.T) {
	for want, r := range map[string]alerting.Rule{
		"max: Prometheus has no least and no greatest sample of generation_time": {Metric: "generation_time", Statistic: alerting.Max},
		"min: Prometheus has no least and no greatest sample of queue_depth":     {Metric: "queue_depth", Statistic: alerting.Min},
		"p95: Prometheus has no histogram of total_token_count":                  {Metric: "total_token_count", Statistic: alerting.P95},
		"p99: Prometheus has no histogram of queue_depth":                        {Metric: "queue_depth", Statistic: alerting.P99},
		"mean: Prometheus does not know how many samples cost_usd has":           {Metric: "cost_usd"},
		`step "draft": generation_time has no steps in Prometheus`:               {Metric: "generation_time", Step: "draft"},
		`step "a": total_token_count has no steps in Prometheus but for its sum`: {Metric: "total_token_count", Step: "a"},
		`model "m": evaluation_time has no models in Prometheus`:                 {Metric: "evaluation_time", Model: "m"},
		`model "m": queue_depth has no models in Prometheus`:                     {Metric: "queue_depth", Model: "m", Statistic: alerting.Sum},
		"metric finish_reason:None: calls without a finish reason":               {Metric: "finish_reason:None"},
		"window 2h0m0s: want 1s to 1h":                                           {Metric: "generation_time", Window: 2 * time.Hour},
		"there is another one named GenmeterBad":                                 {Name: "bad", Metric: "generation_time"},
	} {
		var file bytes.Buffer
		if r.Name == "" {
			r.Name = "wrong"
		}
		err := alerting.WriteRules(&file, []alerting.Rule{{Name: "bad", Metric: "generation_time"}, r})
		if err == nil || !strings.Contains(err.Error(), "alerting: rule 2 ("+r.Name+"): "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if file.Len() > 0 {
			t.Errorf("%s: something was written", want)
		}
	}
	err := alerting.WriteRules(&bytes.Buffer{}, []alerting.Rule{
		{Name: "a", Metric: "cost_usd", Statistic: alerting.Max}, {Name: "b", Metric: "x", Statistic: alerting.Min},
	})
	if err == nil || !strings.Contains(err.Error(), "rule 1 (a)") || !strings.Contains(err.Error(), "rule 2 (b)") {
		t.Errorf("got %v, want both rules named", err)
	}
}
