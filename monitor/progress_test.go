package monitor

import (
	"testing"
	"time"
)

func TestProgressOfNothing(t *testing.T) {
	m := newMetered(t)
	if p := m.Progress(); p != (Progress{}) {
		t.Errorf("progress is %+v, want nothing", p)
	}
	m.SetTarget(10)
	if p := m.Progress(); p.Target != 10 || p.Rate != 0 || p.ETA != 0 || p.ProjectedCostUSD != 0 {
		t.Errorf("progress is %+v, want a target alone", p)
	}
}

// TestProgress is what distilabel#462 and curator#550 ask for: done, rate, ETA, spend so far and at the end.
func TestProgress(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	ctx := t.Context()
	m.SetTarget(1000)
	open := m.Begin(Generation{Model: "m"})
	for i := range 100 { // in 100 s: a record a second, every fifth rejected
		m.TrackGeneration(ctx, Generation{Model: "m", Success: i%10 != 0, ErrorType: ErrorTimeout, CostUSD: 0.25, TotalTokens: 5})
		outcome := Accepted
		if i%5 == 0 {
			outcome = Rejected
		}
		m.TrackRecord(ctx, Record{Outcome: outcome})
		clock.advance(time.Second)
	}
	m.TrackRecord(ctx, Record{Outcome: Failed})
	m.TrackGeneration(ctx, Generation{Model: "free", TotalTokens: 7})
	want := Progress{
		Done: 80, Rejected: 20, Failed: 1, Target: 1000, Calls: 101, Failures: 10, InProgress: 1,
		LastSuccess: testEpoch.Add(99 * time.Second), Start: testEpoch, Elapsed: 100 * time.Second,
		Rate: 0.8, ETA: 1150 * time.Second, // 920 more
		TotalTokens: 507, CostUSD: 25, ProjectedCostUSD: 312.5, UnpricedTokens: 7,
	}
	if p := m.Progress(); p != want {
		t.Errorf("progress is\n%+v, want\n%+v", p, want)
	}
	open.End(ctx, nil)

	// Ten idle minutes: the rate is that of the last five.
	clock.advance(10 * time.Minute)
	if p := m.Progress(); p.Rate != 0 || p.ETA != 0 || p.Elapsed != 700*time.Second || p.ProjectedCostUSD != 312.5 || p.InProgress != 0 {
		t.Errorf("after an idle time %+v, want no rate and no ETA", p)
	}
	for range 920 {
		m.TrackRecord(ctx, Record{})
	}
	clock.advance(time.Second)
	if p := m.Progress(); p.Done != 1000 || p.ETA != 0 || p.Rate <= 0 || p.ProjectedCostUSD != 25 {
		t.Errorf("at the target %+v, want no ETA, and nothing more to spend", p)
	}
	m.TrackRecord(ctx, Record{})
	if p := m.Progress(); p.Done != 1001 || p.ETA != 0 || p.ProjectedCostUSD != p.CostUSD {
		t.Errorf("past the target %+v, want what is spent", p)
	}
}

func TestProgressFarFromItsTarget(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	m.SetTarget(1 << 40)
	m.TrackRecord(t.Context(), Record{})
	clock.advance(4 * time.Minute)
	if p := m.Progress(); p.ETA < 0 {
		t.Errorf("the ETA is %v, want none: it does not fit a Duration", p.ETA)
	}
}

// TestProgressRateOfTheLastFiveMinutes does not remember a slow start.
func TestProgressRateOfTheLastFiveMinutes(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	m.TrackRecord(t.Context(), Record{})
	clock.advance(time.Hour)
	for range 600 {
		clock.advance(500 * time.Millisecond)
		m.TrackRecord(t.Context(), Record{})
	}
	if p := m.Progress(); p.Rate < 1.99 || p.Rate > 2.02 {
		t.Errorf("the rate is %v, want 2", p.Rate)
	}
}
