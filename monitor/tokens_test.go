package monitor

import (
	"reflect"
	"testing"
	"time"
)

// TestTokenUsage is the seed's get_total_token_usage: by model, sorted by name, and totals.
func TestTokenUsage(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	m.TrackGeneration(ctx, Generation{Model: "zeta", PromptTokens: 10, CompletionTokens: 5, CachedTokens: 4, ReasoningTokens: 2})
	m.TrackGeneration(ctx, Generation{Model: "alpha", PromptTokens: 1, TotalTokens: 9, CacheWriteTokens: 1, CostUSD: 0.5})
	m.TrackGeneration(ctx, Generation{Model: "zeta", Error: "x"})
	m.TrackGeneration(ctx, Generation{TotalTokens: 3})
	m.TrackEvaluation(ctx, Evaluation{Model: "judge", PromptTokens: 100})
	m.TrackEvaluation(ctx, Evaluation{Evaluator: "regex", Success: true}) // of no model: no usage
	m.Begin(Generation{Model: "begun"})                                   // nothing used yet
	got := m.TokenUsage(0)
	want := TokenUsageReport{
		ByModel: []ModelTokenUsage{
			{ModelName: "alpha", Calls: 1, PromptTokens: 1, TotalTokens: 9, CacheWriteTokens: 1, CostUSD: 0.5},
			{ModelName: "judge", PromptTokens: 100, TotalTokens: 100, UnpricedTokens: 100},
			{ModelName: "unknown", Calls: 1, TotalTokens: 3, UnpricedTokens: 3},
			{ModelName: "zeta", Calls: 2, PromptTokens: 10, CompletionTokens: 5, TotalTokens: 15, CachedTokens: 4,
				ReasoningTokens: 2, UnpricedTokens: 15},
		},
		TotalPromptTokens: 111, TotalCompletionTokens: 5, TotalTokens: 127, TotalCostUSD: 0.5, TotalUnpricedTokens: 118,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("token usage is\n%+v, want\n%+v", got, want)
	}
}

func TestTokenUsageOfNothing(t *testing.T) {
	m := newMetered(t)
	if got := m.TokenUsage(0); !reflect.DeepEqual(got, TokenUsageReport{}) {
		t.Errorf("token usage is %+v, want nothing", got)
	}
}

// TestTokenUsageNeverForgets: exact since the start whatever the ring has overwritten and rollups have forgotten.
func TestTokenUsageNeverForgets(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now), WithRingSize(256))
	const n = 3000 // in steps of 10 s: more than 8 h
	for i := range n {
		m.TrackGeneration(t.Context(), Generation{Model: "m", PromptTokens: int64(i), CompletionTokens: 1})
		clock.advance(10 * time.Second)
	}
	if u := m.TokenUsage(0); u.TotalTokens != n*(n-1)/2+n || u.ByModel[0].Calls != n {
		t.Errorf("since the start %+v", u)
	}
	// The last was 10 s ago, at a full cell: ten minutes have 60 cells before the present one.
	if u := m.TokenUsage(10 * time.Minute); u.TotalCompletionTokens != 60 || u.ByModel[0].Calls != 60 {
		t.Errorf("in ten minutes %+v, want 60 calls", u)
	}
	if got := total(m.collect()["genmeter.tokens"]); got != n*(n-1)/2+n {
		t.Errorf("the instrument has %v tokens", got)
	}
	clock.advance(2 * time.Hour)
	if u := m.TokenUsage(10 * time.Minute); len(u.ByModel) != 0 || u.TotalTokens != 0 {
		t.Errorf("later on %+v, want nothing", u)
	}
}
