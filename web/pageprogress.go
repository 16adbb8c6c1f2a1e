package web

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/genmeter/genmeter/internal/quantity"
	"github.com/genmeter/genmeter/monitor"
)

// progressView says how far the run is.
type progressView struct {
	Value, Max uint64 // of the bar; Max 0 is no bar
	Done       string // such as "362 of 500 records accepted"
	Percent    string
	Rate       string
	Left       string // how long until the target, or why that is not known
	ETA        stamp  // when that is; empty when not known
	Rest       string // records that were not accepted; empty when there are none
	Projected  string // cost at the target; empty when not known
}

// newProgressView returns nil when there is neither a record nor a target.
func newProgressView(p monitor.Progress, now time.Time) *progressView {
	if p.Done+p.Rejected+p.Failed == 0 && p.Target == 0 {
		return nil
	}
	v := &progressView{Done: quantity.Plural(p.Done, "record") + " accepted, no target is set"}
	if p.Done > 0 {
		v.Rate = rate(p.Rate) + " in the last 5 minutes"
	}
	var rest []string
	for _, r := range []struct {
		n    uint64
		what string
	}{{p.Rejected, "rejected"}, {p.Failed, "failed"}} {
		if r.n > 0 {
			rest = append(rest, quantity.Grouped(r.n)+" "+r.what)
		}
	}
	v.Rest = strings.Join(rest, ", ")
	if p.Target > 0 {
		v.aim(p, now)
	}
	return v
}

// aim says how far the target is.
func (v *progressView) aim(p monitor.Progress, now time.Time) {
	target := uint64(p.Target)
	v.Max, v.Value = target, min(p.Done, target)
	v.Done = fmt.Sprintf("%s of %s accepted", quantity.Grouped(p.Done), quantity.Plural(target, "record"))
	v.Percent = percentDone(p.Done, target)
	switch {
	case p.Done >= target:
		v.Left = "the target is reached"
	case p.ETA > 0:
		v.Left, v.ETA = rounded(p.ETA)+" to go", stampOf(now.Add(p.ETA), now)
	default:
		v.Left = "time to go not known: none accepted in the last 5 minutes"
	}
	if p.ProjectedCostUSD > 0 {
		v.Projected = quantity.Dollars(p.ProjectedCostUSD)
		if p.UnpricedTokens > 0 {
			v.Projected += "+"
		}
	}
}

// percentDone is 100 only when nothing is left.
func percentDone(done, target uint64) string {
	percent := 100 * float64(done) / float64(target)
	if done < target {
		percent = math.Min(percent, 99.9)
	}
	return fmt.Sprintf("%.1f %%", percent)
}

// rate writes events a second in the unit in which they can be counted.
func rate(perSecond float64) string {
	switch {
	case perSecond >= 1 || perSecond == 0:
		return quantity.Digits(perSecond) + "/s"
	case perSecond >= 1.0/60:
		return quantity.Digits(60*perSecond) + "/min"
	}
	return quantity.Digits(3600*perSecond) + "/h"
}
