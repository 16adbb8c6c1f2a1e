package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// failures logs a failure of pushes once, however often it repeats, and once that it is over.
type failures struct {
	logger *slog.Logger

	mu     sync.Mutex
	last   string // the cause that was logged; "" when all is well
	count  int    // since all was well
	worked bool   // a push went well at any time
}

func (f *failures) add(err *pushError) {
	if errors.Is(err, context.Canceled) {
		return // it was us: the end has come, and the final push follows
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if err.cause == f.last {
		return
	}
	f.last = err.cause
	f.logger.Warn("pushing metrics failed; the next interval tries again", "url", err.to.url, "err", err.cause+"; "+err.advice)
}

// over notes a push that went well.
func (f *failures) over(url string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count > 0 {
		f.logger.Info("pushing metrics works again", "url", url, "failures", f.count)
	}
	f.last, f.count, f.worked = "", 0, true
}

// before tells whether any push went well.
func (f *failures) before() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.worked
}
