package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/internal/backtest"
	"github.com/genmeter/genmeter/monitor"
)

// measured is a run that was played to its end.
type measured struct {
	measures
	history backtest.History
	now     []alerting.Alert // as of the end
	rules   int
	span    interval
}

// measure plays a recorded run.
func (f *checkFlags) measure(ctx context.Context, e env, input string, plan *alertPlan) (*measured, error) {
	p, err := newPlayer(ctx, e, input, f.timezone.Location, playing{}, plan, func(opts ...monitor.Option) (*meter, error) {
		return f.openMeter(e, opts)
	})
	if err != nil {
		return nil, err
	}
	p.progress = newProgressLine(e.stderr)
	var times durations
	p.watch = times.add
	err = p.play(ctx)
	p.progress.clear()
	if ctx.Err() != nil {
		err = errors.New("interrupted before the end of the run")
	}
	m := &measured{measures: newMeasures(&p.tally, p.TokenUsage(0), times), span: p.span}
	if p.judge != nil {
		m.history, m.now, m.rules = p.judge.History, p.alerts.Alerts(), len(p.alerts.Rules())
	}
	return m, errors.Join(err, p.drain(), p.close())
}

// openMeter returns a meter that nothing scrapes and that pushes nowhere.
func (f *checkFlags) openMeter(e env, opts []monitor.Option) (*meter, error) {
	prices, err := loadPrices(*f.prices)
	if err != nil {
		return nil, err
	}
	mon, err := monitor.New(nil, append(opts, monitor.WithLogger(e.logger), monitor.WithPrices(prices))...)
	return &meter{Monitor: mon, limits: e.limits, logger: e.logger}, err
}

// verdict says which alerts of the run count.
func (m *measured) verdict(atEnd bool, every time.Duration) verdict {
	v := verdict{
		summary: fmt.Sprintf("no alert fired: %s, every %v over %s", plural(m.rules, "rule"), every, &m.span),
		more:    m.history.More, zone: time.UTC,
	}
	if !m.span.first.IsZero() {
		v.zone = m.span.first.Location()
	}
	if !atEnd {
		for i := range m.history.Fired {
			v.alerts = append(v.alerts, newCheckedAlert(&m.history.Fired[i]))
		}
		return v
	}
	v.more = 0
	v.summary = fmt.Sprintf("no alert fires at the end: %s over %s", plural(m.rules, "rule"), &m.span)
	for i := range m.now {
		if m.now[i].State == alerting.Firing {
			v.alerts = append(v.alerts, newCheckedAlert(&m.now[i]))
		}
	}
	return v
}
