package report

import (
	"github.com/genmeter/genmeter/monitor"
)

// Usage is tokens and what they cost. Evaluations use tokens too, and so do calls that are known by their sum alone
// ([monitor.KindUsage]).
type Usage struct {
	Input      int64 `json:"input_tokens"`
	Output     int64 `json:"output_tokens"`
	Unsplit    int64 `json:"unsplit_tokens"` // in the total and in neither of these
	Total      int64 `json:"total_tokens"`
	Cached     int64 `json:"cached_tokens"`      // part of the input
	CacheWrite int64 `json:"cache_write_tokens"` // part of the input
	Reasoning  int64 `json:"reasoning_tokens"`   // part of the output

	// CostUSD is the known cost: of all tokens but UnpricedTokens, whose cost comes on top of it. It is null when nothing is
	// known: unknown is not zero.
	CostUSD        *float64 `json:"cost_usd"`
	UnpricedTokens int64    `json:"unpriced_tokens"`
}

// Cost is what the run cost for each thing that it was after. Both are null when that is not known; while there are unpriced
// tokens, they are the known part.
type Cost struct {
	PerAcceptedRecordUSD *float64 `json:"per_accepted_record_usd"`
	PerSuccessfulCallUSD *float64 `json:"per_successful_call_usd"`

	TokensPerAcceptedRecord *float64 `json:"tokens_per_accepted_record"`
	TokensPerSuccessfulCall *float64 `json:"tokens_per_successful_call"`
}

// usage adds up tokens.
type usage struct {
	input, output, total          int64
	cached, cacheWrite, reasoning int64
	cost                          float64
	unpriced                      int64
}

// add adds an event's usage; cost and unpriced are what [monitor.Prices.Cost] says.
func (u *usage) add(ev *monitor.Event, cost float64, unpriced int64) {
	u.merge(usage{
		ev.PromptTokens, ev.CompletionTokens, ev.TotalTokens, ev.CachedTokens, ev.CacheWriteTokens, ev.ReasoningTokens,
		cost, unpriced,
	})
}

func (u *usage) merge(o usage) {
	u.input += o.input
	u.output += o.output
	u.total += o.total
	u.cached += o.cached
	u.cacheWrite += o.cacheWrite
	u.reasoning += o.reasoning
	u.cost += o.cost
	u.unpriced += o.unpriced
}

func (u *usage) result() Usage {
	r := Usage{
		Input: u.input, Output: u.output, Unsplit: u.total - u.input - u.output, Total: u.total,
		Cached: u.cached, CacheWrite: u.cacheWrite, Reasoning: u.reasoning, UnpricedTokens: u.unpriced,
	}
	if u.cost > 0 || u.total > 0 && u.unpriced == 0 {
		r.CostUSD = new(finite(u.cost))
	}
	return r
}

// per returns the known cost divided among n.
func (u *Usage) per(n uint64) *float64 {
	if u.CostUSD == nil {
		return nil
	}
	return ratio(*u.CostUSD, float64(n))
}

func newCost(u *Usage, accepted, succeeded uint64) Cost {
	c := Cost{PerAcceptedRecordUSD: u.per(accepted), PerSuccessfulCallUSD: u.per(succeeded)}
	if u.Total > 0 {
		c.TokensPerAcceptedRecord = ratio(float64(u.Total), float64(accepted))
		c.TokensPerSuccessfulCall = ratio(float64(u.Total), float64(succeeded))
	}
	return c
}
