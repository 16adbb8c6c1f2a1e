package monitor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestTokenUsageCallback is the seed's row on token_usage_callback: every interval, and once more at shutdown.
func TestTokenUsageCallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var calls []string
		r := newRig(t, WithTokenUsageCallback(func(u TokenUsageReport) {
			calls = append(calls, fmt.Sprint(time.Since(start), " ", u.TotalTokens))
		}, time.Minute))
		for range 5 {
			r.TrackGeneration(t.Context(), Generation{Model: "m", PromptTokens: 10})
			time.Sleep(25 * time.Second)
		}
		r.TrackGeneration(t.Context(), Generation{Model: "m", PromptTokens: 1})
		r.stop()
		if want := []string{"1m0s 30", "2m0s 50", "2m5s 51"}; !slices.Equal(calls, want) {
			t.Errorf("got %q, want %q", calls, want)
		}
	})
}

func TestTokenUsageCallbackIsNeverConcurrentWithItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, calls atomic.Int32
		r := newRig(t, WithTokenUsageCallback(func(TokenUsageReport) {
			if running.Add(1) > 1 {
				t.Error("called while it runs")
			}
			calls.Add(1)
			time.Sleep(150 * time.Second) // longer than the interval
			running.Add(-1)
		}, time.Minute))
		time.Sleep(10 * time.Minute)
		r.stop() // in the middle of a call
		if n := calls.Load(); n < 5 || running.Load() != 0 {
			t.Errorf("%d calls, %d running", n, running.Load())
		}
	})
}

func TestTokenUsageCallbackThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		r := newRig(t, WithTokenUsageCallback(func(TokenUsageReport) { calls++; panic("no budget") }, time.Minute))
		time.Sleep(150 * time.Second)
		r.stop()
		if calls != 3 || r.log.has("level=ERROR", "no budget") != 3 {
			t.Errorf("%d calls; logged:\n%s", calls, r.log.String())
		}
	})
}

func TestTokenUsageCallbackThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := &sink{name: "h"}
		r := newRig(t, WithMetricHandlers(h),
			WithTokenUsageCallback(func(TokenUsageReport) { <-release }, time.Minute))
		time.Sleep(time.Minute)
		record(r.Monitor, 0, 10)
		ctx, cancel := timeout(t, 5*time.Second)
		defer cancel()
		err := r.Shutdown(ctx)
		if want := "monitor: shutdown: the token usage callback does not return"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if !slices.Equal(h.got(), numbers(10)) {
			t.Error("the handler was not given everything")
		}
		close(release)
	})
}

// TestTokenUsageCallbackAtAShutdownWithoutTime is called a last time even so.
func TestTokenUsageCallbackAtAShutdownWithoutTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		r := newRig(t, WithTokenUsageCallback(func(TokenUsageReport) { calls++ }, time.Minute))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.Shutdown(ctx); err != nil || calls != 1 {
			t.Errorf("%d calls, %v", calls, err)
		}
	})
}

func TestTokenUsageCallbackOptions(t *testing.T) {
	for _, test := range []struct {
		fn    func(TokenUsageReport)
		every time.Duration
		want  string
	}{
		{nil, time.Minute, "the function is nil"},
		{func(TokenUsageReport) {}, 0, "interval 0s, want more than 0"},
		{func(TokenUsageReport) {}, -time.Second, "interval -1s, want more than 0"},
	} {
		_, err := New(nil, WithTokenUsageCallback(test.fn, test.every))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}
