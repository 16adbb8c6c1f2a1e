package monitor

import (
	"cmp"
	"slices"
	"time"
)

// ModelTokenUsage is what one model used.
type ModelTokenUsage struct {
	ModelName string // "unknown" for calls without a model, "other" for the models past the bound of 200
	Calls     uint64 // calls; evaluations by the model and usage count their tokens only

	PromptTokens, CompletionTokens, TotalTokens     int64
	CachedTokens, CacheWriteTokens, ReasoningTokens int64 // parts of the above

	CostUSD        float64 // known cost, or from the price file
	UnpricedTokens int64   // tokens whose cost is not in CostUSD
}

// TokenUsageReport is token usage by model, sorted by name, and in all.
type TokenUsageReport struct {
	ByModel []ModelTokenUsage

	TotalPromptTokens, TotalCompletionTokens, TotalTokens int64

	TotalCostUSD        float64
	TotalUnpricedTokens int64
}

// TokenUsage returns what calls and evaluations used, those that are known by their sum (KindUsage) too, in the window that ends now, as of the events recorded before the
// call. A window of 0 is everything since the start, exact whatever the ring has overwritten; other windows have steps
// of 10 s, and reach back an hour at most.
func (m *Monitor) TokenUsage(window time.Duration) TokenUsageReport {
	if m == nil {
		return TokenUsageReport{}
	}
	now := m.clock.now()
	m.pump.drain()
	return m.pump.tokenUsage(newQuery(window, now, coarse), now)
}

func (p *pump) tokenUsage(q *query, now time.Time) TokenUsageReport {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.place(q, now)
	var report TokenUsageReport
	for model, t := range p.stats.tokens {
		u := t.total
		if q.window > 0 {
			u = usage{}
			t.between(q.from, q.to, u.merge)
		}
		if u == (usage{}) {
			continue
		}
		report.ByModel = append(report.ByModel, ModelTokenUsage{
			ModelName: model, Calls: u.calls,
			PromptTokens: u.prompt, CompletionTokens: u.completion, TotalTokens: u.total,
			CachedTokens: u.cached, CacheWriteTokens: u.cacheWrite, ReasoningTokens: u.reasoning,
			CostUSD: u.cost, UnpricedTokens: u.unpriced,
		})
	}
	slices.SortFunc(report.ByModel, func(a, b ModelTokenUsage) int { return cmp.Compare(a.ModelName, b.ModelName) })
	for _, u := range report.ByModel { // in this order: a sum of floats depends on it
		report.TotalPromptTokens += u.PromptTokens
		report.TotalCompletionTokens += u.CompletionTokens
		report.TotalTokens += u.TotalTokens
		report.TotalCostUSD += u.CostUSD
		report.TotalUnpricedTokens += u.UnpricedTokens
	}
	return report
}
