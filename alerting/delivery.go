package alerting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// closeGrace is how long close waits for a handler that has just heard that its context has ended.
const closeGrace = 100 * time.Millisecond

var errGaveUp = errors.New("gave up")

// delivery hands alerts to one Handler from a goroutine of its own, so that it delays nobody else.
type delivery struct {
	name     string
	handler  Handler
	resender resender // handler, when it is one
	failures failureLog
	drops    failureLog

	queue    *queue
	end      context.CancelCauseFunc // of the handler's context
	finished chan struct{}           // closed when the goroutine has ended

	errors    atomic.Int64
	dropped   atomic.Int64 // sent when the queue was full, or after close
	abandoned atomic.Int64 // not delivered when close's context ended
	held      atomic.Int64 // taken from the queue and not delivered: with the handler now, cut short by ctx's end, unsaid

	giveUp   sync.Once // sets abandoned and closeErr
	closeErr error
}

// handlerName returns the value of the handler label: what the handler's Name method says, or its type.
func handlerName(h Handler) string {
	if n, ok := h.(interface{ Name() string }); ok {
		return n.Name()
	}
	return fmt.Sprintf("%T", h)
}

// newDelivery starts a delivery, which lasts until close. A nil logger means [slog.Default].
func newDelivery(name string, h Handler, logger *slog.Logger) *delivery {
	if logger == nil {
		logger = slog.Default()
	}
	logger = logger.With("handler", name)
	ctx, end := context.WithCancelCause(context.Background())
	d := &delivery{
		name: name, handler: h, failures: failureLog{log: logger}, drops: failureLog{log: logger},
		queue: newQueue(), end: end, finished: make(chan struct{}),
	}
	d.resender, _ = h.(resender)
	go d.run(ctx)
	return d
}

// send queues an alert and never blocks: one that finds 256 others waiting is dropped and counted. The handler gets maps
// of its own, which it may keep and change.
func (d *delivery) send(a Alert) {
	if !d.queue.put(a.clone()) {
		d.dropped.Add(1)
	}
}

// failed returns how many calls of the handler have failed or panicked.
func (d *delivery) failed() int64 { return d.errors.Load() }

// run delivers until the queue is closed and everything in it delivered, or until ctx ends.
func (d *delivery) run(ctx context.Context) {
	defer close(d.finished)
	var noted int64
	for ctx.Err() == nil {
		d.resendWhenDue(ctx)
		noted = d.noteDropped(noted)
		a, ok := d.queue.take()
		if ok {
			d.hand(ctx, a)
			continue
		}
		if d.done() {
			return
		}
		d.wait(ctx)
	}
}

// done reports whether there is nothing left to deliver and nothing to come.
func (d *delivery) done() bool {
	waiting, closedAt := d.queue.state()
	return !closedAt.IsZero() && waiting == 0 && (d.held.Load() == 0 || time.Since(closedAt) >= closePatience)
}

// hand gives the handler one alert, to which it may say no: then that alert has been dealt with, unless ctx's end is why.
func (d *delivery) hand(ctx context.Context, a Alert) {
	d.held.Add(1)
	ok := d.contain(func() error { return d.handler.HandleAlert(ctx, a) })
	switch {
	case d.resender != nil:
		d.held.Store(int64(d.resender.unsaid()))
	case ok || ctx.Err() == nil:
		d.held.Store(0)
	}
}

// wait waits for an alert, the end, or the time to resend.
func (d *delivery) wait(ctx context.Context) {
	var resend <-chan time.Time
	if at := d.resendDue(); !at.IsZero() {
		timer := time.NewTimer(time.Until(at))
		defer timer.Stop()
		resend = timer.C
	}
	select {
	case <-d.queue.notify:
	case <-resend:
	case <-ctx.Done():
	}
}

// contain calls f, and counts and logs its error or panic.
func (d *delivery) contain(f func() error) (ok bool) {
	err := protect(f)
	if err == nil {
		return true
	}
	d.errors.Add(1)
	d.failures.note("an alert handler failed", err.Error())
	return false
}

// noteDropped logs that alerts were dropped. That is done here and not by send, which must not wait for a logger.
func (d *delivery) noteDropped(noted int64) int64 {
	dropped := d.dropped.Load()
	if dropped > noted {
		d.drops.note("alerts were dropped", "the queue of the handler was full")
	}
	return dropped
}

// protect calls f and returns its error, or its panic as one.
func protect(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// close delivers what is queued, until ctx ends. Its error says what was not delivered; it is the same for every caller.
// It returns soon after ctx's end even when the handler does not.
func (d *delivery) close(ctx context.Context) error {
	d.queue.close()
	defer context.AfterFunc(ctx, func() { d.end(context.Cause(ctx)) })()
	select {
	case <-d.finished:
	case <-ctx.Done():
		grace := time.NewTimer(closeGrace)
		defer grace.Stop()
		select {
		case <-d.finished:
		case <-grace.C:
		}
	}
	d.giveUp.Do(func() {
		defer d.end(nil) // of no use to anybody now
		waiting, _ := d.queue.state()
		if left := int64(waiting) + d.held.Load(); left > 0 {
			d.abandoned.Store(left)
			d.closeErr = fmt.Errorf("handler %q: %d alerts not delivered: %w", d.name, left, cmp.Or(context.Cause(ctx), errGaveUp))
		}
	})
	return d.closeErr
}
