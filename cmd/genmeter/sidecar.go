package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/ingest/journal"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// sidecarFlags are those of every command that takes events from other programs.
type sidecarFlags struct {
	meter  *meterFlags
	web    *webFlags
	alerts *alertFlags
	data   *dataFlags
	follow *[]string
	logDir *string
}

func addSidecarFlags(cmd *kingpin.CmdClause) *sidecarFlags {
	f := &sidecarFlags{meter: addMeterFlags(cmd), web: addWebFlags(cmd), alerts: addAlertFlags(cmd), data: addDataFlags(cmd)}
	f.follow = cmd.Flag("follow", "Also read events from this file, or the files of this directory, while they are written, repeatable: "+
		"event lines, or what afterimage.monitoring writes. They need not be there yet, and may be rotated. What they hold already "+
		"counts too.").PlaceHolder("PATH").Strings()
	f.logDir = cmd.Flag("log-dir", "Also write each sample and event to metrics.jsonl and genmeter.log in this directory.").
		PlaceHolder("DIR").String()
	return f
}

// sidecar is a meter, the ways by which events come into it, and the server around it.
type sidecar struct {
	*meter
	server  *server
	journal *journal.Journal // nil for none
	intake  *ingest.Intake
	otlp    *ingest.OTLPIntake
	flags   *sidecarFlags
	zone    *time.Location
	rules   alerting.File    // by which the run is judged
	before  monitor.Progress // of the run, when it was resumed

	followers *followers
	stopFlush func()
}

func (f *sidecarFlags) check() error {
	return errors.Join(f.web.check(), f.meter.push.check(os.Getenv), f.data.check(), f.checkFollow())
}

// open checks the flags and opens everything; start begins to serve. handlers hear of alerts too.
func (f *sidecarFlags) open(e env, handlers ...alerting.Handler) (*sidecar, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	alerts, err := f.alerts.plan(*f.meter.run)
	if err != nil {
		return nil, err
	}
	alerts.log(e.logger)
	alerts.handlers = append(alerts.handlers, handlers...)
	s := &sidecar{flags: f, zone: f.meter.timezone.Location, rules: alerts.file}
	if s.server, err = f.web.listen(e); err != nil {
		return nil, err
	}
	if err := s.open(e, alerts); err != nil {
		s.server.closeListeners()
		return nil, errors.Join(err, s.closeJournal())
	}
	return s, nil
}

// open opens what is behind the server. Alerts are judged when the earlier part of the run is counted.
func (s *sidecar) open(e env, alerts *alertPlan) (err error) {
	if s.journal, err = s.flags.data.open(e.logger); err != nil {
		return err
	}
	held, err := s.flags.data.openHeld(e.logger)
	if err != nil {
		return err
	}
	var opts []monitor.Option
	if dir := *s.flags.logDir; dir != "" {
		opts = append(opts, monitor.WithLogDir(dir))
	}
	if s.meter, err = s.flags.meter.open(e, *s.flags.web.maxRequests, opts...); err != nil {
		return err
	}
	ids := resume(s.Monitor, s.journal, held, e.logger)
	s.before = s.Progress()
	s.intake = ingest.NewIntake(s.Monitor, s.keeper(), ids)
	s.intake.Logger = e.logger
	s.otlp = ingest.NewOTLPIntake(s.intake, ingest.OTLPOptions{})
	if held != nil {
		if n := s.otlp.KeepIn(held, time.Now()); n > 0 {
			e.logger.Info("usage that waited for its calls waits again", "events", n)
		}
	}
	if err := s.judge(alerts); err != nil {
		return err
	}
	if err := s.server.writeFileSD(); err != nil {
		return errors.Join(err, s.drain(), s.close())
	}
	return nil
}

// keeper is the journal as the intake wants it: a nil interface for none.
func (s *sidecar) keeper() ingest.Journal {
	if s.journal == nil {
		return nil
	}
	return s.journal
}

// start begins to serve, to follow, to push and to judge.
func (s *sidecar) start() {
	s.server.start(s.meter, web.WithIntake(s.intake, s.zone), web.WithOTLP(s.otlp))
	s.followers = s.follow(*s.flags.follow, *s.flags.data.dir)
	s.stopFlush = s.flushOTLP()
	s.startPush()
	s.startAlerts()
}

// flushOTLP takes what OTLP's spans left open when its time is up.
func (s *sidecar) flushOTLP() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case now := <-ticker.C:
				if err := s.otlp.Flush(ctx, now); err != nil {
					s.logger.Error("usage that agents reported could not be kept; it is tried again", "err", err)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}

// endRoads ends the ways in: what is under way still comes in, and is durable; what comes later is refused. Nothing is
// written to the journal any more.
func (s *sidecar) endRoads() error {
	err := s.followers.stop()
	s.stopFlush()
	ctx, cancel := context.WithTimeout(context.Background(), s.limits.drain)
	defer cancel()
	err = errors.Join(err, s.otlp.Drain(ctx))
	s.intake.Close()
	return errors.Join(err, s.closeJournal())
}

// end ends in the order in which nothing is lost.
func (s *sidecar) end(ctx context.Context) error {
	s.logger.Info("shutting down")
	return errors.Join(s.endRoads(), end(ctx, s.meter, s.server))
}

// abandon closes what open has opened, when there is to be no start.
func (s *sidecar) abandon() error {
	s.server.closeListeners()
	return errors.Join(s.drain(), s.close(), s.closeJournal(), s.server.removeFileSD())
}

func (s *sidecar) closeJournal() error {
	if s.journal == nil {
		return nil
	}
	return s.journal.Close()
}

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
			_, _ = io.Copy(io.Discard, e.stdin) // what stands behind something that is no text must not hold up who writes it
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
