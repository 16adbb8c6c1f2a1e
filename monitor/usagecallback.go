package monitor

import (
	"context"
	"errors"
	"time"
)

// usageCallback calls a function with the token usage at every interval, and a last time at the end.
type usageCallback struct {
	m        *Monitor
	fn       func(TokenUsageReport)
	quit     chan struct{}
	finished chan struct{}
}

func newUsageCallback(m *Monitor, fn func(TokenUsageReport)) *usageCallback {
	return &usageCallback{m: m, fn: fn, quit: make(chan struct{}), finished: make(chan struct{})}
}

func (u *usageCallback) run(every time.Duration) {
	defer close(u.finished)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			u.call()
		case <-u.quit:
			u.call()
			return
		}
	}
}

func (u *usageCallback) call() {
	err := protect(func() error {
		u.fn(u.m.TokenUsage(0))
		return nil
	})
	if err != nil {
		u.m.log.Error("the token usage callback failed", "error", err)
	}
}

// stop has the function called a last time, and waits for it.
func (u *usageCallback) stop(ctx context.Context) error {
	close(u.quit)
	select {
	case <-u.finished:
		return nil
	case <-ctx.Done():
		return errors.New("the token usage callback does not return")
	}
}
