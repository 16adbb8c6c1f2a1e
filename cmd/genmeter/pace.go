package main

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/genmeter/genmeter/internal/backtest"
	"github.com/genmeter/genmeter/monitor"
)

// paced gives the events of src as far apart as their times are, divided by speed. Events without a time, or behind
// an earlier one, come at once. The evaluations of j, which may be nil, come between them, each at its own time. When ctx
// ends it gives that as its last error.
func paced(ctx context.Context, src monitor.Source, speed float64, j *backtest.Judge) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		var first, begun time.Time
		for ev, err := range src {
			if err == nil && !ev.Time.IsZero() {
				if first.IsZero() {
					first, begun = ev.Time, time.Now()
				}
				reach := func(t time.Time) error {
					return sleep(ctx, time.Until(begun.Add(scale(t.Sub(first), speed))))
				}
				err := j.Follow(ev.Time, reach)
				if err == nil {
					err = reach(ev.Time)
				}
				if err != nil {
					yield(monitor.Event{}, err)
					return
				}
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

// happening gives the events of src the times that they have when the first one happens now, and the others follow speed times
// as fast as they did. Durations stay.
func happening(src monitor.Source, speed float64) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		var first, begun time.Time
		for ev, err := range src {
			if err == nil && !ev.Time.IsZero() {
				if first.IsZero() {
					first, begun = ev.Time, time.Now()
				}
				ev.Time = begun.Add(scale(ev.Time.Sub(first), speed))
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

func scale(d time.Duration, speed float64) time.Duration {
	return time.Duration(min(float64(d)/speed, math.MaxInt64/2))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// looped gives the events of src again and again, each time later by the length of the run. Ids are renamed from the
// second time on: the same ids would be taken for the same events, and without any a begin would never meet its end.
// What could not be read is told once.
func looped(src monitor.Source) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		var shift time.Duration
		for round := 1; ; round++ {
			var span interval
			for ev, err := range src {
				if err != nil && round > 1 {
					continue
				}
				if err == nil && !ev.Time.IsZero() {
					span.add(ev.Time)
					ev.Time = ev.Time.Add(shift)
				}
				if ev.ID != "" && round > 1 {
					ev.ID += "~" + strconv.Itoa(round)
				}
				if !yield(ev, err) {
					return
				}
			}
			if span.first.IsZero() {
				return // nothing that could be shifted: the next round would be the same
			}
			shift += max(span.length(), time.Second)
		}
	}
}
