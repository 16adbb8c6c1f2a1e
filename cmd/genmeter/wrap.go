package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/export/report"
)

type wrapFlags struct {
	*sidecarFlags
	linger, grace *time.Duration
	summary       *string
	noProgress    *bool
	maxCost       *float64
	maxTokens     *int64
	stopOn        *[]string
	command       *[]string
}

func addWrap(app *kingpin.Application) (string, runner) {
	cmd := app.Command("run", "Run a generator with a sidecar around it. It finds the sidecar by $GENMETER_URL, and by OpenTelemetry's own "+
		"variables. Ends with the generator's exit code.")
	cmd.HelpLong(wrapExamples)
	f := &wrapFlags{sidecarFlags: addSidecarFlags(cmd)}
	f.linger = cmd.Flag("linger", "How long /metrics stays up at most when the generator has ended, until Prometheus has scraped it twice. "+
		"Not needed, and left out, when the end was pushed. 0 ends at once.").Default("45s").Duration()
	f.summary = cmd.Flag("summary", "Also write the report of the run to this file when it ends; .json, .md, .html or .txt.").PlaceHolder("FILE").String()
	f.noProgress = cmd.Flag("no-progress", "No line of progress on the terminal.").Bool()
	f.maxCost = cmd.Flag("max-cost", "Stop the generator when the run has cost so many US dollars; what it costs must be known, see --prices.").
		PlaceHolder("USD").Float64()
	f.maxTokens = cmd.Flag("max-tokens", "Stop the generator when the run has used so many tokens.").PlaceHolder("N").Int64()
	f.stopOn = cmd.Flag("stop-on", "Stop the generator when this alert fires, repeatable; its name as the log has it, such as low_success_rate.").
		PlaceHolder("ALERT").Strings()
	f.grace = cmd.Flag("stop-grace", "How long a generator that is stopped has to end (SIGTERM) before it is killed.").Default("10s").Duration()
	f.command = cmd.Arg("command", "The generator and its arguments, behind \"--\".").Required().Strings()
	return cmd.FullCommand(), f.run
}

const wrapExamples = `
  genmeter run -- python3 gen.py
      Meter a generator; Prometheus scrapes http://127.0.0.1:9464/metrics meanwhile.
  genmeter run --max-cost=20 --prices=prices.json --stop-on=low_success_rate -- ./generate --rows=10000
      Stop it when 20 dollars are spent, or when too many calls fail.
  genmeter run --run=night-7 --web.listen-address=127.0.0.1:0 --web.file-sd=/etc/prometheus/runs/night-7.json -- ./generate
      One of several runs on a host: on a free port, which Prometheus finds by file_sd.
`

func (f *wrapFlags) run(ctx context.Context, e env) error {
	rules, err := f.alerts.rules.load()
	if err != nil {
		return err
	}
	if _, err := reportFormat("--summary", *f.summary, report.JSON); err != nil {
		return err
	}
	stop := newStopper(f)
	s, err := f.open(e, stop.handler())
	if err != nil {
		return err
	}
	if err := stop.check(s); err != nil {
		s.server.closeListeners()
		return errors.Join(err, s.drain(), s.close(), s.closeJournal(), s.server.removeFileSD())
	}
	summary := followReport(s.meter, report.Options{Name: cmp.Or(*f.meter.run, "run"), Prices: s.prices, Alerts: &rules})
	s.start()
	child, err := startChild(e, *f.command, append(os.Environ(), s.childEnv(os.Getenv)...))
	if err != nil {
		return errors.Join(err, s.end(ctx))
	}
	return f.attend(ctx, e, s, child, stop, summary)
}
