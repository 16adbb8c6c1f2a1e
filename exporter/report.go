package exporter

import (
	"errors"
	"sync"

	"go.opentelemetry.io/otel"
)

var (
	errUnsupported = errors.New("its kind of data has no Prometheus form")
	errDelta       = errors.New("delta temporality: Prometheus needs cumulative values")
)

// How many different problems are logged in a process's life. Errors of others
// have texts that may differ every time: they must not use up the room of those
// that tell which instrument is concerned.
const (
	maxReported = 256
	maxForeign  = 64
)

// problem is something in the metrics that cannot be exposed as it is.
type problem struct {
	err  error
	key  string // the same for the same problem in later scrapes; "" is the error of somebody else
	lost bool   // data is missing from the scrape
}

// reporter hands problems to OpenTelemetry's error handler, each one once: a
// clash of names is there in every scrape.
type reporter struct {
	mu            sync.Mutex
	seen, foreign map[string]struct{}
}

func newReporter() *reporter {
	return &reporter{seen: make(map[string]struct{}), foreign: make(map[string]struct{})}
}

func (r *reporter) report(p problem) {
	if r.first(p) {
		otel.Handle(p.err)
	}
}

func (r *reporter) first(p problem) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen, room, key := r.seen, maxReported, p.key
	if key == "" {
		seen, room, key = r.foreign, maxForeign, p.err.Error()
	}
	if _, ok := seen[key]; ok || len(seen) >= room {
		return false
	}
	seen[key] = struct{}{}
	return true
}
