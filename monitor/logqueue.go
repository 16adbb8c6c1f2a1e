package monitor

import (
	"context"
	"log/slog"
)

// logQueue bounds the records of Monitor.Logger that wait for one handler.
const logQueue = 1024

// logEntry is a record on its way to a log handler.
type logEntry struct {
	ctx     context.Context
	handler slog.Handler
	record  slog.Record
}

// enqueue hands a record to the handler's goroutine, or counts it as dropped.
func (h *handler) enqueue(entry logEntry) {
	h.logMu.Lock()
	defer h.logMu.Unlock()
	if h.logsClosed {
		h.overrun.Add(1)
		return
	}
	select {
	case h.logs <- entry:
		h.cursor.asked.Add(1)
		h.cursor.wake()
	default:
		h.overrun.Add(1)
	}
}

// closeLogs makes the queue refuse what comes after.
func (h *handler) closeLogs() {
	h.logMu.Lock()
	defer h.logMu.Unlock()
	h.logsClosed = true
}

// deliverLogs delivers the log records that wait at the call. It returns false when ctx ends first.
func (h *handler) deliverLogs(ctx context.Context) bool {
	for range len(h.logs) {
		if !h.await(ctx) {
			return false
		}
		entry := <-h.logs
		h.contain(func() error { return entry.handler.Handle(entry.ctx, entry.record) })
		h.logged++
	}
	return true
}
