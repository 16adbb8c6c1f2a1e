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

	lingerSet, maxCostSet, maxTokensSet bool
}

func addWrap(app *kingpin.Application) (string, runner) {
	cmd := app.Command("run", "Run a generator with a sidecar around it. The generator finds the sidecar by $GENMETER_URL, and by OpenTelemetry's "+
		"own variables; signals are handed on to it, and its exit code is that of the run. When it has ended, a report of the run is "+
		"written to standard error.")
	cmd.HelpLong(wrapExamples)
	f := &wrapFlags{}
	f.maxCost = cmd.Flag("max-cost", "Stop the generator when the run has cost so many US dollars. Tokens without a price are not in that, and "+
		"warned of: see --prices.").PlaceHolder("USD").IsSetByUser(&f.maxCostSet).Float64()
	f.maxTokens = cmd.Flag("max-tokens", "Stop the generator when the run has used so many tokens.").PlaceHolder("N").
		IsSetByUser(&f.maxTokensSet).Int64()
	f.stopOn = cmd.Flag("stop-on", "Stop the generator when this alert fires, repeatable; its name as the log has it, such as "+
		"low_success_rate. The rules are judged every second then.").PlaceHolder("ALERT").HintAction(usualAlerts).Strings()
	f.grace = cmd.Flag("stop-grace", "How long a generator that is stopped has to end (SIGTERM) before it is killed.").Default("10s").Duration()
	f.summary = cmd.Flag("summary", "Also write the report of the run to this file when it ends; .json, .md, .html or .txt.").PlaceHolder("FILE").String()
	f.linger = cmd.Flag("linger", "How long /metrics stays up at most when the generator has ended, until Prometheus has scraped it twice. "+
		"Without this flag or --web.file-sd only when somebody has scraped it during the run; never when the end was pushed; 0 ends at once.").
		Default("45s").IsSetByUser(&f.lingerSet).Duration()
	f.noProgress = cmd.Flag("no-progress", "No lines of progress, which come every 30 s when standard error is a terminal: whole lines, as the "+
		"generator may write there too.").Bool()
	f.sidecarFlags = addSidecarFlags(cmd)
	f.command = cmd.Arg("command", "The generator and its arguments, behind \"--\".").PlaceHolder("-- COMMAND [ARG...]").Required().Strings()
	return cmd.FullCommand(), f.run
}

const wrapExamples = `
  genmeter run -- python3 gen.py
      Meter a generator; Prometheus scrapes http://127.0.0.1:9464/metrics meanwhile.
  genmeter run --max-cost=20 --prices=prices.json --stop-on=low_success_rate -- ./generate --rows=10000
      Stop it when 20 dollars are spent, or when too many calls fail.
  genmeter run --data-dir=runs/night-7 --resume --summary=night-7.html -- ./generate
      Keep its events on disk; after a crash the same line goes on with the run, and its report is of the whole run.
  genmeter run --run=night-7 --web.listen-address=127.0.0.1:0 --web.file-sd=/etc/prometheus/runs/night-7.json -- ./generate
      One of several runs on a host: on a free port, which Prometheus finds by file_sd.
`

func (f *wrapFlags) run(ctx context.Context, e env) error {
	format, err := summaryFormat(*f.summary)
	if err != nil {
		return err
	}
	stop := newStopper(f)
	s, err := f.open(e, stop.handler())
	if err != nil {
		return err
	}
	if err := stop.check(s); err != nil {
		return errors.Join(err, s.abandon())
	}
	summary := followReport(s, report.Options{Name: cmp.Or(*f.meter.run, "run"), Prices: s.prices, Alerts: &s.rules, Empty: true})
	summary.path, summary.format = *f.summary, format
	if ctx.Err() != nil { // to read what --data-dir has of the run takes a while
		return errors.Join(errors.New("interrupted before the generator was started"), s.abandon())
	}
	s.start()
	child, err := startChild(e, *f.command, append(os.Environ(), s.childEnv(os.Getenv)...))
	if err != nil {
		return errors.Join(err, s.end(ctx))
	}
	return f.attend(ctx, e, s, child, stop, summary)
}
