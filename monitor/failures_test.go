package monitor

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestFailures: every failed call is in one class, with the latest of each, though the ring has long lost them.
func TestFailures(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now), WithRingSize(256))
	ctx := t.Context()
	if got := m.Failures(); got != nil {
		t.Errorf("before any event there are %+v", got)
	}
	for i := range 30 {
		m.TrackGeneration(ctx, Generation{Model: fmt.Sprint("m", i), Error: fmt.Sprint("503 of call ", i)})
		if i%2 == 0 {
			m.TrackGeneration(ctx, Generation{ErrorType: ErrorTimeout})
			m.TrackGeneration(ctx, Generation{Error: "429 Too Many Requests", Model: "m"})
		}
		clock.advance(time.Second)
	}
	m.TrackGeneration(ctx, Generation{Model: "m"})                       // rejected, which is no error
	m.TrackEvaluation(ctx, Evaluation{Evaluator: "e", Error: "no JSON"}) // no call
	for range 1000 {
		m.TrackGeneration(ctx, Generation{Model: "m", Success: true})
	}
	want := []FailureClass{
		{ErrorServer, 30, testEpoch.Add(29 * time.Second), "m29", "503 of call 29"},
		{ErrorRateLimit, 15, testEpoch.Add(28 * time.Second), "m", "429 Too Many Requests"},
		{ErrorTimeout, 15, testEpoch.Add(28 * time.Second), "", ""},
	}
	if got := m.Failures(); !slices.Equal(got, want) {
		t.Errorf("failures are\n%+v, want\n%+v", got, want)
	}
	if n := m.Progress().Failures; n != 60 {
		t.Errorf("%d calls failed, want 60", n)
	}
}
