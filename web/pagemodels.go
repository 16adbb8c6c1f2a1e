package web

import (
	"cmp"
	"slices"

	"github.com/genmeter/genmeter/internal/quantity"
	"github.com/genmeter/genmeter/monitor"
)

// modelsShown is how many models are shown at once; the others are folded away.
const modelsShown = 20

// modelsView is tokens and cost by model, the largest first.
type modelsView struct {
	Shown, Folded []*modelRow
	Total         *modelRow
	Unpriced      bool // whether any tokens have no price
}

type modelRow struct {
	Name, Calls, Failed, Mean, Prompt, Completion, Total, Cost, Unpriced string
}

// askModels fills in v.Models, which stays nil without usage.
func (v *pageView) askModels(q *questions, usage monitor.TokenUsageReport) {
	if len(usage.ByModel) == 0 {
		return
	}
	m := &modelsView{Unpriced: usage.TotalUnpricedTokens > 0}
	sum := monitor.ModelTokenUsage{
		ModelName: "All " + quantity.Plural(len(usage.ByModel), "model"), PromptTokens: usage.TotalPromptTokens,
		CompletionTokens: usage.TotalCompletionTokens, TotalTokens: usage.TotalTokens, CostUSD: usage.TotalCostUSD,
		UnpricedTokens: usage.TotalUnpricedTokens,
	}
	slices.SortStableFunc(usage.ByModel, func(a, b monitor.ModelTokenUsage) int {
		return cmp.Or(cmp.Compare(b.TotalTokens, a.TotalTokens), cmp.Compare(b.Calls, a.Calls))
	})
	for _, u := range usage.ByModel {
		sum.Calls += u.Calls
		row := newModelRow(u)
		row.ask(q, u.ModelName)
		if len(m.Shown) < modelsShown {
			m.Shown = append(m.Shown, row)
		} else {
			m.Folded = append(m.Folded, row)
		}
	}
	m.Total = newModelRow(sum)
	m.Total.ask(q, "")
	v.Models = m
}

func newModelRow(u monitor.ModelTokenUsage) *modelRow {
	return &modelRow{
		Name: text(u.ModelName), Calls: quantity.Grouped(u.Calls), Failed: none, Mean: none,
		Prompt: quantity.Grouped(u.PromptTokens), Completion: quantity.Grouped(u.CompletionTokens), Total: quantity.Grouped(u.TotalTokens),
		Cost: costText(u.CostUSD, u.UnpricedTokens, u.TotalTokens), Unpriced: quantity.Grouped(u.UnpricedTokens),
	}
}

// ask asks how well and fast the calls of a model went, or those of all.
func (r *modelRow) ask(q *questions, model string) {
	q.ask(monitor.Query{Metric: "error_rate", Model: model}, func(s monitor.Stat) {
		if s.Count > 0 {
			r.Failed = quantity.Share(s.Mean)
		}
	})
	q.ask(monitor.Query{Metric: "generation_time", Model: model}, func(s monitor.Stat) {
		if s.Count > 0 {
			r.Mean = quantity.Took(s.Mean)
		}
	})
}
