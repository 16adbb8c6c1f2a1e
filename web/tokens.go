package web

import (
	"net/http"

	"github.com/genmeter/genmeter/monitor"
)

type tokensAnswer struct {
	WindowSeconds         float64       `json:"window_seconds"`
	ByModel               []modelTokens `json:"by_model"`
	TotalPromptTokens     int64         `json:"total_prompt_tokens"`
	TotalCompletionTokens int64         `json:"total_completion_tokens"`
	TotalTokens           int64         `json:"total_tokens"`
	TotalCostUSD          *float64      `json:"total_cost_usd"`
	TotalUnpricedTokens   int64         `json:"total_unpriced_tokens"`
}

type modelTokens struct {
	ModelName        string   `json:"model_name"`
	Calls            uint64   `json:"calls"`
	PromptTokens     int64    `json:"prompt_tokens"`
	CompletionTokens int64    `json:"completion_tokens"`
	TotalTokens      int64    `json:"total_tokens"`
	CachedTokens     int64    `json:"cached_tokens"`
	CacheWriteTokens int64    `json:"cache_write_tokens"`
	ReasoningTokens  int64    `json:"reasoning_tokens"`
	CostUSD          *float64 `json:"cost_usd"`
	UnpricedTokens   int64    `json:"unpriced_tokens"`
}

func (h *handler) tokens(r *http.Request) (any, error) {
	values, err := query(r, "window")
	if err != nil {
		return nil, err
	}
	over, err := window(values)
	if err != nil {
		return nil, err
	}
	u := h.mon.TokenUsage(over)
	a := tokensAnswer{
		WindowSeconds:     over.Seconds(),
		ByModel:           make([]modelTokens, 0, len(u.ByModel)), // [] and not null when there is none
		TotalPromptTokens: u.TotalPromptTokens, TotalCompletionTokens: u.TotalCompletionTokens, TotalTokens: u.TotalTokens,
		TotalCostUSD: cost(u.TotalCostUSD, u.TotalTokens, u.TotalUnpricedTokens), TotalUnpricedTokens: u.TotalUnpricedTokens,
	}
	for _, m := range u.ByModel {
		a.ByModel = append(a.ByModel, newModelTokens(m))
	}
	return a, nil
}

func newModelTokens(m monitor.ModelTokenUsage) modelTokens {
	return modelTokens{
		ModelName: m.ModelName, Calls: m.Calls,
		PromptTokens: m.PromptTokens, CompletionTokens: m.CompletionTokens, TotalTokens: m.TotalTokens,
		CachedTokens: m.CachedTokens, CacheWriteTokens: m.CacheWriteTokens, ReasoningTokens: m.ReasoningTokens,
		CostUSD: cost(m.CostUSD, m.TotalTokens, m.UnpricedTokens), UnpricedTokens: m.UnpricedTokens,
	}
}

// cost is the known cost, or null when nothing of it is known: calls that report neither tokens nor cost are not free.
func cost(usd float64, tokens, unpriced int64) *float64 {
	return number(usd, usd > 0 || tokens > 0 && unpriced == 0)
}
