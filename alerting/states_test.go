package alerting

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

var (
	good = monitor.Generation{Success: true, Model: "m"}
	bad  = monitor.Generation{Model: "m", Error: "429 Too Many Requests"}
)

// onlyErrors are thresholds with one rule.
func onlyErrors() Thresholds { return Thresholds{MaxErrorRate: new(0.2)} }

// TestLife: an alert is told when it begins, once every RepeatEvery while it lasts, and when it ends.
func TestLife(t *testing.T) {
	f := newFixture(t, onlyErrors(), WithRepeatEvery(3*time.Minute))
	f.calls(8, good)
	f.calls(8, bad)
	f.want(f.pass(time.Minute), "high_error_rate firing: error rate 50 % over 5 min (8 of 16 failed, mostly rate_limit), threshold 20 %")
	began := f.now
	f.want(f.pass(time.Minute))
	f.want(f.pass(time.Minute))
	told := f.pass(time.Minute)
	f.want(told, "high_error_rate firing still: error rate 50 % over 5 min (8 of 16 failed, mostly rate_limit), threshold 20 %")
	if !told[0].StartsAt.Equal(began) || !told[0].EndsAt.IsZero() || told[0].Value != 0.5 || told[0].Data["count"] != uint64(16) {
		t.Errorf("%+v", told[0])
	}
	f.calls(84, good)
	told = f.pass(time.Minute)
	f.want(told, "high_error_rate resolved: resolved: error rate 8 % over 5 min (8 of 100 failed, mostly rate_limit), threshold 20 %")
	if !told[0].StartsAt.Equal(began) || !told[0].EndsAt.Equal(f.now) {
		t.Errorf("%+v", told[0])
	}
	f.want(f.pass(time.Minute))
	if got := f.al.Alerts()[0]; got.State != Inactive || got.Message != "" || !got.StartsAt.IsZero() {
		t.Errorf("in the end: %+v", got)
	}
}

// TestNoSamples: an alert ends when there is nothing left to go by.
func TestNoSamples(t *testing.T) {
	f := newFixture(t, onlyErrors())
	f.calls(8, bad)
	if told := f.pass(time.Minute); len(told) != 1 || told[0].State != Firing {
		t.Fatal(told)
	}
	f.want(f.pass(10*time.Minute), "high_error_rate resolved: resolved: no error rate over 5 min, threshold 20 %")
}

// TestFor: the condition must hold all the while.
func TestFor(t *testing.T) {
	thresholds := onlyErrors()
	thresholds.For = 2 * time.Minute
	f := newFixture(t, thresholds)
	f.calls(8, bad)
	f.want(f.pass(time.Second))
	if got := f.al.Alerts()[0]; got.State != Pending || !got.StartsAt.Equal(f.now) {
		t.Errorf("%+v", got)
	}
	f.calls(72, good)
	f.want(f.pass(time.Minute)) // interrupted
	f.calls(72, bad)
	f.want(f.pass(time.Minute))
	f.want(f.pass(2*time.Minute - time.Second))
	if told := f.pass(time.Second); len(told) != 1 || told[0].State != Firing || !told[0].StartsAt.Equal(f.now) {
		t.Error(told)
	}
}

// TestFewSamples: MinSamples are wanted before anything is said, and one is never enough by default.
func TestFewSamples(t *testing.T) {
	f := newFixture(t, DefaultThresholds())
	f.want(f.pass(time.Minute))
	for range 4 {
		f.calls(1, bad)
		f.want(f.pass(time.Second))
	}
	f.calls(1, bad)
	if told := f.pass(time.Second); len(told) != 2 { // success rate and error rate
		t.Error(told)
	}
}

// TestClockBack: a clock that is set back makes nothing fire early, and nothing twice.
func TestClockBack(t *testing.T) {
	thresholds := onlyErrors()
	thresholds.For = time.Minute
	f := newFixture(t, thresholds, WithRepeatEvery(5*time.Minute))
	step := func(d time.Duration) []Alert {
		f.set(f.now.Add(d))
		f.calls(8, bad)
		return f.al.Evaluate(f.now)
	}
	f.want(step(time.Second))
	f.want(step(-30 * time.Second)) // the minute begins again
	f.want(step(59 * time.Second))
	if told := step(time.Second); len(told) != 1 || told[0].State != Firing {
		t.Error(told)
	}
	f.want(step(-time.Hour)) // still firing, and the five minutes begin again
	for range 4 {
		f.want(step(time.Minute))
	}
	if told := step(time.Minute); len(told) != 1 || !told[0].Reminder {
		t.Error(told)
	}
}

// TestStalled: calls in progress and no success for MaxStall, counted from the start when there was none yet.
func TestStalled(t *testing.T) {
	f := newFixture(t, Thresholds{MaxStall: new(10 * time.Minute)})
	f.want(f.pass(time.Hour)) // nothing has begun
	call := f.mon.Begin(monitor.Generation{Model: "m"})
	for range 10 {
		f.want(f.pass(time.Minute))
	}
	f.want(f.pass(time.Minute), "stalled firing: no success for 11 min with 1 call in progress, threshold 10 min")
	call.End(context.Background(), func(g *monitor.Generation) { g.Success = true; g.Time = f.now })
	f.want(f.pass(time.Minute), "stalled resolved: resolved: no calls in progress, threshold 10 min")
	f.mon.Begin(monitor.Generation{Model: "m"})
	f.want(f.pass(8 * time.Minute)) // the last success was 9 minutes ago
	// The process was stopped: nothing could succeed, and that is not a stall.
	f.want(f.pass(30 * time.Minute))
	for range 10 {
		f.want(f.pass(time.Minute))
	}
	f.want(f.pass(time.Minute), "stalled firing: no success for 11 min with 1 call in progress, threshold 10 min")
}

// TestOverBudget and what is lost need no samples in a window.
func TestOverBudget(t *testing.T) {
	f := newFixture(t, Thresholds{MaxCostUSD: new(50.0)})
	f.want(f.pass(time.Minute))
	f.calls(1, monitor.Generation{Success: true, CostUSD: 50})
	f.want(f.pass(time.Minute))
	f.calls(1, monitor.Generation{Success: true, CostUSD: 2.5})
	f.calls(1, monitor.Generation{Success: true, Model: "new", PromptTokens: 1234})
	f.want(f.pass(time.Minute), "over_budget firing: cost $52.50 so far (and 1,234 tokens without a price), threshold $50.00")
}

func TestEventsLost(t *testing.T) {
	f := newFixture(t, Thresholds{EventsLost: true})
	f.want(f.pass(time.Minute))
	f.mon.CountRejected("stdin", monitor.ReasonMalformed, 1)
	f.want(f.pass(time.Minute), "events_lost firing: 1 event or value rejected and 0 events dropped over 5 min, threshold 0")
	for range 4 {
		f.want(f.pass(time.Minute))
	}
	f.want(f.pass(time.Minute), "events_lost resolved: resolved: 0 events or values rejected and 0 events dropped over 5 min, threshold 0")
}

// TestSelectors: a rule for one model or one step looks at that alone.
func TestSelectors(t *testing.T) {
	slow := Rule{Name: "slow", Metric: "generation_time", Statistic: P95, Threshold: 2, Level: Error, Model: "a"}
	idle := Rule{Name: "idle:draft", Metric: "completion_token_count", Statistic: Rate, Comparison: Below, Threshold: 1, Step: "draft", Window: time.Minute}
	f := newFixture(t, Thresholds{}, WithRules(slow, idle), WithLabels(map[string]string{"job": "nightly", "severity": "none"}))
	f.calls(50, monitor.Generation{Success: true, Model: "b", Step: "judge", Duration: time.Minute, CompletionTokens: 1000})
	f.calls(10, monitor.Generation{Success: true, Model: "a", Step: "draft", Duration: time.Second, CompletionTokens: 6})
	f.want(f.pass(time.Second))
	f.calls(10, monitor.Generation{Success: true, Model: "a", Duration: 3 * time.Second})
	told := f.pass(5 * time.Second)
	f.want(told, "slow firing: generation time 3 s at p95 over 5 min of model a (20 calls, 3 s at most), threshold 2 s")
	if l := told[0].Labels; len(l) != 4 || l["alertname"] != "GenmeterSlow" || l["severity"] != "critical" || l["model"] != "a" || l["job"] != "nightly" {
		t.Error(l)
	}
	f.want(f.pass(2 * time.Minute))
	f.calls(5, monitor.Generation{Success: true, Model: "b", Step: "draft", CompletionTokens: 1})
	f.want(f.pass(time.Second), "idle:draft firing: completion tokens 0.0833 a second over 1 min of step draft (5 calls, 1 at most), threshold 1")
}

// TestRun evaluates at every interval, and Shutdown once more.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mon, err := monitor.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		heard := make(chan Alert, 10)
		al, err := New(mon, onlyErrors(), WithHandlers(Func(func(_ context.Context, a Alert) error {
			heard <- a
			return nil
		}), nil))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() { al.Run(t.Context()); close(done) }()
		for range 10 {
			mon.TrackGeneration(t.Context(), bad)
		}
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if len(heard) != 0 {
			t.Error("evaluated before the interval was over")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if a := <-heard; a.State != Firing || len(heard) != 0 {
			t.Errorf("heard %+v", a)
		}
		for range 100 {
			mon.TrackGeneration(t.Context(), good)
		}
		for range 2 {
			if err := al.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		}
		<-done
		if a := <-heard; a.State != Resolved || len(heard) != 0 {
			t.Errorf("heard %+v", a)
		}
		if err := mon.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestTooFewLeft: an alert that ends for want of samples says so.
func TestTooFewLeft(t *testing.T) {
	f := newFixture(t, onlyErrors())
	f.calls(6, bad)
	f.pass(time.Second)
	f.pass(4 * time.Minute)
	f.calls(4, bad)
	f.want(f.pass(2*time.Minute), "high_error_rate resolved: resolved: only 4 calls for error rate over 5 min, 5 are needed, threshold 20 %")
}

// TestShutdownTwice: the second one waits no longer than it was told.
func TestShutdownTwice(t *testing.T) {
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mon.Shutdown(t.Context())
	entered, release := make(chan struct{}), make(chan struct{})
	al, err := New(mon, onlyErrors(), WithInterval(0), WithHandlers(Func(func(context.Context, Alert) error {
		close(entered)
		<-release
		return nil
	})))
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		mon.TrackGeneration(t.Context(), bad)
	}
	told := al.Evaluate(time.Now())
	told[0].Labels["alertname"] = "changed by the caller"
	<-entered
	first := make(chan error, 1)
	started := make(chan struct{})
	go func() { close(started); first <- al.Shutdown(context.Background()) }()
	<-started
	<-al.ended // the first is under way
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := al.Shutdown(ctx); err == nil {
		t.Error("the second Shutdown says that all is told")
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	if err := al.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if got := al.Alerts()[0].Labels["alertname"]; got != "GenmeterHighErrorRate" {
		t.Errorf("the alert is now %q", got)
	}
}
