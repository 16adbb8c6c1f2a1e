package monitor

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestClockFollowsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(nil)
		for range 3 {
			for range 2 { // the first reads the wall clock, the second goes by the monotonic one
				if got, want := c.now(), time.Now().UTC().Round(0); got != want {
					t.Errorf("now is %v, want %v", got, want)
				}
				time.Sleep(1234567 * time.Nanosecond) // the bubble's time
			}
			c.resync()
		}
	})
}

// TestClockFollowsTheWall pretends that the wall clock was set back an hour: stamps follow after the pump has caught up.
func TestClockFollowsTheWall(t *testing.T) {
	c := newClock(nil)
	real := c.now()
	c.offset.Add(int64(time.Hour)) // what a wall clock an hour ahead would have left
	if ahead := c.now().Sub(real); ahead < time.Hour {
		t.Fatalf("the stamp is %v ahead, want an hour", ahead)
	}
	c.resync()
	if off := c.now().Sub(real); off < 0 || off > time.Hour/2 {
		t.Errorf("after a resync the stamp is %v off", off)
	}
}

func TestClockCustom(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	at := time.Date(2026, 3, 14, 23, 50, 0, 0, berlin)
	c := newClock(func() time.Time { return at })
	if got := c.now(); !got.Equal(at) || got.Location() != berlin {
		t.Errorf("now is %v, want %v", got, at)
	}
	start := c.instant()
	at = at.Add(time.Minute)
	if got := c.elapsed(start); got != time.Minute {
		t.Errorf("elapsed is %v, want a minute", got)
	}
}
