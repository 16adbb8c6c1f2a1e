package alerting_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
)

// TestEveryMetric compares rules over all metrics and statistics that can be printed: each has its threshold where it is half of
// the time, so that one which counts something else in Prometheus would not fire at the same times.
func TestEveryMetric(t *testing.T) {
	const minutes = 30
	var values [][]float64
	rules := everyRule()
	dry := newSimulation(t, 0, nil)
	dry.play(minutes, func(s *simulation, sec int) {
		if everything(s, sec); sec%15 == 0 && sec > 300 {
			values = append(values, statistics(s.local, rules))
		}
	})
	for i := range rules {
		var all []float64
		for _, v := range values {
			all = append(all, v[i])
		}
		slices.Sort(all)
		rules[i].Threshold = all[len(all)/2]*0.9999 + 1e-7
	}
	s := newSimulation(t, 0, rules)
	s.play(minutes, everything)
	if fired := len(s.everFired()); fired < len(rules)*9/10 {
		t.Errorf("only %d of %d rules fired", fired, len(rules))
	}
	for version, promtool := range promtools(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			checkPromtool(t, promtool, s)
		})
	}
}

// everyRule returns rules without thresholds. The window of those that look at a model or a step is of the 10 s that the local
// ones count in, and the events come so that both hold the same.
func everyRule() (rules []alerting.Rule) {
	add := func(metric, model, step string, statistics ...alerting.Statistic) {
		for _, s := range statistics {
			rules = append(rules, alerting.Rule{
				Name: "r" + strconv.Itoa(len(rules)), Metric: metric, Statistic: s, Model: model, Step: step,
			})
		}
	}
	counted := []alerting.Statistic{alerting.Mean, alerting.Sum, alerting.Rate, alerting.Count}
	for _, metric := range []string{
		"success_rate", "error_rate", "generation_time", "prompt_token_count", "completion_token_count", "total_token_count",
		"conversation_length", "time_to_first_token",
	} {
		add(metric, "", "", counted...)
		add(metric, "m1", "", counted...)
	}
	for _, metric := range []string{"evaluation_time", "evaluation_error_rate", "evaluation_score_taste", "acceptance_rate", "depth"} {
		add(metric, "", "", counted...)
	}
	add("model_usage:m0", "", "", counted[1:]...)
	add("finish_reason:length", "", "", counted[1:]...)
	for _, metric := range []string{"cost_usd", "prompt_token_count", "total_token_count"} {
		add(metric, "", "draft", alerting.Sum, alerting.Rate)
	}
	add("cost_usd", "", "", alerting.Sum, alerting.Rate)
	add("cost_usd", "m2", "", alerting.Sum)
	add("success_rate", "", "draft", counted...)
	return rules
}

// statistics are the values of rules as the monitor has them.
func statistics(m *monitor.Monitor, rules []alerting.Rule) (values []float64) {
	for _, r := range rules {
		stat := m.Aggregate(r.Metric, 5*time.Minute, monitor.ForModel(r.Model), monitor.ForStep(r.Step))
		values = append(values, map[alerting.Statistic]float64{
			alerting.Mean: stat.Mean, alerting.Sum: stat.Sum, alerting.Rate: stat.Sum / 300, alerting.Count: float64(stat.Count),
		}[r.Statistic])
	}
	return values
}

// everything happens by chance, more of it at some times than at others. Nothing comes in seconds which the cells of 10 s would
// have in another window than the scrapes of every 15 s.
func everything(s *simulation, sec int) {
	chance := rand.New(rand.NewPCG(3, uint64(sec)))
	if busy := 2 + sec/100%5; sec%30 >= 10 || chance.IntN(busy) > 0 {
		return
	}
	some := func(n int) int64 { return int64(1 + chance.IntN(n)) }
	g := monitor.Generation{
		Provider: "p", Model: "m" + strconv.Itoa(chance.IntN(3)), Step: []string{"", "draft", "review"}[chance.IntN(3)],
		Duration: time.Duration(some(60_000)) * time.Millisecond, Success: chance.IntN(3) > 0,
		PromptTokens: some(5000), CompletionTokens: some(500), Turns: int(some(5)), CostUSD: float64(some(100)) / 64,
		FinishReason: []string{"", "stop", "length", "MAX_TOKENS"}[chance.IntN(4)],
	}
	if chance.IntN(3) == 0 {
		g.TimeToFirstToken, g.TotalTokens = g.Duration/10, g.PromptTokens+g.CompletionTokens+some(300)
	}
	if chance.IntN(5) == 0 {
		g.PromptTokens, g.Turns, g.Duration, g.TimeToFirstToken = 0, 0, 0, 0
	}
	if !g.Success && chance.IntN(2) == 0 {
		g.Error = "timed out"
	}
	e := monitor.Evaluation{
		Duration: time.Duration(some(9000)) * time.Millisecond, Success: chance.IntN(4) > 0, Evaluator: "e",
		Scores: []monitor.Score{{Name: "taste", Value: float64(some(40))/8 - 2}}, Model: []string{"", "judge"}[chance.IntN(2)],
		PromptTokens: some(200), Error: []string{"", "boom"}[chance.IntN(2)],
	}
	r := monitor.Record{Outcome: monitor.RecordOutcome(chance.IntN(3))}
	depth := float64(some(64))/4 - 8
	s.tell(func(m *monitor.Monitor) {
		ctx := context.Background()
		m.TrackGeneration(ctx, g)
		m.TrackEvaluation(ctx, e)
		m.TrackRecord(ctx, r)
		m.RecordMetric(ctx, "depth", depth)
	})
}
