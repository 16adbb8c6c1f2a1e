package main

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"

	"github.com/genmeter/genmeter/alerting"
)

// alertPlan is what the flags come to. Without an interval there are no alerts.
type alertPlan struct {
	file     alerting.File
	handlers []alerting.Handler
	labels   map[string]string
}

// plan checks the flags, before anything is opened. The alerts of a run with a name have it as a label, as those of
// Prometheus have it from the series.
func (f *alertFlags) plan(run string) (*alertPlan, error) {
	p := &alertPlan{labels: maps.Clone(f.labels)}
	if p.labels == nil {
		p.labels = map[string]string{"job": "genmeter"}
	}
	if _, ok := p.labels["run"]; !ok && run != "" {
		p.labels["run"] = run
	}
	var err error
	if p.file, err = f.rules.load(); err != nil {
		return nil, err
	}
	for _, u := range *f.webhooks {
		h, err := alerting.Webhook(u)
		if err != nil {
			return nil, wrongUsage("--alerts.webhook: %v", err)
		}
		p.handlers = append(p.handlers, h)
	}
	for _, u := range *f.managers {
		h, err := alerting.Alertmanager(u)
		if err != nil {
			return nil, wrongUsage("--alertmanager.url: %v", err)
		}
		p.handlers = append(p.handlers, h)
	}
	if len(p.handlers) > 0 && !p.on() {
		return nil, wrongUsage("alerts are off (interval 0), and --alerts.webhook or --alertmanager.url would never hear of one")
	}
	return p, nil
}

func (p *alertPlan) on() bool { return *p.file.Interval > 0 }

// log has alerts logged too.
func (p *alertPlan) log(logger *slog.Logger) {
	p.handlers = append(p.handlers, alerting.Log(logger))
}

// judge begins to judge m by the plan; m owns the alerter. When that cannot be, m is closed.
func (m *meter) judge(p *alertPlan, opts ...alerting.Option) error {
	if !p.on() {
		return nil
	}
	opts = append(p.file.Options(), append([]alerting.Option{
		alerting.WithHandlers(p.handlers...), alerting.WithLabels(p.labels), alerting.WithLogger(m.logger),
	}, opts...)...)
	al, err := alerting.New(m.Monitor, p.file.Thresholds, opts...)
	if err != nil {
		return errors.Join(fmt.Errorf("alert rules: %w", err), m.drain(), m.close())
	}
	m.alerts = al
	return nil
}
