package monitor

import (
	"context"
	"testing"
	"time"
)

// TestUsageCountsAsTokensOnly: what an agent reports of its calls is in every total of tokens and cost, and is no call:
// nothing succeeded, failed or took time.
func TestUsageCountsAsTokensOnly(t *testing.T) {
	m := newTestMonitor(t)
	ctx := context.Background()
	m.TrackGeneration(ctx, Generation{Success: true, Model: "m", Step: "s", Duration: time.Second, PromptTokens: 10, CompletionTokens: 5})
	if !m.Track(ctx, Event{Kind: KindUsage, Model: "m", Step: "s", PromptTokens: 30, CompletionTokens: 7, TotalTokens: 40, CachedTokens: 8, CostUSD: 0.5}) {
		t.Fatal("usage is not taken")
	}
	u := m.TokenUsage(0)
	if len(u.ByModel) != 1 || u.ByModel[0].Calls != 1 || u.TotalPromptTokens != 40 || u.TotalCompletionTokens != 12 ||
		u.TotalTokens != 55 || u.ByModel[0].CachedTokens != 8 || u.TotalCostUSD != 0.5 {
		t.Errorf("token usage %+v", u)
	}
	for name, want := range map[string]uint64{
		"prompt_token_count": 2, "total_token_count": 2, "generation_time": 1, "success_rate": 1, "error_rate": 1,
		"model_usage:m": 1, "evaluation_error_rate": 0,
	} {
		if a := m.Aggregate(name, 0); a.Count != want {
			t.Errorf("%s has %d samples, want %d", name, a.Count, want)
		}
	}
	if a := m.Aggregate("prompt_token_count", time.Minute); a.P50 != 20 || a.Sum != 40 {
		t.Errorf("prompt tokens of the window: %+v", a)
	}
	if p := m.Progress(); p.Calls != 1 {
		t.Errorf("%d calls, want 1", p.Calls)
	}
}

// TestUsageSamples: the samples and the log record of usage agree with what is counted.
func TestUsageSamples(t *testing.T) {
	e := Event{Kind: KindUsage, Model: "m", PromptTokens: 3, TotalTokens: 4, CostUSD: 0.25, RecordID: "r"}
	got := map[string]float64{}
	for s := range e.Metrics {
		got[s.Name] = s.Value
	}
	if len(got) != 3 || got["prompt_token_count"] != 3 || got["total_token_count"] != 4 || got["cost_usd"] != 0.25 {
		t.Errorf("samples %v", got)
	}
	fields := map[string]string{}
	for _, f := range e.fields() {
		fields[f.Key] = f.Value.String()
	}
	if _, ok := fields["success"]; ok || fields["event"] != "usage" || fields["total_token_count"] != "4" || fields["record_id"] != "r" {
		t.Errorf("fields %v", fields)
	}
}
