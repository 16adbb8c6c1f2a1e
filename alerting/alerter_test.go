package alerting

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

var epoch = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// fixture is a monitor and an alerter on a clock that stands still.
type fixture struct {
	*testing.T
	now time.Time
	at  atomic.Pointer[time.Time] // now, for the goroutines of the monitor
	mon *monitor.Monitor
	al  *Alerter
}

func newFixture(t *testing.T, thresholds Thresholds, opts ...Option) *fixture {
	t.Helper()
	f := &fixture{T: t, now: epoch}
	f.set(epoch)
	clock := func() time.Time { return *f.at.Load() }
	var err error
	if f.mon, err = monitor.New(nil, monitor.WithClock(clock)); err != nil {
		t.Fatal(err)
	}
	if f.al, err = New(f.mon, thresholds, append([]Option{WithClock(clock)}, opts...)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, shutdown := range []func(context.Context) error{f.al.Shutdown, f.mon.Shutdown} {
			if err := shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	return f
}

func (f *fixture) set(now time.Time) {
	f.now = now
	f.at.Store(&now)
}

// calls records n equal calls.
func (f *fixture) calls(n int, g monitor.Generation) {
	for range n {
		g.Time = f.now
		f.mon.TrackGeneration(context.Background(), g)
	}
}

// pass lets time go by and evaluates.
func (f *fixture) pass(d time.Duration) []Alert {
	f.set(f.now.Add(d))
	return f.al.Evaluate(f.now)
}

// want expects what handlers are told, as "name state: message".
func (f *fixture) want(told []Alert, want ...string) {
	f.Helper()
	var got []string
	for _, a := range told {
		text := a.Name + " " + a.State.String()
		if a.Reminder {
			text += " still"
		}
		got = append(got, text+": "+a.Message)
	}
	if len(got) != len(want) {
		f.Errorf("got %q, want %q", got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			f.Errorf("got\n%s\nwant\n%s", got[i], want[i])
		}
	}
}

// TestBounds: every threshold of the seed fires past its bound and not at it.
func TestBounds(t *testing.T) {
	good := monitor.Generation{Success: true, Model: "m"}
	bad := monitor.Generation{Model: "m", Error: "429 Too Many Requests"}
	with := func(change func(*monitor.Generation)) monitor.Generation {
		g := good
		change(&g)
		return g
	}
	for _, c := range []struct {
		name     string
		at, past func(f *fixture) // calls that bring the value to the bound, and then a step past it
		want     string
	}{
		{
			"low_success_rate",
			func(f *fixture) { f.calls(80, good); f.calls(20, monitor.Generation{Model: "m"}) },
			func(f *fixture) { f.calls(1, monitor.Generation{Model: "m"}) },
			"low_success_rate firing: success rate 79.21 % over 5 min (21 of 101 failed), threshold 80 %",
		},
		{
			"high_error_rate",
			func(f *fixture) { f.calls(80, good); f.calls(20, bad) },
			func(f *fixture) { f.calls(1, bad) },
			"high_error_rate firing: error rate 20.79 % over 5 min (21 of 101 failed, mostly rate_limit), threshold 20 %",
		},
		{
			"high_generation_time",
			func(f *fixture) { f.calls(9, with(func(g *monitor.Generation) { g.Duration = 30 * time.Second })) },
			func(f *fixture) { f.calls(1, with(func(g *monitor.Generation) { g.Duration = 31 * time.Second })) },
			"high_generation_time firing: generation time 30.1 s on average over 5 min (10 calls, 31 s at most), threshold 30 s",
		},
		{
			"high_token_usage:prompt",
			func(f *fixture) { f.calls(9, with(func(g *monitor.Generation) { g.PromptTokens = 4096 })) },
			func(f *fixture) { f.calls(1, with(func(g *monitor.Generation) { g.PromptTokens = 5000 })) },
			"high_token_usage:prompt firing: prompt tokens 4,186 on average over 5 min (10 calls, 5,000 at most), threshold 4,096",
		},
		{
			"high_token_usage:completion",
			func(f *fixture) { f.calls(9, with(func(g *monitor.Generation) { g.CompletionTokens = 4096 })) },
			func(f *fixture) { f.calls(1, with(func(g *monitor.Generation) { g.CompletionTokens = 5000 })) },
			"high_token_usage:completion firing: completion tokens 4,186 on average over 5 min (10 calls, 5,000 at most), threshold 4,096",
		},
		{
			"high_token_usage:total",
			func(f *fixture) { f.calls(9, with(func(g *monitor.Generation) { g.TotalTokens = 8192 })) },
			func(f *fixture) { f.calls(1, with(func(g *monitor.Generation) { g.TotalTokens = 9000 })) },
			"high_token_usage:total firing: total tokens 8,273 on average over 5 min (10 calls, 9,000 at most), threshold 8,192",
		},
		{
			"long_conversations",
			func(f *fixture) { f.calls(9, with(func(g *monitor.Generation) { g.Turns = 2 })) },
			func(f *fixture) { f.calls(1, with(func(g *monitor.Generation) { g.Turns = 12 })) },
			"long_conversations firing: conversation length 3 turns on average over 5 min (10 calls, 12 turns at most), threshold 2 turns",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, DefaultThresholds())
			c.at(f)
			f.want(f.pass(time.Second))
			c.past(f)
			var told []Alert
			for _, a := range f.pass(time.Second) {
				if a.Name == c.name {
					told = append(told, a)
				}
			}
			f.want(told, c.want)
		})
	}
}
