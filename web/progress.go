package web

import (
	"net/http"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

type progressAnswer struct {
	Done             uint64     `json:"done"`
	Rejected         uint64     `json:"rejected"`
	Failed           uint64     `json:"failed"`
	Target           *int64     `json:"target"`
	Rate             *float64   `json:"rate"`
	ETASeconds       *float64   `json:"eta_seconds"`
	ElapsedSeconds   float64    `json:"elapsed_seconds"`
	Start            *time.Time `json:"start"`
	LastSuccess      *time.Time `json:"last_success"`
	Calls            uint64     `json:"calls"`
	Failures         uint64     `json:"failures"`
	InProgress       int64      `json:"in_progress"`
	CostUSD          *float64   `json:"cost_usd"`
	ProjectedCostUSD *float64   `json:"projected_cost_usd"`
	UnpricedTokens   int64      `json:"unpriced_tokens"`
}

func (h *handler) progress(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	return newProgressAnswer(h.mon.Progress()), nil
}

func newProgressAnswer(p monitor.Progress) progressAnswer {
	a := progressAnswer{
		Done: p.Done, Rejected: p.Rejected, Failed: p.Failed,
		Rate: number(p.Rate, true), ElapsedSeconds: p.Elapsed.Seconds(),
		Start: moment(p.Start), LastSuccess: moment(p.LastSuccess),
		Calls: p.Calls, Failures: p.Failures, InProgress: p.InProgress,
		CostUSD: cost(p.CostUSD, p.TotalTokens, p.UnpricedTokens), ProjectedCostUSD: number(p.ProjectedCostUSD, p.ProjectedCostUSD != 0),
		UnpricedTokens: p.UnpricedTokens,
	}
	if p.Target > 0 {
		a.Target = &p.Target
		a.ETASeconds = number(p.ETA.Seconds(), p.ETA > 0 || p.Done >= uint64(p.Target))
	}
	return a
}

// moment is t in UTC, or null where there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
