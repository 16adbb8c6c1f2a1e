package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/alerting"
)

type checkFlags struct {
	input      *pathValue
	at, format *string
	rules      *ruleFlags
	prices     *string
	timezone   zoneValue
	baseline   *string
	drift      *driftFlags

	atSet, pricesSet, timezoneSet bool
}

func addCheck(app *kingpin.Application) (string, runner) {
	cmd := app.Command("check", "Judge a run by alert rules, and by an earlier run, for scripts and CI. Ends with exit code 0 when "+
		"all is well, 1 when an alert fired, something got worse than allowed or the run cannot be read, 2 on wrong usage.")
	cmd.HelpLong(checkExamples)
	f := &checkFlags{}
	f.input = pathOf(cmd.Arg("run", "File or directory of a recorded run, \"-\" for standard input, or the URL of a running sidecar, "+
		"which is asked what fires now; one that has not judged its rules yet is waited for, 90 s at most.").Required())
	f.at = cmd.Flag("at", "Which alerts count: with \"each\" all that fired at any time, so that a run which was bad in "+
		"the middle does not pass; with \"end\" those that fire at its end.").Default("each").IsSetByUser(&f.atSet).Enum("each", "end")
	f.format = cmd.Flag("format", "text is a table. json is an array of {name, level, startsAt, endsAt, value, threshold}, one "+
		"element an alert that fired, endsAt null when it still does; with --baseline an object of two arrays, alerts and baseline.").
		Default("text").Enum("text", "json")
	f.rules = addRuleFlags(cmd)
	f.prices = pricesFlag(cmd).IsSetByUser(&f.pricesSet).ExistingFile()
	cmd.Flag("timezone", "Zone of times that name none, as in afterimage's files.").Default("Local").
		IsSetByUser(&f.timezoneSet).SetValue(&f.timezone)
	f.baseline = cmd.Flag("baseline", "Recorded run to compare with: latency, success rate, tokens and cost may be worse by "+
		"--drift at most.").PlaceHolder("RUN").ExistingFileOrDir()
	f.drift = addDriftFlags(cmd)
	return cmd.FullCommand(), f.run
}

const checkExamples = `
  genmeter check runs/monday
      Fail when any alert would have fired, had somebody watched the run.
  genmeter check --at=end --format=json runs/monday
      Only those that fire at its end, for another program.
  genmeter check --alerts.file=alerts.yml --prices=prices.json runs/monday
      By thresholds of your own, such as a budget.
  genmeter check --baseline=runs/golden --drift=10% --drift.cost=5% runs/monday
      Also fail when it got slower, failed more or used more than the golden run.
  genmeter check http://127.0.0.1:9464
      Fail when an alert fires in a running sidecar.
`

// verdict is what a check found.
type verdict struct {
	alerts   []checkedAlert
	more     int            // alerts beyond those
	summary  string         // what was judged, for people
	compared []comparison   // with the baseline
	zone     *time.Location // of times, for people
}

func (f *checkFlags) run(ctx context.Context, e env) error {
	if isURL(string(*f.input)) {
		return f.runURL(ctx, e)
	}
	if err := f.drift.check(*f.baseline != ""); err != nil {
		return err
	}
	file, err := f.rules.load()
	if err != nil {
		return err
	}
	if *file.Interval == 0 {
		return wrongUsage("an alert interval of 0 judges nothing: want 1s or more")
	}
	run, err := f.measure(ctx, e, string(*f.input), &alertPlan{file: file})
	if err != nil {
		return err
	}
	v := run.verdict(*f.at == "end", *file.Interval)
	if *f.baseline != "" {
		base, err := f.measure(ctx, e, *f.baseline, &alertPlan{file: alerting.File{Interval: new(time.Duration)}})
		if err != nil {
			return fmt.Errorf("baseline: %w", err)
		}
		v.compared = compareRuns(&base.measures, &run.measures, f.drift)
	}
	return f.report(e, v)
}

// runURL checks a running sidecar. Its rules are its own.
func (f *checkFlags) runURL(ctx context.Context, e env) error {
	for flag, set := range map[string]bool{
		"--at": f.atSet, "--prices": f.pricesSet, "--timezone": f.timezoneSet, "--baseline": *f.baseline != "",
		"--alerts.file": *f.rules.file != "", "--alerts.interval": f.rules.intervalSet, "--drift": f.drift.given() != "",
	} {
		if set {
			return wrongUsage("%s is for recorded runs: a running sidecar answers by its own rules, and what it is now", flag)
		}
	}
	alerts, err := awaitAlerts(ctx, e, string(*f.input), judgedWithin, askAgain)
	if err != nil {
		return err
	}
	return f.report(e, verdict{alerts: alerts, summary: "no alert fires", zone: time.UTC})
}

// report writes the verdict; an error is what makes the check fail.
func (f *checkFlags) report(e env, v verdict) error {
	write := v.writeText
	if *f.format == "json" {
		write = v.writeJSON
	}
	if err := write(e.stdout); err != nil {
		return err
	}
	var faults []string
	if n := len(v.alerts) + v.more; n > 0 {
		faults = append(faults, plural(n, "alert")+" fired")
	}
	if worse := v.worse(); len(worse) > 0 {
		faults = append(faults, "worse than the baseline: "+strings.Join(worse, ", "))
	}
	if len(faults) > 0 {
		return errors.New(strings.Join(faults, "; "))
	}
	return nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
