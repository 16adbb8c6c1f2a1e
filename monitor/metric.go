package monitor

import (
	"context"
	"time"
)

// Metric is one sample under the names of the in-process API (generation_time, evaluation_score_coherence, …), as
// metric handlers and metrics.jsonl have it.
type Metric struct {
	Name  string
	Value float64 // durations in seconds, rates 0 or 1
	Time  time.Time
	Attrs []Attr // shared: read them, do not change them
}

// A MetricHandler is given every sample that is recorded, in order, from one goroutine of its own: a slow one falls
// behind alone, and a failing or panicking one is logged, counted in genmeter_handler_errors_total, and given the next
// sample.
//
// It may have further methods, as a slog.Handler given to [WithLogHandlers] may: Name() string is the value of the
// handler label, its type otherwise; Flush() error is called when it has been given all there is; Close() error is
// called by [Monitor.Shutdown]. The context ends when Shutdown's does.
type MetricHandler interface {
	HandleMetric(ctx context.Context, m Metric) error
}
