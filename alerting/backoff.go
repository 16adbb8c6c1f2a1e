package alerting

import (
	"context"
	"errors"
	"time"
)

const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second

	// maxRetryAfter bounds what an answer's Retry-After can ask for.
	maxRetryAfter = 2 * time.Minute
)

// backoff says how long to wait after one failed attempt and the next: 1 s, 2 s, … 30 s, and more when an answer asks for it.
type backoff struct{ last time.Duration }

func (b *backoff) next(err error) time.Duration {
	b.last = min(max(2*b.last, firstRetry), lastRetry)
	var r *refused
	if errors.As(err, &r) {
		return max(b.last, min(r.retryAfter, maxRetryAfter))
	}
	return b.last
}

// sleep returns false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
