package main

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"path/filepath"
	"testing"
	"time"
)

// TestPrometheusTotals replays recorded runs, has a real Prometheus scrape them, and wants PromQL, and genmeter's own
// API, to say exactly what was tracked.
func TestPrometheusTotals(t *testing.T) {
	p := startPrometheus(t)
	run, quirks := readRun(t), readQuirks(t)
	for _, c := range []struct {
		job, input string
		want       truth
		flags      []string
	}{
		{"run", "afterimage-run", run, nil},
		{"run-log", "afterimage-run/afterimage.log", run, nil},
		{"run-samples", "afterimage-run/metrics.jsonl", run.fromSamples(t, "afterimage-run/metrics.jsonl"), nil},
		{"quirks", "afterimage-quirks", quirks, nil},
		{"quirks-log", "afterimage-quirks/afterimage.log", quirks.fromLog(), nil},
		{"quirks-samples", "afterimage-quirks/metrics.jsonl", quirks.fromSamples(t, "afterimage-quirks/metrics.jsonl"), nil},
		// Half an hour in about 14 seconds: scraped while it is recorded, though Prometheus takes 5 to see its target.
		{"live", "afterimage-run", run, []string{"--speed=130"}},
	} {
		t.Run(c.job, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"replay", "--serve", "--web.listen-address=127.0.0.1:0"}, c.flags...)
			g := startGenmeter(t, append(args, filepath.Join(testdata, c.input))...)
			p.addTarget(t, c.job, g.address)
			g.waitLog(t, `msg="replay finished"`)
			p.waitScrape(t, c.job, time.Now())
			c.want.checkPrometheus(t, p, c.job)
			c.want.checkAPI(t, g)
			if c.flags != nil {
				checkLive(t, p, c.job)
			}
		})
	}
}

// checkPrometheus compares what Prometheus has of a job.
func (w truth) checkPrometheus(t *testing.T, p *prom, job string) {
	t.Helper()
	ask := func(want map[string]float64, label, promql string) {
		t.Helper()
		got, err := p.query(fmt.Sprintf(promql, fmt.Sprintf("job=%q", job)), label)
		must(t, err)
		compare(t, promql, got, want)
	}
	one := func(v float64) map[string]float64 { return map[string]float64{"": v} }

	ask(one(w.Calls), "", `sum(genmeter_generations_total{%s})`)
	ask(map[string]float64{"success": w.Success, "error": w.Failures}, "outcome",
		`sum by (outcome) (genmeter_generations_total{%s})`)
	ask(w.Finish, "finish_reason", `sum by (finish_reason) (genmeter_generations_total{%s,outcome="success"})`)
	ask(w.Classes, "error_type", `sum by (error_type) (genmeter_generation_failures_total{%s})`)

	ask(w.Input, "gen_ai_request_model", `sum by (gen_ai_request_model) (genmeter_tokens_total{%s,type="input"})`)
	ask(w.Output, "gen_ai_request_model", `sum by (gen_ai_request_model) (genmeter_tokens_total{%s,type="output"})`)
	ask(w.Unsplit, "gen_ai_request_model", `sum by (gen_ai_request_model) (genmeter_tokens_total{%s,type="unsplit"})`)
	ask(w.total(), "gen_ai_request_model", `sum by (gen_ai_request_model) (genmeter_tokens_total{%s})`)
	ask(w.Input, "gen_ai_request_model",
		`sum by (gen_ai_request_model) (gen_ai_client_token_usage_sum{%s,gen_ai_token_type="input"})`)

	ask(one(w.DurationSum), "", `sum(gen_ai_client_operation_duration_seconds_sum{%s})`)
	ask(one(w.Records), "", `sum(genmeter_records_total{%s}) or vector(0)`)
	ask(one(w.Evaluations), "", `sum(genmeter_evaluations_total{%s})`)
	counts, sums := w.scores()
	ask(counts, "score", `sum by (score) (genmeter_evaluation_score_count{%s})`)
	ask(sums, "score", `sum by (score) (genmeter_evaluation_score_sum{%s})`)
	ask(one(w.RejectedValues), "",
		`sum(genmeter_events_rejected_total{%s,reason=~"not_finite|negative|out_of_range|wrong_type"}) or vector(0)`)
	ask(one(w.TruncatedLines), "", `sum(genmeter_events_rejected_total{%s,reason="malformed"}) or vector(0)`)
	ask(one(0), "", `sum(genmeter_events_dropped_total{%s}) or vector(0)`)
}

// checkAPI compares what genmeter answers itself.
func (w truth) checkAPI(t *testing.T, g *genmeter) {
	t.Helper()
	var usage struct {
		ByModel []struct {
			ModelName        string  `json:"model_name"`
			PromptTokens     float64 `json:"prompt_tokens"`
			CompletionTokens float64 `json:"completion_tokens"`
			TotalTokens      float64 `json:"total_tokens"`
		} `json:"by_model"`
	}
	g.get(t, "/api/v1/tokens", &usage)
	input, output, total := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, m := range usage.ByModel {
		input[m.ModelName], output[m.ModelName], total[m.ModelName] = m.PromptTokens, m.CompletionTokens, m.TotalTokens
	}
	compare(t, "/api/v1/tokens input", input, w.Input)
	compare(t, "/api/v1/tokens output", output, w.Output)
	compare(t, "/api/v1/tokens total", total, w.total())

	type stat struct{ Count, Sum float64 }
	aggregate := func(metric string) (s stat) {
		g.get(t, "/api/v1/aggregate?metric="+url.QueryEscape(metric), &s)
		return s
	}
	got := map[string]float64{
		"calls": aggregate("success_rate").Count, "success": aggregate("success_rate").Sum,
		"failures": aggregate("error_rate").Sum, "duration": aggregate("generation_time").Sum,
		"evaluations": aggregate("evaluation_error_rate").Count,
	}
	want := map[string]float64{
		"calls": w.Calls, "success": w.Success, "failures": w.Failures, "duration": w.DurationSum,
		"evaluations": w.Evaluations,
	}
	for name, score := range w.Scores {
		s := aggregate("evaluation_score_" + name)
		got[name+" count"], got[name+" sum"] = s.Count, s.Sum
		want[name+" count"], want[name+" sum"] = score[0], score[1]
	}
	compare(t, "/api/v1/aggregate", got, want)
}

// checkLive wants scrapes from the middle of the run, and counters that never fell.
func checkLive(t *testing.T, p *prom, job string) {
	t.Helper()
	for promql, ok := range map[string]func(v, calls float64) bool{
		`min_over_time(sum(genmeter_generations_total{job=%q})[2m:1s])`:   func(v, calls float64) bool { return v < calls },
		`sum(resets(genmeter_generations_total{job=%q}[2m]))`:             func(v, _ float64) bool { return v == 0 },
		`count_over_time((count(up{job=%q}))[2m:1s])`:                     func(v, _ float64) bool { return v >= 3 },
		`sum(genmeter_ring_evicted_total{job=%q}) or vector(0)`:           func(v, _ float64) bool { return v == 0 },
		`sum(increase(promhttp_metric_handler_errors_total{job=%q}[2m]))`: func(v, _ float64) bool { return v == 0 },
	} {
		got, err := p.query(fmt.Sprintf(promql, job), "")
		must(t, err)
		if !ok(got[""], 1500) {
			t.Errorf("%s is %v", promql, got)
		}
	}
}

func (w truth) total() map[string]float64 {
	sum := maps.Clone(w.Input)
	for model := range sum {
		sum[model] += w.Output[model] + w.Unsplit[model]
	}
	return sum
}

func (w truth) scores() (counts, sums map[string]float64) {
	counts, sums = map[string]float64{}, map[string]float64{}
	for name, s := range w.Scores {
		counts[name], sums[name] = s[0], s[1]
	}
	return counts, sums
}

// compare wants the same values, but for the last bits of a sum; what is 0 may as well be absent.
func compare(t *testing.T, what string, got, want map[string]float64) {
	t.Helper()
	keys := maps.Clone(got)
	maps.Copy(keys, want)
	for key := range keys {
		if g, w := got[key], want[key]; math.Abs(g-w) > 1e-9*math.Abs(w) || math.IsNaN(g) {
			t.Errorf("%s: %q is %v, want %v", what, key, g, w)
		}
	}
}
