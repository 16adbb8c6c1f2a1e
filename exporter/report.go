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

// maxReported bounds how many different problems are logged in a process's
// life.
const maxReported = 256

// problem is something in the metrics that cannot be exposed as it is.
type problem struct {
	err  error
	key  string // the same for the same problem in later scrapes
	lost bool   // data is missing from the scrape
}

// reporter hands problems to OpenTelemetry's error handler, each one once: a
// clash of names is there in every scrape.
type reporter struct {
	mu   sync.Mutex
	seen map[string]struct{}
}

func newReporter() *reporter { return &reporter{seen: make(map[string]struct{})} }

func (r *reporter) report(p problem) {
	if r.first(p.key) {
		otel.Handle(p.err)
	}
}

func (r *reporter) first(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.seen[key]; ok || len(r.seen) >= maxReported {
		return false
	}
	r.seen[key] = struct{}{}
	return true
}
