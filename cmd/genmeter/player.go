package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// player plays a recorded run into a meter whose clock is the run's own.
type player struct {
	*meter
	tally
	src      monitor.Source
	clock    eventClock
	speed    float64 // 0 is as fast as it goes
	loop     bool
	logger   *slog.Logger
	progress *progressLine // nil shows nothing
}

// newPlayer opens the input; one without events is an error. The clock begins where the run does: nobody must see it
// stand in 1970, so the first event is looked at ahead.
func (f *replayFlags) newPlayer(e env) (*player, error) {
	src, err := ingest.Open(string(*f.input), ingest.WithLocation(f.meter.timezone.Location), ingest.WithStdin(e.stdin))
	if err != nil {
		return nil, err
	}
	if *f.input == "-" {
		src = peekable(src)
	}
	p := &player{src: src, speed: float64(*f.speed), loop: *f.loop, logger: e.logger}
	first, err := firstEvent(src)
	if err != nil {
		return nil, err
	}
	if first.Time.IsZero() { // a file without times happens now
		first.Time = time.Now()
	}
	p.clock.advance(first.Time)
	p.meter, err = f.meter.open(e, *f.web.maxRequests, monitor.WithClock(p.clock.now))
	return p, err
}

// play feeds the run; the clock follows it.
func (p *player) play(ctx context.Context) error {
	src := p.src
	if p.loop {
		src = looped(src)
	}
	if p.speed > 0 {
		src = paced(ctx, src, p.speed)
	}
	report, err := ingest.Feed(ctx, p.Monitor, src, ingest.FeedOptions{
		Source: "replay", OnEvent: p.see, Logger: p.logger,
	})
	if err == nil {
		err = errors.Join(report.Files...) // a part of the run is missing
	}
	return err
}

// see is called with each event before it is recorded.
func (p *player) see(ev *monitor.Event) {
	if !ev.Time.IsZero() {
		p.clock.advance(ev.Time)
	}
	p.add(ev)
	p.progress.show(p.events, p.span.length())
}
