package main

import (
	"context"
	"errors"
	"os"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/monitor"
)

type replayFlags struct {
	meter  *meterFlags
	web    *webFlags
	alerts *alertFlags
	input  *pathValue
	speed  *speedValue
	loop   *bool
	now    *bool
	serve  *bool
}

func addReplay(app *kingpin.Application) (string, runner) {
	cmd := app.Command("replay", "Feed a recorded run, and print what it came to or serve it to Prometheus. Reads genmeter's "+
		"event lines and afterimage's afterimage.log and metrics.jsonl, or a directory of them.")
	cmd.HelpLong(replayExamples)
	f := &replayFlags{}
	f.input = pathOf(cmd.Arg("input", "File or directory of the recorded run; \"-\" is standard input.").Required())
	f.speed = new(speedValue)
	cmd.Flag("speed", "How many times faster than it happened: 1 is real time. Without it, as fast as it goes.").
		PlaceHolder("N").SetValue(f.speed)
	f.loop = cmd.Flag("loop", "Begin again at the end, with later times, until a signal ends it.").Bool()
	f.now = cmd.Flag("now", "Give events the times at which they are played, as if it happened now: what looks at the last minutes, such as "+
		"dashboards and Prometheus's alerts, sees it live. Without --speed in real time.").Bool()
	f.serve = cmd.Flag("serve", "Serve the metrics from the start, and stay up after the end until a signal.").Bool()
	f.meter, f.web, f.alerts = addMeterFlags(cmd), addWebFlags(cmd), addAlertFlags(cmd)
	return cmd.FullCommand(), f.run
}

const replayExamples = `
  genmeter replay runs/monday
      Print calls, failures, tokens by model and more of an afterimage run.
  genmeter replay --serve --speed=60 --loop runs/monday
      Play its hours as minutes, over and over, for Prometheus to scrape.
  genmeter replay --serve --speed=10 --now --alertmanager.url=http://127.0.0.1:9093 runs/monday
      A drill: dashboards and alerts show it as if it went on now.
  genmeter replay --alerts.file=alerts.yml --timezone=UTC runs/monday
      Try rules out: which alerts would have fired, and when.
  genmeter replay --push.gateway=http://127.0.0.1:9091 --run=monday runs/monday
      Push its totals to a Pushgateway: it is over before it could be scraped.
`

func (f *replayFlags) run(ctx context.Context, e env) error {
	if input := string(*f.input); *f.loop && (input == "-" || readOnce(input)) {
		return wrongUsage("--loop cannot begin again with standard input or a pipe: want a file")
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
	if *f.serve {
		alerts.log(e.logger) // without it they are part of what is printed
	}
	if *f.now && *f.speed == 0 {
		*f.speed = 1
	}
	if *f.loop && *f.speed == 0 {
		e.logger.Warn("the run begins again and again as fast as it goes; its own pace is --speed=1")
	}
	how := playing{speed: float64(*f.speed), loop: *f.loop, now: *f.now}
	p, err := newPlayer(ctx, e, string(*f.input), f.meter.timezone.Location, how, alerts, func(opts ...monitor.Option) (*meter, error) {
		return f.meter.open(e, *f.web.maxRequests, opts...)
	})
	if err != nil {
		return err
	}
	if *f.serve {
		return f.serveRun(ctx, e, p)
	}
	return f.printRun(ctx, e, p)
}

// serveRun plays while it serves, and goes on serving when the run has ended.
func (f *replayFlags) serveRun(ctx context.Context, e env, p *player) error {
	srv, err := f.web.listen(e)
	if err != nil {
		return errors.Join(err, p.drain(), p.close())
	}
	srv.start(p.meter)
	p.startPush()
	srv.sayWhere()
	ctx = srv.watch(ctx)
	if err = p.play(ctx); err == nil {
		e.logger.Info("replay finished", "events", p.events, "run", p.span.length())
		<-ctx.Done()
	}
	if ctx.Err() != nil { // to be interrupted is how it ends
		err = served(ctx)
	}
	e.logger.Info("shutting down")
	return errors.Join(err, end(ctx, p.meter, srv))
}

// printRun plays, prints what it came to, and pushes it.
func (f *replayFlags) printRun(ctx context.Context, e env, p *player) error {
	p.startPush()
	p.progress = newProgressLine(e.stderr)
	err := p.play(ctx)
	p.progress.clear()
	switch {
	case ctx.Err() == nil:
	case *f.loop:
		err = nil // to be interrupted is how it ends
	default:
		err = errors.New("interrupted before the end of the run")
	}
	return errors.Join(err, p.drain(), p.print(e.stdout), p.finishPush(), p.close(), p.forget(ctx))
}
