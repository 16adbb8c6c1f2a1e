package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
)

// stopper decides when a generator is to be stopped: its budget is spent, or an alert fires.
type stopper struct {
	maxCost   *float64 // US dollars; nil for no bound
	maxTokens *int64   // nil for no bound
	alerts    []string
	fired     chan alerting.Alert
	warned    bool // that there are tokens without a price
}

func newStopper(f *wrapFlags) *stopper {
	p := &stopper{alerts: *f.stopOn, fired: make(chan alerting.Alert, 1)}
	if f.maxCostSet {
		p.maxCost = f.maxCost
	}
	if f.maxTokensSet {
		p.maxTokens = f.maxTokens
	}
	return p
}

// handler hears of the alerts.
func (p *stopper) handler() alerting.Handler {
	return alerting.Func(func(_ context.Context, a alerting.Alert) error {
		if a.State == alerting.Firing && slices.Contains(p.alerts, a.Name) {
			select {
			case p.fired <- a:
			default: // one is enough
			}
		}
		return nil
	})
}

// check refuses what can never stop anything, and what would have to be stopped at once.
func (p *stopper) check(s *sidecar) error {
	if err := p.checkAlerts(s); err != nil {
		return err
	}
	switch {
	case p.maxCost != nil && !(*p.maxCost > 0):
		return wrongUsage("--max-cost=%v: want US dollars, more than 0", *p.maxCost)
	case p.maxTokens != nil && *p.maxTokens <= 0:
		return wrongUsage("--max-tokens=%d: want more than 0", *p.maxTokens)
	}
	if p.maxCost != nil && s.prices == nil {
		s.logger.Warn("--max-cost without --prices sees only what events say themselves (cost_usd)")
	}
	if why := p.spent(s); why != "" {
		return fmt.Errorf("the generator is not started: with what --data-dir has of the run %s", why)
	}
	return nil
}

func (p *stopper) checkAlerts(s *sidecar) error {
	if len(p.alerts) > 0 && s.alerts == nil {
		return wrongUsage("--stop-on=%s needs alerts: want an --alerts.interval above 0", p.alerts[0])
	}
	for _, name := range p.alerts {
		var names []string
		for _, r := range s.alerts.Rules() {
			names = append(names, r.Name)
		}
		if !slices.Contains(names, name) {
			return wrongUsage("--stop-on=%s: no such alert; there are %s", name, strings.Join(names, ", "))
		}
	}
	return nil
}

// spent says why the generator is to be stopped for what it has used; empty when it may go on.
func (p *stopper) spent(s *sidecar) string {
	if p.maxCost == nil && p.maxTokens == nil {
		return ""
	}
	u := s.TokenUsage(0)
	switch {
	case p.maxCost != nil && u.TotalCostUSD >= *p.maxCost:
		return fmt.Sprintf("it has cost $%.4f, --max-cost is $%.4f", u.TotalCostUSD, *p.maxCost)
	case p.maxTokens != nil && u.TotalTokens >= *p.maxTokens:
		return fmt.Sprintf("it has used %d tokens, --max-tokens is %d", u.TotalTokens, *p.maxTokens)
	}
	p.warnUnpriced(s, &u)
	return ""
}

// warnUnpriced says once that --max-cost does not see all.
func (p *stopper) warnUnpriced(s *sidecar, u *monitor.TokenUsageReport) {
	if p.maxCost == nil || p.warned || u.TotalUnpricedTokens == 0 {
		return
	}
	p.warned = true
	var models []string
	for i := range u.ByModel {
		if m := &u.ByModel[i]; m.UnpricedTokens > 0 {
			models = append(models, m.ModelName)
		}
	}
	s.logger.Warn("these models have no price, so --max-cost does not count what their tokens cost: name a price in --prices, or "+
		"cost_usd in the events; --max-tokens counts them", "models", listed(models))
}

// judge judges the alert rules between their own intervals, when an alert is to stop the generator.
func (p *stopper) judge(s *sidecar, now time.Time) {
	if len(p.alerts) > 0 {
		s.alerts.Evaluate(now)
	}
}
