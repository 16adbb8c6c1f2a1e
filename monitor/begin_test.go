package monitor

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func TestBeginAndEnd(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	ctx := t.Context()
	m.want("genmeter.generations_in_progress", nil)
	a := m.Begin(Generation{Provider: "openai", Model: "gpt-4o", Step: "draft", RecordID: "row"})
	b := m.Begin(Generation{Provider: "openai", Model: "gpt-4o"})
	c := m.Begin(Generation{Model: "llama"})
	m.want("genmeter.generations_in_progress", map[string]point{
		"M=gpt-4o,P=openai": {value: 2}, "M=llama,P=unknown": {value: 1},
	})
	m.want("genmeter.generations", nil) // a call is counted when it has ended

	clock.advance(1500 * time.Millisecond)
	a.End(ctx, func(g *Generation) { g.Success, g.CompletionTokens = true, 128 })
	b.End(ctx, func(g *Generation) { g.Duration = 7 * time.Second }) // measured better by the caller
	m.want("genmeter.generations_in_progress", map[string]point{
		"M=gpt-4o,P=openai": {}, "M=llama,P=unknown": {value: 1},
	})
	if got := m.Progress().InProgress; got != 1 {
		t.Errorf("%d calls are in progress, want 1", got)
	}
	clock.advance(500 * time.Millisecond)
	c.End(ctx, nil)
	m.want("gen_ai.client.operation.duration", map[string]point{
		"M=gpt-4o,O=chat,P=openai": {2, 8.5}, "M=llama,O=chat,P=unknown": {1, 2},
	})
	m.want("genmeter.generations", map[string]point{
		"M=gpt-4o,P=openai,outcome=success,step=draft": {value: 1},
		"M=gpt-4o,P=openai,outcome=rejected":           {value: 1},
		"M=llama,P=unknown,outcome=rejected":           {value: 1},
	})
	m.want("genmeter.begins_expired", map[string]point{"": {}})
	if p := m.Progress(); p.Start != testEpoch {
		t.Errorf("the run began at %v, want %v", p.Start, testEpoch)
	}
	for e := range m.Snapshot(0) {
		if e.Kind == KindGeneration && e.CompletionTokens == 128 && (e.RecordID != "row" || e.Duration != 1500*time.Millisecond) {
			t.Errorf("the call is %+v", e)
		}
	}
}

// TestASecondEndDoesNothing, not even in the caller's function.
func TestASecondEndDoesNothing(t *testing.T) {
	m := newMetered(t)
	call := m.Begin(Generation{Model: "m"})
	filled := 0
	for range 3 {
		call.End(t.Context(), func(g *Generation) { filled++ })
	}
	if filled != 1 {
		t.Errorf("the generation was filled %d times, want once", filled)
	}
	m.want("genmeter.generations", map[string]point{"M=m,P=unknown,outcome=rejected": {value: 1}})
	m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {}})
}

// TestEndAfterTheModelChanged: the call leaves the gauge under which it entered.
func TestEndAfterTheModelChanged(t *testing.T) {
	m := newMetered(t)
	call := m.Begin(Generation{Model: "auto"})
	call.End(t.Context(), func(g *Generation) { g.Model = "gpt-4o" })
	m.want("genmeter.generations_in_progress", map[string]point{"M=auto,P=unknown": {}})
	m.want("genmeter.generations", map[string]point{"M=gpt-4o,P=unknown,outcome=rejected": {value: 1}})
}

func TestBeginExpires(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	lost := m.Begin(Generation{Model: "m"})
	clock.advance(30 * time.Minute)
	kept := m.Begin(Generation{Model: "m"})
	clock.advance(30*time.Minute - time.Second)
	m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {value: 2}})
	clock.advance(time.Second)
	m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {value: 1}})
	m.want("genmeter.begins_expired", map[string]point{"": {value: 1}})
	if got := m.Progress().InProgress; got != 1 {
		t.Errorf("%d calls are in progress, want 1", got)
	}
	lost.End(t.Context(), nil) // too late for the gauge, not for the call
	kept.End(t.Context(), nil)
	m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {}})
	m.want("genmeter.begins_expired", map[string]point{"": {value: 1}})
	m.want("genmeter.generations", map[string]point{"M=m,P=unknown,outcome=rejected": {value: 2}})
}

// TestBeginById is how other programs' calls begin and end: by events with one id.
func TestBeginById(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	ctx := t.Context()
	begin := func(id string) { m.Track(ctx, Event{Kind: KindBegin, ID: id, Model: "m", Source: "http"}) }
	end := func(id string) { m.Track(ctx, Event{Kind: KindGeneration, ID: id, Model: "m", Success: true}) }
	inProgress := func(want float64) {
		t.Helper()
		m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {value: want}})
	}
	begin("a")
	begin("a") // sent again
	begin("b")
	begin("") // cannot be ended
	inProgress(2)
	end("a")
	inProgress(1)
	end("a")
	end("nobody's")
	end("")
	inProgress(1)
	begin("a") // begins anew
	inProgress(2)
	clock.advance(2 * time.Hour)
	inProgress(0)
	m.want("genmeter.begins_expired", map[string]point{"": {value: 2}})
}

// TestBeginOfACallAndOfAnEvent do not mix: a Call is told by its number, whatever its ID.
func TestBeginOfACallAndOfAnEvent(t *testing.T) {
	m := newMetered(t)
	call := m.Begin(Generation{Model: "m", ID: "a"})
	m.Track(t.Context(), Event{Kind: KindBegin, ID: "a", Model: "m"})
	m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {value: 2}})
	call.End(t.Context(), nil)
	m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {value: 1}})
}

// TestManyBegins: what is kept track of is bounded, and those that stay are the latest.
func TestManyBegins(t *testing.T) {
	m := newMetered(t)
	first := m.Begin(Generation{Model: "m"})
	for i := range 3 * maxBegins { // ended at once: the queue is compacted behind the first
		m.Begin(Generation{Model: "m"}).End(t.Context(), nil)
		if i == maxBegins {
			if got := m.Progress().InProgress; got != 1 {
				t.Errorf("%d calls are in progress, want 1", got)
			}
		}
	}
	m.pump.drain()
	if n := len(m.pump.beginOrder); n > 2*maxBegins {
		t.Errorf("the queue has %d entries", n)
	}
	first.End(t.Context(), nil)
	var last *Call
	for range maxBegins + 100 {
		last = m.Begin(Generation{Model: "m"})
	}
	m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {value: maxBegins}})
	m.want("genmeter.begins_expired", map[string]point{"": {value: 100}})
	last.End(t.Context(), nil)
	m.want("genmeter.generations_in_progress", map[string]point{"M=m,P=unknown": {value: maxBegins - 1}})
	if open, queue := len(m.pump.begins), len(m.pump.beginOrder); open != maxBegins-1 || queue > 2*maxBegins {
		t.Errorf("%d calls in a queue of %d are kept track of", open, queue)
	}
}

func TestBeginOnANilOrShutDownMonitor(t *testing.T) {
	var none *Monitor
	none.Begin(Generation{Model: "m"}).End(t.Context(), func(g *Generation) { g.Success = true })
	m := newMetered(t)
	open := m.Begin(Generation{Model: "m"})
	if err := m.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	open.End(t.Context(), nil)
	m.Begin(Generation{Model: "m"}).End(t.Context(), nil)
	if got := rejects(m); got[ReasonClosed] != 3 {
		t.Errorf("refused %v, want 3 after the shutdown", got)
	}
}

func TestBeginsOfManyGoroutines(t *testing.T) {
	m := newMetered(t)
	done := make(chan bool)
	for i := range 8 {
		go func() {
			for range 500 {
				call := m.Begin(Generation{Model: fmt.Sprint("m", i%2)})
				call.End(context.Background(), func(g *Generation) { g.Success = true })
			}
			done <- true
		}()
	}
	for range 8 {
		<-done
	}
	m.want("genmeter.generations_in_progress", map[string]point{"M=m0,P=unknown": {}, "M=m1,P=unknown": {}})
	if got := total(m.collect()["genmeter.generations"]); got != 4000 {
		t.Errorf("%v calls, want 4000", got)
	}
}
