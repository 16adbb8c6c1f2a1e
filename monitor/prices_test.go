package monitor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func loadTestPrices(t testing.TB) *Prices {
	t.Helper()
	p, err := LoadPrices("testdata/prices.json")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPricesFind(t *testing.T) {
	p := loadTestPrices(t)
	for _, test := range []struct {
		provider, model string
		input           float64 // price of an input token; -1 is no price
	}{
		{"", "gpt-4o", 2.5e-6},
		{"openai", "gpt-4o", 2.5e-6},
		{"OpenAI", "GPT-4o", 2.5e-6},
		{"", "openai/gpt-4o", 2.5e-6},
		{"azure", "gpt-4o", 2.75e-6},
		{"", "azure/gpt-4o", 2.75e-6},
		{"openai", "gpt-4o-mini", 1.5e-7},
		{"openai", "gpt-4o-mini-2024-07-18", 1.5e-7},
		{"openai", "gpt-4o-2024-05-13", 5e-6}, // has an entry of its own
		{"openai", "gpt-4o-2024-11-20", 2.5e-6},
		{"", "openai/gpt-4o-2024-11-20", 2.5e-6},
		{"openai", "gpt-4-0613", 3e-5},
		{"openai", "gpt-4-32k", -1},
		{"anthropic", "claude-3-5-haiku-20241022", 8e-7},
		{"anthropic", "claude-3-5-haiku-latest", 8e-7},
		{"vertex_ai", "claude-3-5-haiku@20241022", 8e-7},
		{"gcp.gemini", "models/gemini-2.5-pro", 1.25e-6},
		{"gemini", "gemini-2.5-flash", 3e-7},
		{"gemini", "models/gemini-2.5-flash", 3e-7},
		{"openrouter", "google/gemini-2.5-pro", 1.25e-6},
		{"", "gemini-2.5-flash", -1}, // the file has it under its provider alone
		{"gemini", "gemini-2.0-flash-exp", 0},
		{"openai", "dall-e-3", -1}, // not sold by the token
		{"", "sample_spec", -1},
		{"", "", -1},
		{"openai", "", -1},
		{"", "-2024", -1},
		{"", "////", -1},
		{"meta-llama", "Llama-3.1-8B-Instruct", -1},
	} {
		got := -1.0
		if pr := p.find(test.provider, test.model); pr != nil {
			got = *pr.input
		}
		if got != test.input {
			t.Errorf("%s %s costs %v, want %v", test.provider, test.model, got, test.input)
		}
	}
}

func TestPricesCost(t *testing.T) {
	prices := loadTestPrices(t)
	for _, test := range []struct {
		name     string
		e        Event
		want     float64
		unpriced int64
	}{
		{"prompt and completion", Event{Model: "gpt-4o", PromptTokens: 1000, CompletionTokens: 100}, 1000*2.5e-6 + 100*1e-5, 0},
		{"nothing reported", Event{Model: "gpt-4o"}, 0, 0},
		{"cached tokens once", Event{Model: "gpt-4o", PromptTokens: 1000, CachedTokens: 400}, 600*2.5e-6 + 400*1.25e-6, 0},
		{"cache written and read", Event{Model: "claude-sonnet-4-20250514", PromptTokens: 1000, CachedTokens: 300, CacheWriteTokens: 200},
			500*3e-6 + 300*3e-7 + 200*3.75e-6, 0},
		{"more cached than there are", Event{Model: "gpt-4o", PromptTokens: 10, CachedTokens: 50}, 10 * 1.25e-6, 0},
		{"no price for cached tokens", Event{Model: "gpt-4", PromptTokens: 10, CachedTokens: 5}, 10 * 3e-5, 0},
		{"batch", Event{Model: "gpt-4o", Batch: true, PromptTokens: 1000, CompletionTokens: 100}, 1000*1.25e-6 + 100*5e-6, 0},
		{"batch without such prices", Event{Model: "gpt-4", Batch: true, PromptTokens: 10}, 10 * 3e-5, 0},
		{"up to 200k", Event{Model: "gemini-2.5-pro", PromptTokens: 200_000, CompletionTokens: 10}, 200_000*1.25e-6 + 10*1e-5, 0},
		{"above 200k", Event{Model: "gemini-2.5-pro", PromptTokens: 200_001, CompletionTokens: 10}, 200_001*2.5e-6 + 10*1.5e-5, 0},
		{"a model that the file has with a date only", Event{Model: "claude-sonnet-4", PromptTokens: 300_000, CachedTokens: 1}, 0, 300_000},
		{"above 200k, written", Event{Model: "claude-sonnet-4-20250514", PromptTokens: 300_000, CacheWriteTokens: 100_000},
			200_000*6e-6 + 100_000*7.5e-6, 0},
		{"reasoning at its own price", Event{Provider: "dashscope", Model: "qwen-plus-thinking", CompletionTokens: 100, ReasoningTokens: 60},
			40*1.2e-6 + 60*4e-6, 0},
		{"reasoning without one", Event{Model: "gpt-4o", CompletionTokens: 100, ReasoningTokens: 60}, 100 * 1e-5, 0},
		{"unsplit as output", Event{Model: "gpt-4o", PromptTokens: 10, TotalTokens: 30}, 10*2.5e-6 + 20*1e-5, 0},
		{"a price of zero", Event{Provider: "gemini", Model: "gemini-2.0-flash-exp", PromptTokens: 1000}, 0, 0},
		{"no price", Event{Model: "llama", PromptTokens: 1000, CompletionTokens: 1}, 0, 1001},
		{"known cost", Event{Model: "gpt-4o", PromptTokens: 1000, CostUSD: 7}, 7, 0},
		{"known cost of an unknown model", Event{Model: "llama", PromptTokens: 1000, CostUSD: 7}, 7, 0},
	} {
		test.e.Kind = KindGeneration
		test.e.TotalTokens = max(test.e.TotalTokens, test.e.PromptTokens+test.e.CompletionTokens)
		got, unpriced := prices.Cost(&test.e)
		if !near(got, test.want) || unpriced != test.unpriced {
			t.Errorf("%s: cost %v and %d unpriced, want %v and %d", test.name, got, unpriced, test.want, test.unpriced)
		}
	}
}

// TestCostAgreesEverywhere: counters, TokenUsage, Aggregate, Progress, Snapshot and cursors tell of one cost.
func TestCostAgreesEverywhere(t *testing.T) {
	m := newMetered(t, WithPrices(loadTestPrices(t)))
	cursor := m.Follow("test")
	ctx := t.Context()
	for i := range 200 {
		m.TrackGeneration(ctx, Generation{Provider: "openai", Model: "gpt-4o", Step: "draft", Success: true,
			PromptTokens: int64(i), CompletionTokens: 7, CachedTokens: int64(i) / 2, Batch: i%3 == 0})
		m.TrackGeneration(ctx, Generation{Model: "llama", TotalTokens: 5})
		m.TrackGeneration(ctx, Generation{Model: "llama", TotalTokens: 5, CostUSD: 0.125})
		m.TrackEvaluation(ctx, Evaluation{Model: "models/gemini-2.5-pro", PromptTokens: 100, CompletionTokens: 10, Success: true})
	}
	var snapshot float64
	for e := range m.Snapshot(time.Hour) {
		snapshot += e.CostUSD
	}
	if snapshot < 25 {
		t.Fatalf("the events cost %v", snapshot)
	}
	var followed float64
	buf := make([]Event, 100)
	for read := 0; read < 800; {
		n, err := cursor.Read(ctx, buf)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range buf[:n] {
			followed += e.CostUSD
		}
		read += n
	}
	cursor.Close()
	aggregate := m.Aggregate("cost_usd", 0)
	for name, got := range map[string]float64{
		"the counter": total(m.collect()["genmeter.cost_usd"]), "TokenUsage": m.TokenUsage(0).TotalCostUSD,
		"TokenUsage of an hour": m.TokenUsage(time.Hour).TotalCostUSD, "Aggregate": aggregate.Sum,
		"Progress": m.Progress().CostUSD, "a cursor": followed,
		"the run gauge": total(m.collect()["genmeter.run_cost_usd"]),
	} {
		if !near(got, snapshot) {
			t.Errorf("%s has cost %v, the snapshot %v", name, got, snapshot)
		}
	}
	if aggregate.QuantileCoverage != 1 || aggregate.P99 > aggregate.Max || aggregate.P50 <= 0 {
		t.Errorf("cost_usd is %+v", aggregate)
	}
	for name, got := range map[string]int64{
		"TokenUsage": m.TokenUsage(0).TotalUnpricedTokens, "Progress": m.Progress().UnpricedTokens,
		"the counter": int64(total(m.collect()["genmeter.unpriced_tokens"])),
	} {
		if got != 1000 {
			t.Errorf("%s has %d unpriced tokens, want 1000", name, got)
		}
	}
}

// TestUnknownPriceIsNotZero: users of litellm (PR 35913) take an unknown price for free.
func TestUnknownPriceIsNotZero(t *testing.T) {
	m := newMetered(t)
	m.TrackGeneration(t.Context(), Generation{Model: "m", PromptTokens: 10, CompletionTokens: 5})
	m.want("genmeter.cost_usd", nil)
	m.want("genmeter.unpriced_tokens", map[string]point{"M=m,P=unknown": {value: 15}})
	if s := m.Aggregate("cost_usd", 0); s.Count != 0 {
		t.Errorf("cost_usd is %+v, want no samples", s)
	}
}

func TestParsePricesErrors(t *testing.T) {
	for _, test := range []struct{ file, want string }{
		{``, "unexpected end"},
		{`{"gpt-4o": {"input_cost_per_token": 1e-6}`, "byte 41"},
		{`{"gpt-4o": {"input_cost_per_token": }}`, "byte 37"},
		{`{"a": {"input_cost_per_token": 1e-6}} trailing`, "byte"},
		{`[]`, "not an object of model name to prices"},
		{`{"gpt-4o": 5}`, `model "gpt-4o": is 5, want an object`},
		{`{"gpt-4o": {"input_cost_per_token": "cheap"}}`, `model "gpt-4o": input_cost_per_token is "cheap", want a number`},
		{`{"gpt-4o": {"output_cost_per_token_batches": -1}}`, `output_cost_per_token_batches is -1, want a number from 0 to 1000000`},
		{`{"gpt-4o": {"output_cost_per_token": 1e308}}`, `output_cost_per_token is 1e308, want a number from 0 to 1000000`},
		{`{"gpt-4o": {"output_cost_per_token": 1e999}}`, `output_cost_per_token is 1e999`},
		{`{"gpt-4o": {"input_cost_per_token_above_99999999999999999999k_tokens": 1}}`, "input_cost_per_token_above_9"},
		{`{}`, "no model has a price"},
		{`{"dall-e-3": {"input_cost_per_pixel": 1}}`, "no model has a price"},
		{`null`, "no model has a price"},
	} {
		_, err := ParsePrices(strings.NewReader(test.file))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.file, err, test.want)
		}
	}
	path := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadPrices(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the file", err)
	}
	if _, err := LoadPrices(path + "x"); err == nil || !strings.Contains(err.Error(), path+"x") {
		t.Errorf("error %v does not name the file", err)
	}
	if _, err := ParsePrices(strings.NewReader(`{"a": {"input_cost_per_token": null, "output_cost_per_token": 1}, "b": {"mode": null}}`)); err != nil {
		t.Errorf("a null is no price, and no error: %v", err)
	}
}
