package main

import (
	"iter"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

// judge evaluates alert rules as the clock of a recorded run passes their intervals, as if somebody had watched it live.
// A nil one does nothing.
type judge struct {
	alerter  *alerting.Alerter
	clock    *eventClock
	interval time.Duration
	settled  time.Duration // without any event nothing happens after that
	next     time.Time     // evaluation
	history  alertHistory
}

// newJudge returns nil when m has no alerts. The clock stands where the run begins.
func newJudge(m *meter, clock *eventClock, interval time.Duration) *judge {
	if m.alerts == nil {
		return nil
	}
	j := &judge{alerter: m.alerts, clock: clock, interval: interval, next: clock.now().Add(interval)}
	for _, r := range m.alerts.Rules() {
		j.settled = max(j.settled, r.For)
	}
	// Windows are an hour at most, and a call in progress is given up after an hour.
	j.settled = min(j.settled, 24*time.Hour) + time.Hour + 2*interval
	return j
}

// due gives the times of the evaluations up to t, in order. Of a gap in the run it gives the beginning, in which alerts end
// and a stall is noticed, and the last.
func (j *judge) due(t time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if j == nil {
			return
		}
		for quiet := j.clock.now().Add(j.settled); !j.next.After(t); j.next = j.next.Add(j.interval) {
			if j.next.After(quiet) {
				j.next = j.next.Add(t.Sub(j.next) / j.interval * j.interval)
			}
			if !yield(j.next) {
				return
			}
		}
	}
}

// follow makes the evaluations that are due up to t, each when reach returns, until it gives an error.
func (j *judge) follow(t time.Time, reach func(time.Time) error) error {
	for at := range j.due(t) {
		if err := reach(at); err != nil {
			return err
		}
		j.evaluate(at)
	}
	return nil
}

// advance makes the evaluations that are due up to t at once.
func (j *judge) advance(t time.Time) {
	_ = j.follow(t, func(time.Time) error { return nil })
}

// finish evaluates once more where the clock stands, at the end of the run.
func (j *judge) finish() {
	if j != nil {
		j.evaluate(j.clock.now())
	}
}

func (j *judge) evaluate(at time.Time) {
	j.clock.advance(at)
	for _, a := range j.alerter.Evaluate(at) {
		j.history.add(a)
	}
}
