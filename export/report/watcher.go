package report

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/internal/backtest"
	"github.com/genmeter/genmeter/monitor"
)

// watcher judges the run as it passes, by a monitor whose clock is the run's own. A nil one does nothing.
type watcher struct {
	monitor  *monitor.Monitor
	alerter  *alerting.Alerter
	clock    backtest.Clock
	judge    *backtest.Judge // from the first time on
	interval time.Duration
	timed    bool
	early    []monitor.Event // those without a time that came before the first time: they happened then
}

// maxEarly bounds how many events wait for a time. A run that has none so far is judged as if all of it were one moment.
const maxEarly = 4096

// newWatcher returns nil when there are no rules.
func newWatcher(o *Options) (*watcher, error) {
	file, interval := o.rules()
	if interval == 0 {
		return nil, nil
	}
	w := &watcher{interval: interval}
	quiet := slog.New(slog.DiscardHandler)
	var err error
	w.monitor, err = monitor.New(nil, monitor.WithClock(w.clock.Now), monitor.WithPrices(o.Prices), monitor.WithLogger(quiet))
	if err != nil {
		return nil, err
	}
	opts := append(file.Options(), alerting.WithClock(w.clock.Now), alerting.WithInterval(0), alerting.WithLogger(quiet))
	if w.alerter, err = alerting.New(w.monitor, file.Thresholds, opts...); err != nil {
		return nil, errors.Join(fmt.Errorf("alert rules: %w", err), w.monitor.Shutdown(context.Background()))
	}
	return w, nil
}

// see takes the next event. One without a kind stands for what could not be read.
func (w *watcher) see(ev *monitor.Event) {
	if w == nil {
		return
	}
	at, timed := instant(ev.Time)
	if !timed {
		ev.Time = time.Time{}
	}
	if w.judge == nil {
		if !timed && len(w.early) < maxEarly {
			w.early = append(w.early, *ev)
			return
		}
		w.start(at, timed)
	}
	if timed {
		w.judge.Advance(ev.Time)
		w.clock.Advance(ev.Time)
	}
	w.track(ev)
}

// start begins to judge.
func (w *watcher) start(at int64, timed bool) {
	if w.timed = timed; timed {
		w.clock.Advance(time.Unix(0, at))
	}
	w.judge = backtest.NewJudge(w.alerter, &w.clock, w.interval)
	for i := range w.early {
		w.track(&w.early[i])
	}
	w.early = nil
}

func (w *watcher) track(ev *monitor.Event) {
	const source = "report"
	if ev.Kind == 0 {
		w.monitor.CountRejected(source, monitor.ReasonMalformed, 1)
		return
	}
	ev.Source = source
	w.monitor.Track(context.Background(), *ev)
}

// finish evaluates once more at the end of the run.
func (w *watcher) finish() {
	if w == nil {
		return
	}
	if w.judge == nil {
		w.start(0, false)
	}
	w.judge.Finish()
}

func (w *watcher) alerts(zone *time.Location) *Alerts {
	if w == nil {
		return nil
	}
	return newAlerts(&w.judge.History, len(w.alerter.Rules()), w.interval, zone, w.timed)
}

// close ends what runs in the background.
func (w *watcher) close() {
	if w != nil {
		ctx := context.Background()
		_ = errors.Join(w.alerter.Shutdown(ctx), w.monitor.Shutdown(ctx)) // without handlers they have nothing to deliver
	}
}
