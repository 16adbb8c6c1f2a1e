package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/genmeter/genmeter/alerting"
)

// stopper decides when a generator is to be stopped: its budget is spent, or an alert fires.
type stopper struct {
	maxCost   float64 // US dollars; 0 for no bound
	maxTokens int64   // 0 for no bound
	alerts    []string
	fired     chan alerting.Alert
}

func newStopper(f *wrapFlags) *stopper {
	return &stopper{maxCost: *f.maxCost, maxTokens: *f.maxTokens, alerts: *f.stopOn, fired: make(chan alerting.Alert, 1)}
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

// check refuses what can never stop anything.
func (p *stopper) check(s *sidecar) error {
	switch {
	case p.maxCost < 0:
		return wrongUsage("--max-cost=%v: want more than 0", p.maxCost)
	case p.maxTokens < 0:
		return wrongUsage("--max-tokens=%d: want more than 0", p.maxTokens)
	case len(p.alerts) > 0 && s.alerts == nil:
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
	if p.maxCost == 0 && p.maxTokens == 0 {
		return ""
	}
	u := s.TokenUsage(0)
	switch {
	case p.maxCost > 0 && u.TotalCostUSD >= p.maxCost:
		return fmt.Sprintf("it has cost $%.4f, --max-cost is $%.4f", u.TotalCostUSD, p.maxCost)
	case p.maxTokens > 0 && u.TotalTokens >= p.maxTokens:
		return fmt.Sprintf("it has used %d tokens, --max-tokens is %d", u.TotalTokens, p.maxTokens)
	}
	return ""
}
