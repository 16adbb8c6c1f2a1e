package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// sidecarFlags are those of every command that takes events from other programs.
type sidecarFlags struct {
	meter  *meterFlags
	web    *webFlags
	alerts *alertFlags
	logDir *string
}

func addSidecarFlags(cmd *kingpin.CmdClause) *sidecarFlags {
	f := &sidecarFlags{meter: addMeterFlags(cmd), web: addWebFlags(cmd), alerts: addAlertFlags(cmd)}
	f.logDir = cmd.Flag("log-dir", "Also write each sample and event to metrics.jsonl and genmeter.log in this directory.").
		PlaceHolder("DIR").String()
	return f
}

// sidecar is a meter, the way events come into it, and the server around it.
type sidecar struct {
	*meter
	server *server
	intake *ingest.Intake
	zone   *time.Location
}

// open checks the flags and opens everything; start begins to serve. handlers hear of alerts too.
func (f *sidecarFlags) open(e env, handlers ...alerting.Handler) (*sidecar, error) {
	if err := f.web.check(); err != nil {
		return nil, err
	}
	if err := f.meter.push.check(os.Getenv); err != nil {
		return nil, err
	}
	alerts, err := f.alerts.plan(*f.meter.run)
	if err != nil {
		return nil, err
	}
	alerts.log(e.logger)
	alerts.handlers = append(alerts.handlers, handlers...)
	srv, err := f.web.listen(e)
	if err != nil {
		return nil, err
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
		return nil, err
	}
	if err := srv.writeFileSD(); err != nil {
		srv.closeListeners()
		return nil, errors.Join(err, m.drain(), m.close())
	}
	return &sidecar{meter: m, server: srv, intake: ingest.NewIntake(m.Monitor, nil, nil), zone: f.meter.timezone.Location}, nil
}

// start begins to serve, to push and to judge.
func (s *sidecar) start() {
	s.server.start(s.meter, web.WithIntake(s.intake, s.zone))
	s.startPush()
	s.startAlerts()
}

// end ends in the order in which nothing is lost.
func (s *sidecar) end(ctx context.Context) error { return end(ctx, s.meter, s.server) }

// stdinGrace is how long events may still arrive on standard input after the signal to end: in a pipe the generator got
// the same Ctrl-C, and writes its last lines.
const stdinGrace = time.Second

// readInput takes events from standard input in the background. The function it returns gives it a moment to come to its end,
// and then stops it; a read that blocks is left alone, since nothing can interrupt it.
func (s *sidecar) readInput(e env) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		src := ingest.Read(e.stdin, "standard input", ingest.WithLocation(s.zone))
		report, err := s.intake.Feed(ctx, src, ingest.FeedOptions{Source: "stdin", Logger: e.logger})
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
