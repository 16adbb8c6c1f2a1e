package alerting

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// reading is what a rule has before it at one time.
type reading struct {
	now   time.Time
	stat  monitor.Stat     // of the rule's metric in its window
	run   monitor.Progress // of the whole run
	lost  monitor.Losses   // in the window
	awake time.Time        // since when somebody has been watching without a break; zero for ever
}

// value returns what the rule compares, and whether there is enough to go by.
func (r *Rule) value(in *reading) (v float64, known bool) {
	switch r.source {
	case fromStall:
		since := in.run.LastSuccess
		if since.IsZero() {
			since = in.run.Start
		}
		if since.Before(in.awake) {
			since = in.awake // while the process was stopped, nothing could succeed
		}
		return max(0, in.now.Sub(since).Seconds()), in.run.InProgress > 0 && !in.run.Start.IsZero()
	case fromCost:
		return in.run.CostUSD, in.run.CostUSD > 0
	case fromLosses:
		return float64(in.lost.Rejected + in.lost.Dropped), true
	}
	enough := in.stat.Count >= uint64(r.MinSamples)
	if r.Statistic.quantile() > 0 && in.stat.QuantileCoverage == 0 {
		enough = false // the ring has none of the samples any more
	}
	return r.Statistic.of(&in.stat, r.Window), enough
}

// status is where a rule stands between evaluations.
type status struct {
	state State
	since time.Time // the condition has held
	fired time.Time // it began to fire
	told  time.Time // handlers heard last
	ended time.Time // it was resolved

	value float64
	known bool
	cause string // ", mostly rate_limit", as of the latest event
}

// event is what handlers are to hear of an evaluation.
type event uint8

const (
	nothing event = iota
	began
	reminded
	ended
)

// step moves a rule on to the time of the reading. It depends on nothing but its arguments.
func (s *status) step(r *Rule, in *reading, repeat time.Duration) event {
	now := in.now
	s.value, s.known = r.value(in)
	if !s.known || !r.Comparison.holds(s.value, r.Threshold) {
		return s.clear(now)
	}
	s.rewind(now)
	switch s.state {
	case Inactive, Resolved:
		s.state, s.since, s.cause = Pending, now, ""
	case Firing:
		if repeat > 0 && now.Sub(s.told) >= repeat {
			s.told = now
			return reminded
		}
		return nothing
	}
	if now.Sub(s.since) < r.For {
		return nothing
	}
	s.state, s.fired, s.told = Firing, now, now
	return began
}

// clear says that the condition does not hold.
func (s *status) clear(now time.Time) event {
	switch s.state {
	case Firing:
		s.state, s.ended = Resolved, now
		return ended
	case Pending, Resolved:
		s.state = Inactive
	}
	return nothing
}

// rewind keeps to a clock that was set back: what has been waited for is waited for again, and nothing fires early.
func (s *status) rewind(now time.Time) {
	for _, t := range []*time.Time{&s.since, &s.fired, &s.told} {
		if t.After(now) {
			*t = now
		}
	}
}
