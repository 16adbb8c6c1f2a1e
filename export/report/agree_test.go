package report

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

var dawn = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

// source gives events.
func source(events ...monitor.Event) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// random returns n events of all kinds, with as many models as are told apart.
func random(n int) []monitor.Event {
	r := rand.New(rand.NewPCG(1, 2))
	events := make([]monitor.Event, n)
	for i := range events {
		at := dawn.Add(time.Duration(i)*100*time.Millisecond - time.Duration(r.IntN(3000))*time.Millisecond)
		events[i] = randomEvent(r, at, i)
	}
	return events
}

func randomEvent(r *rand.Rand, at time.Time, i int) monitor.Event {
	chance := func(p float64) bool { return r.Float64() < p }
	ev := monitor.Event{Time: at, Duration: time.Duration(r.ExpFloat64() * float64(time.Second)), Success: chance(0.8)}
	if !ev.Success && chance(0.7) {
		ev.Error = []string{"Request timed out.", "429 Too Many Requests", "odd"}[r.IntN(3)]
	}
	if chance(0.9) {
		ev.Model = fmt.Sprintf("model-%d", int(r.ExpFloat64()*60)%maxModels)
		ev.PromptTokens, ev.CompletionTokens = r.Int64N(3000), r.Int64N(500)
		ev.TotalTokens = ev.PromptTokens + ev.CompletionTokens + r.Int64N(2)*10
		ev.ReasoningTokens, ev.CachedTokens = ev.CompletionTokens/2, ev.PromptTokens/3
	}
	if chance(0.3) {
		ev.CostUSD = r.Float64() / 100
	}
	switch r.IntN(10) {
	case 0:
		ev.Kind, ev.Name = monitor.KindEvaluation, "judge"
		ev.Scores = []monitor.Score{{Name: "coherence", Value: r.NormFloat64()}, {Name: "style", Value: float64(r.IntN(5))}}
	case 1:
		ev = monitor.Event{Kind: monitor.KindRecord, Time: at, Outcome: monitor.RecordOutcome(r.IntN(3)), Name: "short"}
	case 2:
		ev = monitor.Event{Kind: monitor.KindBegin, Time: at, ID: fmt.Sprint("call-", i)}
	case 3:
		ev = monitor.Event{Kind: monitor.KindTarget, Time: at, Value: float64(r.IntN(5000))}
	case 4:
		ev.Kind, ev.Step, ev.Success, ev.Error = monitor.KindUsage, []string{"", "draft", "agent"}[r.IntN(3)], false, ""
	default:
		ev.Kind, ev.Step, ev.Turns = monitor.KindGeneration, []string{"", "draft", "judge"}[r.IntN(3)], r.Int32N(4)
		ev.CacheHit, ev.Batch, ev.Attempt = chance(0.05), chance(0.05), r.Int32N(3)
		ev.TimeToFirstToken, ev.FinishReason = ev.Duration/4, []string{"stop", "MAX_TOKENS", "", "odd"}[r.IntN(4)]
		if ev.CacheHit && chance(0.5) {
			ev.ID = fmt.Sprint("call-", i-1)
		}
	}
	return ev
}

var testPrices = func() *monitor.Prices {
	p, err := monitor.ParsePrices(strings.NewReader(`{
		"model-1": {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6},
		"model-2": {"input_cost_per_token": 0, "output_cost_per_token": 0},
		"gpt-4o-mini": {"input_cost_per_token": 1.5e-7, "output_cost_per_token": 6e-7}}`))
	if err != nil {
		panic(err)
	}
	return p
}()

// TestAgreesWithMonitor: a report says what a monitor says that was given the same events.
func TestAgreesWithMonitor(t *testing.T) {
	events := random(20_000)
	end := dawn.Add(24 * time.Hour)
	mon, err := monitor.New(nil, monitor.WithPrices(testPrices), monitor.WithClock(func() time.Time { return end }))
	if err != nil {
		t.Fatal(err)
	}
	defer mon.Shutdown(context.Background())
	for _, ev := range events {
		mon.Track(t.Context(), ev)
	}
	r := made(t, source(events...), Options{Prices: testPrices})

	checkUsage(t, r, mon.TokenUsage(0))
	checkSteps(t, r)
	checkProgress(t, r, mon.Progress())
	checkStat(t, "calls", r.Duration, mon.Aggregate("generation_time", 0))
	checkStat(t, "first token", r.TimeToFirstToken, mon.Aggregate("time_to_first_token", 0))
	checkStat(t, "evaluations", r.Evaluations.Duration, mon.Aggregate("evaluation_time", 0))
	for _, s := range r.Evaluations.Scores {
		checkStat(t, s.Name, &s.Distribution, mon.Aggregate("evaluation_score_"+s.Name, 0))
	}
	for _, m := range r.Models {
		checkStat(t, m.Name, m.Duration, mon.Aggregate("generation_time", 0, monitor.ForModel(m.Name)))
	}
	if got, want := *r.Calls.SuccessRate, mon.Aggregate("success_rate", 0).Mean; got != want {
		t.Errorf("success rate %v, want %v", got, want)
	}
	if got, want := *r.Calls.MeanTurns, mon.Aggregate("conversation_length", 0).Mean; !near(got, want) {
		t.Errorf("mean turns %v, want %v", got, want)
	}
	if got, want := *r.Records.AcceptanceRate, mon.Aggregate("acceptance_rate", 0).Mean; !near(got, want) {
		t.Errorf("acceptance rate %v, want %v", got, want)
	}
}

func checkUsage(t *testing.T, r *Report, want monitor.TokenUsageReport) {
	t.Helper()
	models := slices.SortedFunc(slices.Values(r.Models), func(a, b Model) int { return cmp.Compare(a.Name, b.Name) })
	if len(models) != len(want.ByModel) || len(models) != maxModels+1 {
		t.Fatalf("%d models, want %d of %d", len(models), len(want.ByModel), maxModels+1)
	}
	for i, w := range want.ByModel {
		g := models[i]
		got := monitor.ModelTokenUsage{
			ModelName: g.Name, Calls: g.Calls, PromptTokens: g.Input, CompletionTokens: g.Output, TotalTokens: g.Total,
			CachedTokens: g.Cached, CacheWriteTokens: g.CacheWrite, ReasoningTokens: g.Reasoning,
			CostUSD: known(g.CostUSD), UnpricedTokens: g.UnpricedTokens,
		}
		if got != w {
			t.Errorf("usage %+v, want %+v", got, w)
		}
	}
	if u := r.Usage; u.Total != want.TotalTokens || *u.CostUSD != want.TotalCostUSD || u.UnpricedTokens != want.TotalUnpricedTokens ||
		u.Input != want.TotalPromptTokens || u.Output != want.TotalCompletionTokens {
		t.Errorf("usage in all %+v, want %+v", u, want)
	}
}

// checkSteps: steps have the calls of the run, and of its tokens all but those of evaluations, which are of no step.
func checkSteps(t *testing.T, r *Report) {
	t.Helper()
	var calls uint64
	var all int64
	for _, s := range r.Steps {
		calls += s.Calls
		all += s.Total
		if s.Name == "agent" && (s.Calls != 0 || s.Total == 0) {
			t.Errorf("a step of which only usage is known: %+v", s)
		}
	}
	judged := int64(0)
	for ev := range source(random(20_000)...) {
		if ev.Kind == monitor.KindEvaluation {
			judged += ev.TotalTokens
		}
	}
	var shown int64
	for _, b := range r.Throughput.Buckets {
		shown += b.Tokens
	}
	if calls != r.Calls.Total || all+judged != r.Usage.Total || shown != r.Usage.Total || r.Events.Usages == 0 || len(r.Steps) != 4 {
		t.Errorf("%d calls, %d tokens and %d of evaluations in %d steps, %d tokens over time; want %d calls, %d tokens",
			calls, all, judged, len(r.Steps), shown, r.Calls.Total, r.Usage.Total)
	}
}

func checkProgress(t *testing.T, r *Report, want monitor.Progress) {
	t.Helper()
	c := r.Records
	if c.Accepted != want.Done || c.Rejected != want.Rejected || c.Failed != want.Failed || *c.Target != want.Target {
		t.Errorf("records %+v, want %+v", c, want)
	}
	if r.Calls.Total != want.Calls || r.Calls.Failed != want.Failures {
		t.Errorf("calls %+v, want %+v", r.Calls, want)
	}
	if !r.Span.From.Equal(want.Start) {
		t.Errorf("it began at %v, want %v", r.Span.From, want.Start)
	}
}

func checkStat(t *testing.T, what string, got *Distribution, s monitor.Stat) {
	t.Helper()
	var want *Distribution
	if s.Count > 0 {
		want = &Distribution{s.Count, s.Mean, s.Min, s.P50, s.P90, s.P95, s.P99, s.Max}
	}
	if (got == nil) != (want == nil) || got != nil && *got != *want {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
}
