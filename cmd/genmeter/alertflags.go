package main

import (
	"strings"
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

// defaultAlertInterval is how often the rules are judged, as in afterimage.
const defaultAlertInterval = time.Minute

func (f *ruleFlags) addFile(cmd *kingpin.CmdClause) {
	f.file = cmd.Flag("alerts.file", "YAML file of thresholds and rules. What it leaves out, and everything without it, has the "+
		"usual thresholds: of success and errors, duration, tokens and turns a call, stalls, lost events.").
		PlaceHolder("FILE").ExistingFile()
}

func addRuleFlags(cmd *kingpin.CmdClause) *ruleFlags {
	var f ruleFlags
	f.addFile(cmd)
	f.interval = cmd.Flag("alerts.interval", "How often the rules are judged; wins over the file's.").
		Default(strings.TrimSuffix(defaultAlertInterval.String(), "0s")). // 1m, not 1m0s
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
