package alerting

import "context"

// Handler is told of alerts that begin to fire, go on firing for a [WithRepeatEvery], and are resolved. It runs in a goroutine
// of its own with a queue of its own: one that fails, hangs or panics is counted and delays nobody else. Alerts come one
// after the other, in the order of their times; ctx ends when [Alerter.Shutdown]'s does.
type Handler interface {
	HandleAlert(ctx context.Context, a Alert) error
}

// Func makes a function a Handler.
type Func func(ctx context.Context, a Alert) error

// HandleAlert calls f.
func (f Func) HandleAlert(ctx context.Context, a Alert) error { return f(ctx, a) }

// Name is what the handler is called in logs and metrics.
func (f Func) Name() string { return "func" }
