package monitor

import (
	"math"
	"strings"
	"testing"
)

// FuzzParsePrices: nothing panics, and no price makes of tokens a cost that is negative or no number.
func FuzzParsePrices(f *testing.F) {
	f.Add(`{"gpt-4o":{"input_cost_per_token":2.5e-06,"output_cost_per_token":"1e-05","cache_read_input_token_cost":null,"x":[]}}`, "openai", "gpt-4o-2024-08-06")
	f.Add(`{"a":{"input_cost_per_token":0,"input_cost_per_token_above_200k_tokens":1e308,"output_cost_per_token_batches":1}}`, "", "A")
	f.Add(`{"a/b":{"input_cost_per_token":1e-400,"input_cost_per_token_above_99999999999999999999k_tokens":1}}`, "a", "b")
	f.Add(`{"sample_spec":{"input_cost_per_token":"no"},"m":{"input_cost_per_token":-0.0}}`, "", "m")
	f.Fuzz(func(t *testing.T, text, provider, model string) {
		p, err := ParsePrices(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, batch := range []bool{false, true} {
			ev := Event{Kind: KindGeneration, Provider: provider, Model: model, Batch: batch,
				PromptTokens: 300_000, CompletionTokens: 1000, TotalTokens: 301_500, CachedTokens: 7, CacheWriteTokens: 5, ReasoningTokens: 900}
			usd, unpriced := p.Cost(&ev)
			if usd < 0 || math.IsNaN(usd) || unpriced < 0 || unpriced > ev.TotalTokens {
				t.Errorf("%q: cost %v, %d tokens without a price", text, usd, unpriced)
			}
		}
	})
}

func TestPricesAreBounded(t *testing.T) {
	_, err := ParsePrices(strings.NewReader(`{"a":{"input_cost_per_token":1}` + strings.Repeat(" ", maxPriceFile) + "}"))
	if err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%.200v", err)
	}
}
