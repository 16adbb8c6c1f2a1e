package monitor

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"
)

// TestRecordingAllocatesNothing counts what the caller and the pump allocate together. The series exist: making one
// takes memory once.
func TestRecordingAllocatesNothing(t *testing.T) {
	m := newMetered(t)
	ctx := context.Background()
	failed := benchGen
	failed.Success, failed.Error = false, "Error code: 429 - rate limit reached"
	evaluation := Evaluation{Duration: time.Second, Success: true, Evaluator: "judge", Model: "gpt-4o", PromptTokens: 9}
	for name, test := range map[string]struct {
		record func()
		want   float64
	}{
		"TrackGeneration":   {func() { m.TrackGeneration(ctx, benchGen) }, 0},
		"a failure":         {func() { m.TrackGeneration(ctx, failed) }, 0},
		"TrackEvaluation":   {func() { m.TrackEvaluation(ctx, evaluation) }, 0},
		"TrackRecord":       {func() { m.TrackRecord(ctx, Record{ID: "row", Outcome: Rejected, Reason: "short"}) }, 0},
		"RecordMetric":      {func() { m.RecordMetric(ctx, "queue_depth", 7) }, 0},
		"SetTarget":         {func() { m.SetTarget(100) }, 0},
		"Track":             {func() { m.Track(ctx, Event{Kind: KindGeneration, Model: "m"}) }, 0},
		"Begin and End":     {func() { m.Begin(benchGen).End(ctx, func(g *Generation) { g.Success = true }) }, 1},       // the Call
		"one score":         {func() { m.TrackEvaluation(ctx, Evaluation{Scores: []Score{{Name: "a", Value: 1}}}) }, 2}, // the caller's list and its copy
		"of the future":     {func() { m.TrackGeneration(ctx, Generation{Time: testEpoch.AddDate(100, 0, 0)}) }, 0},
		"a negative number": {func() { m.TrackGeneration(ctx, Generation{Turns: -1}) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for range 200 { // the series, the cells and the lists of the pump
				test.record()
			}
			m.pump.drain()
			if got := testing.AllocsPerRun(500, test.record); got != test.want {
				t.Errorf("%v allocations, want %v", got, test.want)
			}
			m.pump.drain()
		})
	}
}

// TestThePumpAllocatesNothing for series that exist.
func TestThePumpAllocatesNothing(t *testing.T) {
	clock := newTestClock()
	m, err := New(noop.NewMeterProvider(), WithClock(clock.now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown(context.Background()) })
	ctx := context.Background()
	record := func() {
		m.TrackGeneration(ctx, benchGen)
		m.TrackRecord(ctx, Record{})
		m.RecordMetric(ctx, "queue_depth", 7)
	}
	record()
	m.pump.drain()
	got := testing.AllocsPerRun(200, func() {
		for range 100 {
			record()
		}
		m.pump.drain()
	})
	if got > 5 { // of 300 events: a drain's own few
		t.Errorf("%v allocations in 300 events, want a drain's own few", got)
	}
}
