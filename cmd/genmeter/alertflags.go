package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/alerting"
)

// ruleFlags say which alert rules are judged, and how often.
type ruleFlags struct {
	file        *string
	interval    *time.Duration
	intervalSet bool
}

func addRuleFlags(cmd *kingpin.CmdClause) *ruleFlags {
	var f ruleFlags
	f.file = cmd.Flag("alerts.file", "YAML file of thresholds and rules. What it leaves out, and everything without it, has the "+
		"usual thresholds: of success and errors, duration, tokens and turns a call, stalls, lost events.").
		PlaceHolder("FILE").ExistingFile()
	f.interval = cmd.Flag("alerts.interval", "How often the rules are judged; wins over the file's.").Default("1m").
		IsSetByUser(&f.intervalSet).Duration()
	return &f
}

// load returns what the file says, with an interval in any case. Faults of the file are wrong usage.
func (f *ruleFlags) load() (alerting.File, error) {
	if d := *f.interval; d < 0 || d > 0 && d < time.Second {
		return alerting.File{}, wrongUsage("--alerts.interval=%v: want 1s or more, or 0 for no alerts", d)
	}
	file := alerting.File{Thresholds: alerting.DefaultThresholds()}
	if *f.file != "" {
		var err error
		if file, err = alerting.LoadFile(*f.file); err != nil {
			return file, faultyFile{err}
		}
	}
	if f.intervalSet || file.Interval == nil {
		file.Interval = f.interval
	}
	return file, nil
}

// faultyFile is an error of a file on the command line: the file is to be read again, not the help.
type faultyFile struct{ error }

// alertFlags say which rules are judged, and who hears of it. Every command that runs for a while has them.
type alertFlags struct {
	rules              *ruleFlags
	webhooks, managers *[]string
	labels             labelsValue
}

func addAlertFlags(cmd *kingpin.CmdClause) *alertFlags {
	f := &alertFlags{rules: addRuleFlags(cmd)}
	cmd.GetFlag("alerts.interval").Help("How often the rules are judged; wins over the file's. 0 turns alerts off.")
	f.webhooks = cmd.Flag("alerts.webhook", "Also post alerts to this URL, as JSON; repeatable. Without any they are only "+
		"logged.").PlaceHolder("URL").Strings()
	f.managers = cmd.Flag("alertmanager.url", "Also send alerts to this Alertmanager, repeatable, such as http://127.0.0.1:9093.").
		PlaceHolder("URL").Strings()
	cmd.Flag("alertmanager.label", "Label of every alert, repeatable. Give job and instance as Prometheus has them, and "+
		"Alertmanager takes this alert and that of the Prometheus rule for one. Without any it is job=genmeter.").
		PlaceHolder("NAME=VALUE").SetValue(&f.labels)
	return f
}

// alertPlan is what the flags come to. Without an interval there are no alerts.
type alertPlan struct {
	file     alerting.File
	handlers []alerting.Handler
	labels   map[string]string
}

// plan checks the flags, before anything is opened.
func (f *alertFlags) plan() (*alertPlan, error) {
	p := &alertPlan{labels: f.labels}
	if p.labels == nil {
		p.labels = map[string]string{"job": "genmeter"}
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
