package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// stdinGrace is how long events may still arrive on standard input after the signal to end: in a pipe the generator got
// the same Ctrl-C, and writes its last lines.
const stdinGrace = time.Second

type serveFlags struct {
	meter  *meterFlags
	web    *webFlags
	alerts *alertFlags
	logDir *string
	input  *pathValue
}

func addServe(app *kingpin.Application) (string, runner) {
	cmd := app.Command("serve", "Run the sidecar: take events, and answer Prometheus and people over HTTP until a signal ends it.")
	cmd.HelpLong(serveExamples)
	f := &serveFlags{meter: addMeterFlags(cmd), web: addWebFlags(cmd), alerts: addAlertFlags(cmd)}
	f.logDir = cmd.Flag("log-dir", "Also write each sample and event to metrics.jsonl and genmeter.log in this directory.").
		PlaceHolder("DIR").String()
	f.input = pathOf(cmd.Arg("input", "\"-\" also reads events, one JSON object a line, from standard input; its end does "+
		"not end the sidecar."))
	return cmd.FullCommand(), f.run
}

const serveExamples = `
  genmeter serve
      Listen on 127.0.0.1:9464; Prometheus scrapes http://127.0.0.1:9464/metrics.
  generator | genmeter serve -
      Also read the generator's events from a pipe.
  genmeter serve --web.listen-address=127.0.0.1:0 --run=night-7
      On a free port, which is logged, and with run="night-7" on every series.
  genmeter serve --push.gateway=http://pushgateway:9091 --run=night-7 -
      Also push to a Pushgateway, for Prometheus that cannot reach this host.
  genmeter serve --alerts.file=alerts.yml --alertmanager.url=http://127.0.0.1:9093 -
      Judge the run by thresholds of your own, and tell Alertmanager.
  OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 genmeter serve -
      Also push OTLP, with OpenTelemetry's own variables.
`

func (f *serveFlags) run(ctx context.Context, e env) error {
	if *f.input != "" && *f.input != "-" {
		return wrongUsage("serve reads standard input only (\"-\"), not %q: for a recorded file see genmeter replay", *f.input)
	}
	if err := f.web.check(); err != nil {
		return err
	}
	if err := f.meter.push.check(os.Getenv); err != nil {
		return err
	}
	alerts, err := f.alerts.plan(*f.meter.run)
	if err != nil {
		return err
	}
	alerts.log(e.logger)
	srv, err := f.web.listen(e)
	if err != nil {
		return err
	}
	var opts []monitor.Option
	if *f.logDir != "" {
		opts = append(opts, monitor.WithLogDir(*f.logDir))
	}
	m, err := f.meter.open(e, *f.web.maxRequests, opts...)
	if err == nil {
		err = m.judge(alerts)
	}
	if err != nil {
		srv.closeListeners()
		return err
	}
	srv.start(m)
	m.startPush()
	m.startAlerts()
	stopInput := func() {}
	if *f.input == "-" {
		stopInput = f.readInput(m, e)
	} else {
		e.logger.Warn("no events come in: pipe them to genmeter serve -")
	}
	ctx = srv.watch(ctx)
	<-ctx.Done()
	stopInput()
	return errors.Join(served(ctx), end(ctx, m, srv))
}

// readInput feeds standard input to m in the background. The function it returns gives it a moment to come to its end,
// and then stops it; a read that blocks is left alone, since nothing can interrupt it.
func (f *serveFlags) readInput(m *meter, e env) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		src := ingest.Read(e.stdin, "standard input", ingest.WithLocation(f.meter.timezone.Location))
		report, err := ingest.Feed(ctx, m.Monitor, src, ingest.FeedOptions{Source: "stdin", Logger: e.logger})
		if err == nil {
			e.logger.Info("standard input ended", "events", report.Events, "problems", report.Problem(),
				"refused", report.Refused, "duplicates", report.Duplicates)
		}
	}()
	return func() {
		defer cancel()
		select {
		case <-done:
		case <-time.After(stdinGrace):
		}
	}
}
