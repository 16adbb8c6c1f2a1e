package web

import (
	"fmt"
	"time"

	"github.com/genmeter/genmeter/internal/quantity"
	"github.com/genmeter/genmeter/monitor"
)

// fact is a number with a name, and what else there is to say of it.
type fact struct {
	ID, Name, Value, Note string
	At                    stamp // behind the note; empty for none
	Bad                   bool
}

// askFacts fills in v.Facts, for which it needs more than p and usage.
func (v *pageView) askFacts(q *questions, p monitor.Progress, usage monitor.TokenUsageReport, now time.Time) {
	var all, lately, tokens, cost monitor.Stat
	keep := func(to *monitor.Stat) func(monitor.Stat) { return func(s monitor.Stat) { *to = s } }
	q.ask(monitor.Query{Metric: "success_rate"}, keep(&all))
	q.ask(monitor.Query{Metric: "success_rate", Window: recent}, keep(&lately))
	q.ask(monitor.Query{Metric: "cost_usd", Window: recent}, keep(&cost))
	q.ask(monitor.Query{Metric: "total_token_count", Window: recent}, func(s monitor.Stat) {
		tokens = s
		seconds := max(1, min(recent, p.Elapsed).Seconds())
		v.Facts = []fact{
			{ID: "calls", Name: "Calls", Value: quantity.Grouped(p.Calls), Note: rate(float64(lately.Count)/seconds) + " in the last 5 min"},
			successFact(all, lately),
			failedFact(p, all),
			{ID: "in-progress", Name: "In progress", Value: quantity.Grouped(p.InProgress), Note: "calls begun and not ended"},
			lastSuccess(p, now),
			{ID: "tokens", Name: "Tokens", Value: quantity.Grouped(usage.TotalTokens), Note: rate(tokens.Sum/seconds) + " in the last 5 min"},
			costFact(usage, cost.Sum*3600/seconds),
		}
	})
}

func successFact(all, lately monitor.Stat) fact {
	f := fact{ID: "success", Name: "Succeeded", Value: none}
	if all.Count > 0 {
		f.Value, f.Note = quantity.Share(all.Mean), quantity.Grouped(uint64(all.Sum))+" calls"
	}
	if lately.Count > 0 {
		f.Note += "; last 5 min " + quantity.Share(lately.Mean)
	}
	return f
}

func failedFact(p monitor.Progress, all monitor.Stat) fact {
	f := fact{ID: "failed", Name: "Failed", Value: quantity.Grouped(p.Failures), Bad: p.Failures > 0}
	if p.Calls > 0 {
		f.Note = quantity.Share(float64(p.Failures)/float64(p.Calls)) + " of calls"
	}
	if rejected := p.Calls - p.Failures - uint64(all.Sum); all.Count == p.Calls && rejected > 0 {
		f.Note += "; " + quantity.Grouped(rejected) + " more were rejected"
	}
	return f
}

func lastSuccess(p monitor.Progress, now time.Time) fact {
	f := fact{ID: "last-success", Name: "Last success", Value: none, Note: "none yet"}
	if !p.LastSuccess.IsZero() {
		f.Value, f.Note, f.At = ago(p.LastSuccess, now), "at ", stampOf(p.LastSuccess, now)
	}
	return f
}

func costFact(usage monitor.TokenUsageReport, perHour float64) fact {
	f := fact{ID: "cost", Name: "Cost", Value: costText(usage.TotalCostUSD, usage.TotalUnpricedTokens, usage.TotalTokens)}
	if perHour > 0 {
		f.Note = quantity.Dollars(perHour) + "/h in the last 5 min"
	}
	if n := usage.TotalUnpricedTokens; n > 0 {
		if f.Note != "" {
			f.Note += "; "
		}
		f.Note += fmt.Sprintf("%s tokens have no price", quantity.Grouped(n))
	}
	return f
}

// costText is the known cost; a plus says that tokens without a price come on top.
func costText(usd float64, unpriced, tokens int64) string {
	switch {
	case usd == 0 && tokens == 0:
		return none
	case usd == 0 && unpriced > 0:
		return "not known"
	case unpriced > 0:
		return quantity.Dollars(usd) + "+"
	}
	return quantity.Dollars(usd)
}
