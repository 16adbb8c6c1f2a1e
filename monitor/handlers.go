package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// retryDelay is how long a handler that cannot take events now, as a file on a full disk, is left alone.
	retryDelay = time.Second

	// burstGap is how long nothing must fail or be dropped before the next time is logged again.
	burstGap = 10 * time.Second
)

// handler drives one MetricHandler or slog.Handler from a goroutine of its own, by a cursor.
type handler struct {
	m      *Monitor
	cursor *Cursor
	logs   chan logEntry // records of Monitor.Logger; nil for a metric handler

	deliver func(context.Context, *Event) error
	ready   func() error // tells whether an event can be taken now; nil when always
	flush   func() error // nil when there is nothing to flush
	close   func() error // nil when there is nothing to close
	unsaved func() int   // events and log records taken and not yet flushed; nil when there are never any

	errors  atomic.Int64
	lost    atomic.Int64 // not delivered when Shutdown's context ended
	overrun atomic.Int64 // log records that found the queue full

	logMu      sync.Mutex // guards the end of the queue
	logsClosed bool

	// The driver's own.
	failedAt time.Time // of the latest failure
	lastErr  error     // of the latest call, when it failed
	unready  time.Time // of the latest flush, when it failed
	logged   int64     // log records delivered and not yet flushed

	giveUp   sync.Once // sets lost: counters never go back
	endErr   error     // what Shutdown reports; set before finished is closed
	finished chan struct{}
}

// run delivers until the monitor is shut down and everything is delivered, or until ctx ends.
func (h *handler) run(ctx context.Context) {
	defer close(h.finished)
	buf := make([]Event, copyChunk)
	for {
		n := h.cursor.tryRead(buf)
		if !h.deliverEvents(ctx, buf[:n]) || !h.deliverLogs(ctx) || n == 0 && h.cursor.finished() {
			h.end(ctx)
			return
		}
		saved := h.save(n == 0)
		if n == 0 {
			h.wait(ctx, saved)
		}
	}
}

// deliverEvents returns false when ctx ends first. An event that the handler fails on has been delivered.
func (h *handler) deliverEvents(ctx context.Context, events []Event) bool {
	for i := range events {
		if !h.await(ctx) {
			return false
		}
		h.cursor.given.Add(1)
		h.contain(func() error { return h.deliver(ctx, &events[i]) })
	}
	return true
}

// save flushes what was delivered, and marks it as dealt with. Short of the end it flushes only when somebody waits for
// that: the handler's buffer is there to be filled.
func (h *handler) save(atEnd bool) (ok bool) {
	if !atEnd && h.flush != nil && h.m.followers.waiting.Load() == 0 {
		return true
	}
	if !h.unready.IsZero() && time.Since(h.unready) < retryDelay {
		return false
	}
	if !h.settle(h.flush) {
		h.unready = time.Now()
		return false
	}
	h.unready = time.Time{}
	h.dealt()
	return true
}

// dealt says that everything delivered has been dealt with.
func (h *handler) dealt() {
	if h.logged > 0 {
		h.cursor.logged.Add(h.logged)
		h.logged = 0
		h.m.followers.signal()
	}
	h.cursor.dealt()
}

// wait waits for something to deliver, or to try again what could not be saved.
func (h *handler) wait(ctx context.Context, saved bool) {
	var again <-chan time.Time
	if !saved {
		timer := time.NewTimer(retryDelay)
		defer timer.Stop()
		again = timer.C
	}
	select {
	case <-h.cursor.notify:
	case <-again:
	case <-ctx.Done():
	}
}

// await waits until the handler can take an event. It returns false when ctx ends first.
func (h *handler) await(ctx context.Context) bool { return ctx.Err() == nil && h.retry(ctx, h.ready) }

// retry calls f until it does well, once at least. It returns false when ctx ends first.
func (h *handler) retry(ctx context.Context, f func() error) bool {
	for !h.settle(f) {
		timer := time.NewTimer(retryDelay)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
	}
	return true
}

// end flushes, for as long as ctx allows, counts what is not delivered, and closes the handler.
func (h *handler) end(ctx context.Context) {
	h.closeLogs()
	h.deliverLogs(ctx)
	if h.retry(ctx, h.flush) {
		h.dealt()
	}
	closed := h.settle(h.close)
	why := h.lastErr
	if why == nil {
		why = context.Cause(ctx)
	}
	if left := h.abandon(); left > 0 {
		h.endErr = fmt.Errorf("handler %q: %d events not delivered: %w", h.cursor.name, left, why)
	} else if !closed {
		h.endErr = fmt.Errorf("handler %q: close: %w", h.cursor.name, why)
	}
	h.cursor.Close()
}

// abandon counts what is not delivered, the first time it is called, and returns it. A handler that still sits on an
// event has been given that one. It takes no lock that a handler may hold.
func (h *handler) abandon() int64 {
	h.giveUp.Do(func() {
		h.closeLogs() // what comes after is counted as it comes
		left := h.cursor.undelivered() + len(h.logs)
		if h.unsaved != nil {
			left += h.unsaved()
		}
		h.lost.Store(int64(left))
	})
	return h.lost.Load()
}

// join waits for the handler's goroutine to end, and says what it has not delivered.
func (h *handler) join(ctx context.Context) error {
	if !finishes(ctx, h.finished) {
		return fmt.Errorf("handler %q does not return: %d more events not delivered", h.cursor.name, h.abandon())
	}
	return h.endErr
}

// shutdownGrace is how long Shutdown waits for what has just heard that its context has ended.
const shutdownGrace = 100 * time.Millisecond

// finishes waits for a goroutine to end, until a moment after ctx's end, and reports whether it has.
func finishes(ctx context.Context, finished <-chan struct{}) bool {
	select {
	case <-finished:
		return true
	case <-ctx.Done():
	}
	grace := time.NewTimer(shutdownGrace)
	defer grace.Stop()
	select {
	case <-finished:
		return true
	case <-grace.C:
		return false
	}
}

// settle calls f, which may be nil, and reports whether it did well.
func (h *handler) settle(f func() error) bool { return f == nil || h.contain(f) }

// contain calls f, counts its error or panic, and logs the first of a burst.
func (h *handler) contain(f func() error) (ok bool) {
	h.lastErr = protect(f)
	if h.lastErr == nil {
		return true
	}
	h.errors.Add(1)
	now := time.Now()
	if h.failedAt.IsZero() || now.Sub(h.failedAt) > burstGap {
		h.m.log.Error("a handler failed; until it has not for 10 s, more failures are only counted",
			"handler", h.cursor.name, "error", h.lastErr)
	}
	h.failedAt = now
	return false
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

// newMetricHandler returns the driver of a metric handler.
func (m *Monitor) newMetricHandler(mh MetricHandler) *handler {
	h := &handler{m: m, cursor: m.Follow(handlerName(mh)), finished: make(chan struct{})}
	h.deliver = func(ctx context.Context, e *Event) (err error) {
		for metric := range e.Metrics {
			metricErr := protect(func() error { return mh.HandleMetric(ctx, metric) })
			if metricErr != nil && err != nil {
				h.errors.Add(1) // contain counts one
			}
			if metricErr != nil {
				err = metricErr
			}
		}
		return err
	}
	if f, ok := mh.(*metricFile); ok {
		h.deliver = func(_ context.Context, e *Event) error { f.append(e); return nil }
	}
	h.adopt(mh)
	return h
}

// newLogHandler returns the driver of a log handler.
func (m *Monitor) newLogHandler(lh slog.Handler) *handler {
	h := &handler{
		m: m, cursor: m.Follow(handlerName(lh)), finished: make(chan struct{}), logs: make(chan logEntry, logQueue),
	}
	h.deliver = func(ctx context.Context, e *Event) error {
		record, ok := e.logRecord()
		if !ok || !lh.Enabled(ctx, record.Level) {
			return nil
		}
		return lh.Handle(ctx, record)
	}
	h.adopt(lh)
	return h
}

// adopt takes what the handler can do beyond its duty.
func (h *handler) adopt(v any) {
	if f, ok := v.(interface{ ready() error }); ok {
		h.ready = f.ready
	}
	if f, ok := v.(interface{ Flush() error }); ok {
		h.flush = f.Flush
	}
	if f, ok := v.(interface{ Close() error }); ok {
		h.close = f.Close
	}
	if f, ok := v.(interface{ unsaved() int }); ok {
		h.unsaved = f.unsaved
	}
}

// handlerName returns the value of the handler label: what the handler's Name method says, or its type.
func handlerName(v any) string {
	if n, ok := v.(interface{ Name() string }); ok {
		return n.Name()
	}
	return fmt.Sprintf("%T", v)
}
