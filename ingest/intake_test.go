package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// memoryJournal keeps events, and can fail or wait.
type memoryJournal struct {
	mu     sync.Mutex
	events []monitor.Event
	fail   error
	gate   chan struct{} // nil does not wait
}

func (j *memoryJournal) Append(ctx context.Context, events []monitor.Event) error {
	if j.gate != nil {
		<-j.gate
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fail != nil {
		return j.fail
	}
	j.events = append(j.events, events...)
	return ctx.Err()
}

func intakeMonitor(t *testing.T) *monitor.Monitor {
	t.Helper()
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mon.Shutdown(context.Background()) })
	return mon
}

func accepted(mon *monitor.Monitor) int { return int(mon.Progress().Done) }

func rows(ids ...string) []monitor.Event {
	events := make([]monitor.Event, len(ids))
	for i, id := range ids {
		events[i] = monitor.Event{Kind: monitor.KindRecord, ID: id}
	}
	return events
}

// TestIntake: what is accepted is in the journal as it is recorded, once for each id; the rest is told apart.
func TestIntake(t *testing.T) {
	mon, j := intakeMonitor(t), &memoryJournal{}
	in := NewIntake(mon, j, nil)
	future := time.Now().Add(time.Hour)
	events := append(rows("a", "b", "a"),
		monitor.Event{Kind: monitor.KindMetric, Name: "m", Value: math.NaN()},
		monitor.Event{Kind: monitor.KindRecord, Time: future},
		monitor.Event{Kind: monitor.KindGeneration, PromptTokens: -1, CompletionTokens: 3})
	got, err := in.Take(t.Context(), "http", events)
	want := "{3 1 [a metric event is refused: not_finite found a record of " + future.Format(time.RFC3339) +
		", expected a time no more than 5 min ahead of this host's clock; the event is refused]}"
	if err != nil || fmt.Sprint(got) != want || got.Refused[0].Index != 3 || got.Refused[1].Index != 4 {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if len(j.events) != 3 || j.events[2].TotalTokens != 3 || j.events[0].Time.IsZero() || j.events[0].Source != "http" {
		t.Errorf("journal %+v", j.events)
	}
	if got, err := in.Take(t.Context(), "http", rows("b", "c")); err != nil || got.Accepted != 1 || got.Duplicates != 1 {
		t.Errorf("again %v, %v", got, err)
	}
	if n := accepted(mon); n != 3 {
		t.Errorf("%d records", n)
	}
	if n := mon.Losses().Rejected; n != 3 { // two events and a value
		t.Errorf("%d rejected", n)
	}
}

// TestIntakeJournalFails: nothing of the batch is anywhere, and it can be sent again.
func TestIntakeJournalFails(t *testing.T) {
	full := errors.New("disk full")
	mon, j := intakeMonitor(t), &memoryJournal{fail: full}
	in := NewIntake(mon, j, nil)
	send := func() (Taken, error) {
		return in.Take(t.Context(), "http", append(rows("a", "b"), monitor.Event{Kind: monitor.KindMetric, Value: math.NaN()}))
	}
	if got, err := send(); err != full || got.Accepted != 0 {
		t.Errorf("got %v, %v", got, err)
	}
	if n, lost := accepted(mon), mon.Losses().Rejected; n != 0 || lost != 0 {
		t.Errorf("%d records and %d losses were counted", n, lost)
	}
	j.fail = nil
	if got, err := send(); err != nil || got.Accepted != 2 || len(got.Refused) != 1 || accepted(mon) != 2 || mon.Losses().Rejected != 1 {
		t.Errorf("again: %v, %v; %d records", got, err, accepted(mon))
	}
}

// TestIntakeSameIDAtOnce: of two batches with one id the second waits for the first, and takes its place when that fails.
func TestIntakeSameIDAtOnce(t *testing.T) {
	for _, fails := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			mon, err := monitor.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			defer mon.Shutdown(context.Background())
			j := &memoryJournal{gate: make(chan struct{})}
			in := NewIntake(mon, j, nil)
			var first, second Taken
			var firstErr, secondErr error
			var wg sync.WaitGroup
			wg.Go(func() { first, firstErr = in.Take(t.Context(), "http", rows("a", "b")) })
			synctest.Wait()
			wg.Go(func() { second, secondErr = in.Take(t.Context(), "http", rows("b", "c")) })
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := in.Take(ctx, "http", rows("a")); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("one that will not wait: %v", err)
			}
			if fails {
				j.fail = errors.New("disk full")
			}
			j.gate <- struct{}{}
			synctest.Wait()
			j.fail = nil
			close(j.gate)
			wg.Wait()
			wantDuplicates, wantDone := 1, 3
			if fails {
				wantDuplicates, wantDone = 0, 2
			}
			if (firstErr != nil) != fails || secondErr != nil || second.Duplicates != wantDuplicates || accepted(mon) != wantDone {
				t.Errorf("first %v, %v; second %v, %v; %d records", first, firstErr, second, secondErr, accepted(mon))
			}
		})
	}
}

// TestIntakeConcurrently: many senders that send everything twice, and a journal that fails now and then: each id once.
func TestIntakeConcurrently(t *testing.T) {
	mon, j := intakeMonitor(t), &flakyJournal{}
	in := NewIntake(mon, j, nil)
	var wg sync.WaitGroup
	for sender := range 8 {
		wg.Go(func() {
			for i := range 200 {
				batch := func() []monitor.Event {
					return rows(fmt.Sprint(i), fmt.Sprint(i+1), fmt.Sprintf("%d of %d", i, sender))
				}
				for {
					if _, err := in.Take(t.Context(), "http", batch()); err == nil {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	want := 201 + 8*200
	if n := accepted(mon); n != want || len(j.events) != want {
		t.Errorf("%d records, %d in the journal, want %d", n, len(j.events), want)
	}
}

// flakyJournal fails every third time.
type flakyJournal struct {
	memoryJournal
	calls int
}

func (j *flakyJournal) Append(ctx context.Context, events []monitor.Event) error {
	j.mu.Lock()
	j.calls++
	fails := j.calls%3 == 0
	j.mu.Unlock()
	if fails {
		return errors.New("disk full")
	}
	return j.memoryJournal.Append(ctx, events)
}

// TestIntakeFeed: every event of a stream is recorded, whatever the journal does; what that lost is counted.
func TestIntakeFeed(t *testing.T) {
	mon, j := intakeMonitor(t), &flakyJournal{}
	in := NewIntake(mon, j, nil)
	src := func(yield func(monitor.Event, error) bool) {
		for i := range 5000 {
			if !yield(monitor.Event{Kind: monitor.KindRecord, ID: fmt.Sprint(i % 4900)}, nil) {
				return
			}
		}
		yield(monitor.Event{}, &LineError{File: "x", Line: 1, Reason: monitor.ReasonMalformed, Lost: true})
	}
	report, err := in.Feed(t.Context(), src, FeedOptions{Source: "stdin", Logger: slog.New(slog.DiscardHandler)})
	if err != nil || report.Events != 4900 || report.Duplicates != 100 || report.Problem() != 1 || accepted(mon) != 4900 {
		t.Errorf("%+v, %v; %d records", report, err, accepted(mon))
	}
	if lost := int(mon.Losses().Dropped); lost+len(j.events) != 4900 || j.calls > 2 && lost == 0 {
		t.Errorf("%d dropped by the journal, %d in it, %d appends", lost, len(j.events), j.calls)
	}
}

// TestIntakeFeedInterrupted: a stream that waits is left alone.
func TestIntakeFeedInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mon, err := monitor.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer mon.Shutdown(context.Background())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		silent, over := make(chan struct{}), make(chan struct{})
		src := func(yield func(monitor.Event, error) bool) {
			defer close(over)
			yield(monitor.Event{Kind: monitor.KindRecord}, nil)
			<-silent
		}
		if report, err := NewIntake(mon, nil, nil).Feed(ctx, src, FeedOptions{}); !errors.Is(err, context.DeadlineExceeded) || report.Events != 1 {
			t.Errorf("%+v, %v", report, err)
		}
		close(silent)
		<-over
	})
}
