package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/internal/backtest"
	"github.com/genmeter/genmeter/monitor"
)

// player plays a recorded run into a meter whose clock is the run's own.
type player struct {
	*meter
	tally
	judge    *backtest.Judge // nil for none
	src      monitor.Source
	clock    backtest.Clock
	how      playing
	logger   *slog.Logger
	progress *progressLine        // nil shows nothing
	watch    func(*monitor.Event) // sees each event; nil for nobody
}

// playing is how a run is played.
type playing struct {
	speed float64 // 0 is as fast as it goes
	loop  bool
	now   bool // as if it happened now; wants a speed
}

// newPlayer opens the input; one without events is an error. The clock begins where the run does: nobody must see it
// stand in 1970, so the first event is looked at ahead.
func newPlayer(ctx context.Context, e env, input string, zone *time.Location, how playing, alerts *alertPlan,
	open func(...monitor.Option) (*meter, error),
) (*player, error) {
	src, err := openOnce(ctx, e, input, ingest.WithLocation(zone))
	if err != nil {
		return nil, err
	}
	p := &player{src: src, how: how, logger: e.logger}
	first, err := firstEvent(src)
	if err != nil {
		return nil, err
	}
	if how.now || first.Time.IsZero() { // a file without times happens now
		first.Time = time.Now()
	}
	p.clock.Advance(first.Time)
	if p.meter, err = open(monitor.WithClock(p.clock.Now)); err != nil {
		return nil, err
	}
	err = p.meter.judge(alerts, alerting.WithClock(p.clock.Now), alerting.WithInterval(0)) // it is the judge who evaluates
	p.judge = backtest.NewJudge(p.alerts, &p.clock, *alerts.file.Interval)
	return p, err
}

// openOnce opens an input for a player, who looks at its beginning and then plays it.
func openOnce(ctx context.Context, e env, input string, opts ...ingest.Option) (monitor.Source, error) {
	if r, name, once := openStream(ctx, e, input); once {
		return peekable(ingest.Read(r, name, opts...)), nil
	}
	return ingest.Open(input, opts...)
}

// play feeds the run; the clock follows it.
func (p *player) play(ctx context.Context) error {
	src := p.src
	speed := p.how.speed
	if p.how.loop {
		src = looped(src)
	}
	if p.how.now {
		src, speed = happening(src, speed), 1
	}
	if speed > 0 {
		src = paced(ctx, src, speed, p.judge)
	}
	report, err := ingest.Feed(ctx, p.Monitor, src, ingest.FeedOptions{
		Source: "replay", OnEvent: p.see, Logger: p.logger,
	})
	if err == nil {
		p.judge.Finish()
		err = errors.Join(report.Files...) // a part of the run is missing
	}
	return err
}

// see is called with each event before it is recorded.
func (p *player) see(ev *monitor.Event) {
	if !ev.Time.IsZero() {
		p.judge.Advance(ev.Time)
		p.clock.Advance(ev.Time)
	}
	p.add(ev)
	if p.watch != nil {
		p.watch(ev)
	}
	p.progress.show(p.events, p.span.length())
}
