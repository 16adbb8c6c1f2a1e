package main

import (
	"context"
	"errors"

	"github.com/alecthomas/kingpin/v2"
)

type serveFlags struct {
	*sidecarFlags
	input *pathValue
}

func addServe(app *kingpin.Application) (string, runner) {
	cmd := app.Command("serve", "Run the sidecar: take events, and answer Prometheus and people over HTTP until a signal ends it.")
	cmd.HelpLong(serveExamples)
	f := &serveFlags{sidecarFlags: addSidecarFlags(cmd)}
	f.input = pathOf(cmd.Arg("input", "\"-\" also reads events, one JSON object a line, from standard input; its end does "+
		"not end the sidecar."))
	return cmd.FullCommand(), f.run
}

const serveExamples = `
  genmeter serve
      Listen on 127.0.0.1:9464: generators post events, people look at http://127.0.0.1:9464/, Prometheus scrapes
      http://127.0.0.1:9464/metrics.
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
	s, err := f.open(e)
	if err != nil {
		return err
	}
	s.start()
	stopInput := func() {}
	if *f.input == "-" {
		stopInput = s.readInput(e)
	}
	ctx = s.server.watch(ctx)
	<-ctx.Done()
	stopInput()
	return errors.Join(served(ctx), s.end(ctx))
}
