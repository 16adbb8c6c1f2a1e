package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/genmeter/genmeter/internal/backtest"
	"github.com/genmeter/genmeter/monitor"
)

var dawn = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

// at is a Source of events at these seconds after dawn, with errors where they are negative.
func at(seconds ...float64) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for _, s := range seconds {
			ev, err := monitor.Event{ID: "x", Time: dawn.Add(time.Duration(s * 1e9))}, error(nil)
			if s < 0 {
				ev, err = monitor.Event{}, errors.New("bad line")
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

func TestPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var when []float64
		for range paced(t.Context(), at(0, 10, 10, -1, 4, 60), 10, nil) {
			when = append(when, time.Since(begun).Seconds())
		}
		if want := []float64{0, 1, 1, 1, 1, 6}; !slices.Equal(when, want) {
			t.Errorf("events came at %v, want %v", when, want)
		}
	})
}

func TestPacedInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var n int
		var last error
		for _, err := range paced(ctx, at(0, 30, 3600), 1, nil) {
			n, last = n+1, err
		}
		if n != 3 || !errors.Is(last, context.DeadlineExceeded) {
			t.Errorf("%d items, the last with %v", n, last)
		}
	})
}

// What happens now has its own pace, and the time of the clock on the wall when it comes.
func TestHappening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var seconds []float64
		for ev, err := range paced(t.Context(), happening(looped(at(0, 10, -1, 40)), 10), 1, nil) {
			if err != nil {
				continue
			}
			if !ev.Time.Equal(time.Now()) {
				t.Errorf("an event of %v comes at %v", ev.Time, time.Now())
			}
			if seconds = append(seconds, ev.Time.Sub(begun).Seconds()); len(seconds) == 6 {
				break
			}
		}
		if want := []float64{0, 1, 4, 4, 5, 8}; !slices.Equal(seconds, want) {
			t.Errorf("events at %v, want %v", seconds, want)
		}
	})
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		d     time.Duration
		speed float64
		want  time.Duration
	}{
		{time.Hour, 1, time.Hour}, {time.Hour, 60, time.Minute}, {time.Second, 0.5, 2 * time.Second},
		{time.Hour, 1e-300, 1 << 62}, {-time.Hour, 1, -time.Hour},
	} {
		if got := scale(c.d, c.speed); got != c.want {
			t.Errorf("scale(%v, %v) = %v, want %v", c.d, c.speed, got, c.want)
		}
	}
}

func TestLooped(t *testing.T) {
	var seconds []float64
	var ids []string
	bad := 0
	for ev, err := range looped(at(0, -1, 20, 10)) {
		if err != nil {
			bad++
			continue
		}
		seconds = append(seconds, ev.Time.Sub(dawn).Seconds())
		if ids = append(ids, ev.ID); len(seconds) == 8 {
			break
		}
	}
	if want := []float64{0, 20, 10, 20, 40, 30, 40, 60}; !slices.Equal(seconds, want) {
		t.Errorf("events at %v, want %v", seconds, want)
	}
	if want := []string{"x", "x", "x", "x~2", "x~2", "x~2", "x~3", "x~3"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
	if bad != 1 {
		t.Errorf("the bad line was told %d times", bad)
	}
}

// A loop over nothing ends, and one over a single moment goes on by a second.
func TestLoopedEdges(t *testing.T) {
	for range looped(at(-1)) {
	}
	var last time.Duration
	for ev := range looped(at(5)) {
		if last = ev.Time.Sub(dawn); last >= 8*time.Second {
			break
		}
	}
	if last != 8*time.Second {
		t.Errorf("the fourth round is at %v", last)
	}
}

func TestPeekable(t *testing.T) {
	reads := 0
	src := peekable(func(yield func(monitor.Event, error) bool) {
		reads++
		at(-1, 1, 2, 3)(yield)
	})
	first, err := firstEvent(src)
	if err != nil || !first.Time.Equal(dawn.Add(time.Second)) {
		t.Errorf("first event at %v, %v", first.Time, err)
	}
	var seconds []float64
	for ev, err := range src {
		if err != nil {
			seconds = append(seconds, -1)
			continue
		}
		seconds = append(seconds, ev.Time.Sub(dawn).Seconds())
	}
	if want := []float64{-1, 1, 2, 3}; !slices.Equal(seconds, want) || reads != 1 {
		t.Errorf("events %v after %d reads, want %v", seconds, reads, want)
	}
}

func TestEventClock(t *testing.T) {
	var c backtest.Clock
	c.Advance(dawn.Add(time.Minute))
	c.Advance(dawn) // late: from another thread
	if got := c.Now(); !got.Equal(dawn.Add(time.Minute)) {
		t.Errorf("the clock shows %v", got)
	}
}
