package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// retryDelay is how long a handler that cannot take events now, as a file on a full disk, is left alone.
const retryDelay = time.Second

// handler drives one MetricHandler or slog.Handler from a goroutine of its own, by a cursor.
type handler struct {
	m      *Monitor
	cursor *Cursor
	logs   chan logEntry // records of Monitor.Logger; nil for a metric handler

	deliver func(context.Context, *Event) error
	ready   func() error // tells whether an event can be taken now; nil when always
	flush   func() error // nil when there is nothing to flush
	close   func() error // nil when there is nothing to close
	unsaved func() int   // events taken and not yet flushed; nil when there are never any

	errors   atomic.Int64
	lost     atomic.Int64 // not delivered when Shutdown's context ended
	overrun  atomic.Int64 // log records that found the queue full
	failing  bool         // the failure has been logged
	lastErr  error        // of the latest failure
	endErr   error        // what Shutdown reports; set before finished is closed
	finished chan struct{}
}

// logEntry is a record on its way to a log handler.
type logEntry struct {
	ctx     context.Context
	handler slog.Handler
	record  slog.Record
}

// logQueue bounds the records of Monitor.Logger that wait for one handler.
const logQueue = 1024

// run delivers until the monitor is shut down and everything is delivered, or until ctx ends.
func (h *handler) run(ctx context.Context) {
	defer close(h.finished)
	buf := make([]Event, copyChunk)
	for {
		final := h.m.ring.isClosed() // before the look at the ring: an end seen after it is final
		h.deliverLogs()
		n := h.cursor.tryRead(buf)
		for i := range n {
			if !h.await(ctx) {
				h.end(ctx, n-i)
				return
			}
			h.contain(func() error { return h.deliver(ctx, &buf[i]) })
		}
		if n > 0 {
			continue
		}
		if final || ctx.Err() != nil {
			h.end(ctx, 0)
			return
		}
		h.settle(h.flush)
		h.wait(ctx)
	}
}

// wait waits for something to deliver.
func (h *handler) wait(ctx context.Context) {
	select {
	case <-h.cursor.notify:
	case entry := <-h.logs:
		h.deliverLog(entry)
	case <-ctx.Done():
	}
}

// await waits until the handler can take an event. It returns false when ctx ends first.
func (h *handler) await(ctx context.Context) bool { return h.retry(ctx, h.ready) }

// retry calls f until it does well. It returns false when ctx ends first.
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

// end flushes, for as long as ctx allows, counts what is not delivered, and closes the handler. left is how many events
// of the last batch were not delivered.
func (h *handler) end(ctx context.Context, left int) {
	h.deliverLogs()
	flushed := h.retry(ctx, h.flush)
	left += int(h.m.ring.end() - h.cursor.position())
	if !flushed && h.unsaved != nil {
		left += h.unsaved()
	}
	h.lost.Store(int64(left))
	if !h.settle(h.close) || left > 0 {
		h.endErr = fmt.Errorf("handler %q: %d events not delivered: %w", h.cursor.name, left, h.lastErr)
	}
}

// settle calls f, which may be nil, and reports whether it did well.
func (h *handler) settle(f func() error) bool { return f == nil || h.contain(f) }

// contain calls f, counts its error or panic, and logs the first of a burst.
func (h *handler) contain(f func() error) (ok bool) {
	err := protect(f)
	if err == nil {
		h.failing = false
		return true
	}
	h.errors.Add(1)
	h.lastErr = err
	if !h.failing {
		h.failing = true
		h.m.log.Error("a handler failed; further failures in a row are only counted",
			"handler", h.cursor.name, "error", err)
	}
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

// deliverLogs delivers the log records that wait.
func (h *handler) deliverLogs() {
	for {
		select {
		case entry := <-h.logs:
			h.deliverLog(entry)
		default:
			return
		}
	}
}

func (h *handler) deliverLog(entry logEntry) {
	h.contain(func() error { return entry.handler.Handle(entry.ctx, entry.record) })
	h.cursor.queued.Add(-1)
	h.m.followers.signal()
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
		return cut(n.Name(), maxText)
	}
	return fmt.Sprintf("%T", v)
}
