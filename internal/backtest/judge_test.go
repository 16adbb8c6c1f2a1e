package backtest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
)

// judged feeds events at the given times to a judge that evaluates every minute.
var dawn = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

func judged(t *testing.T, th alerting.Thresholds, events ...monitor.Event) *Judge {
	t.Helper()
	clock := new(Clock)
	clock.Advance(dawn)
	mon, err := monitor.New(nil, monitor.WithClock(clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	al, err := alerting.New(mon, th, alerting.WithInterval(0), alerting.WithClock(clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(al.Shutdown(context.Background()), mon.Shutdown(context.Background())) })
	j := NewJudge(al, clock, time.Minute)
	for _, ev := range events {
		j.Advance(ev.Time)
		clock.Advance(ev.Time)
		mon.Track(t.Context(), ev)
	}
	j.Finish()
	return j
}

func calls(n int, success bool, after time.Duration) []monitor.Event {
	ev := monitor.Event{Kind: monitor.KindGeneration, Success: success, Time: dawn.Add(after)}
	return slices.Repeat([]monitor.Event{ev}, n)
}

// TestJudge: an alert begins and ends at the evaluations that would have seen it live, gaps included.
func TestJudge(t *testing.T) {
	events := slices.Concat(calls(10, false, 30*time.Second), calls(1, true, 72*time.Hour),
		calls(9, false, 72*time.Hour+10*time.Second))
	j := judged(t, alerting.Thresholds{MinSuccessRate: new(0.8)}, events...)
	type episode struct{ from, to time.Duration }
	var got []episode
	for _, a := range j.History.Fired {
		e := episode{from: a.StartsAt.Sub(dawn)}
		if !a.EndsAt.IsZero() {
			e.to = a.EndsAt.Sub(dawn)
		}
		got = append(got, e)
	}
	want := []episode{{time.Minute, 6 * time.Minute}, {72*time.Hour + 10*time.Second, 0}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestJudgeStall: a stall is noticed while nothing comes.
func TestJudgeStall(t *testing.T) {
	events := []monitor.Event{
		{Kind: monitor.KindBegin, ID: "a", Time: dawn},
		{Kind: monitor.KindGeneration, Success: true, ID: "a", Time: dawn.Add(30 * time.Minute)},
	}
	j := judged(t, alerting.Thresholds{MaxStall: new(10 * time.Minute)}, events...)
	if len(j.History.Fired) != 1 {
		t.Fatalf("got %+v, want one alert", j.History.Fired)
	}
	a := j.History.Fired[0]
	if from, to := a.StartsAt.Sub(dawn), a.EndsAt.Sub(dawn); from != 11*time.Minute || to != 30*time.Minute {
		t.Errorf("it fired from %v to %v", from, to)
	}
}

// TestJudgeGap: a gap of years costs a bounded number of evaluations, and leaves the next one on its minute.
func TestJudgeGap(t *testing.T) {
	j := judged(t, alerting.DefaultThresholds())
	n, last := 0, time.Time{}
	end := dawn.AddDate(50, 0, 0).Add(10 * time.Second)
	for at := range j.Due(end) {
		n, last = n+1, at
	}
	if n < 60 || n > 70 || end.Sub(last) != 10*time.Second || j.next.Sub(last) != time.Minute {
		t.Errorf("%d evaluations, the last %v before the end, the next %v later", n, end.Sub(last), j.next.Sub(last))
	}
}

func TestNoJudge(t *testing.T) {
	j := NewJudge(nil, nil, time.Minute)
	j.Advance(dawn)
	j.Finish()
}

// TestJudgeFollow: an evaluation waits for its time to come, and does not happen when the wait fails.
func TestJudgeFollow(t *testing.T) {
	j := judged(t, alerting.DefaultThresholds())
	var reached []time.Duration
	late := errors.New("interrupted")
	err := j.Follow(dawn.Add(10*time.Minute), func(at time.Time) error {
		if reached = append(reached, at.Sub(dawn)); len(reached) == 3 {
			return late
		}
		return nil
	})
	want := []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute}
	if !errors.Is(err, late) || !slices.Equal(reached, want) || !j.clock.Now().Equal(dawn.Add(2*time.Minute)) {
		t.Errorf("error %v, reached %v, the clock %v", err, reached, j.clock.Now().Sub(dawn))
	}
}
