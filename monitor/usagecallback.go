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
	every    time.Duration
	quit     chan struct{}
	finished chan struct{}
}

func newUsageCallback(m *Monitor, fn func(TokenUsageReport), every time.Duration) *usageCallback {
	return &usageCallback{m: m, fn: fn, every: every, quit: make(chan struct{}), finished: make(chan struct{})}
}

func (u *usageCallback) run() {
	defer close(u.finished)
	ticker := time.NewTicker(u.every)
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

// join waits until the function has been called a last time, which closing quit brings about.
func (u *usageCallback) join(ctx context.Context) error {
	if finishes(ctx, u.finished) {
		return nil
	}
	return errors.New("the token usage callback does not return")
}
