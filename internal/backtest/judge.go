package backtest

import (
	"iter"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

// Judge evaluates alert rules as the clock of a recorded run passes their intervals, as if somebody had watched it live.
// A nil one does nothing.
type Judge struct {
	alerter  *alerting.Alerter
	clock    *Clock
	interval time.Duration
	settled  time.Duration // without any event nothing happens after that
	next     time.Time     // evaluation
	History  History       // so far
}

// NewJudge returns nil for a nil alerter, whose own interval must be 0. The clock stands where the run begins.
func NewJudge(alerter *alerting.Alerter, clock *Clock, interval time.Duration) *Judge {
	if alerter == nil {
		return nil
	}
	j := &Judge{alerter: alerter, clock: clock, interval: interval, next: clock.Now().Add(interval)}
	for _, r := range alerter.Rules() {
		j.settled = max(j.settled, r.For)
	}
	// Windows are an hour at most, and a call in progress is given up after an hour.
	j.settled = min(j.settled, 24*time.Hour) + time.Hour + 2*interval
	return j
}

// Due gives the times of the evaluations up to t, in order. Of a gap in the run it gives the beginning, in which alerts end
// and a stall is noticed, and the last.
func (j *Judge) Due(t time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if j == nil {
			return
		}
		for quiet := j.clock.Now().Add(j.settled); !j.next.After(t); j.next = j.next.Add(j.interval) {
			if j.next.After(quiet) {
				j.next = j.next.Add(t.Sub(j.next) / j.interval * j.interval)
			}
			if !yield(j.next) {
				return
			}
		}
	}
}

// Follow makes the evaluations that are due up to t, each when reach returns, until it gives an error.
func (j *Judge) Follow(t time.Time, reach func(time.Time) error) error {
	for at := range j.Due(t) {
		if err := reach(at); err != nil {
			return err
		}
		j.evaluate(at)
	}
	return nil
}

// Advance makes the evaluations that are due up to t at once.
func (j *Judge) Advance(t time.Time) {
	_ = j.Follow(t, func(time.Time) error { return nil })
}

// Finish evaluates once more where the clock stands, at the end of the run.
func (j *Judge) Finish() {
	if j != nil {
		j.evaluate(j.clock.Now())
	}
}

func (j *Judge) evaluate(at time.Time) {
	j.clock.Advance(at)
	for _, a := range j.alerter.Evaluate(at) {
		j.History.Add(a)
	}
}
