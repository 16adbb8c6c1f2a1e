package monitor

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// gateLog handles a record when it is let.
type gateLog struct {
	let     chan struct{}
	handled func()
}

func (g gateLog) Enabled(context.Context, slog.Level) bool { return true }
func (g gateLog) WithAttrs([]slog.Attr) slog.Handler       { return g }
func (g gateLog) WithGroup(string) slog.Handler            { return g }
func (g gateLog) Handle(context.Context, slog.Record) error {
	<-g.let
	g.handled()
	return nil
}

// TestFlushWaitsForWhatWasLoggedBefore: a program that logs without end can be flushed.
func TestFlushWaitsForWhatWasLoggedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateLog{let: make(chan struct{}), handled: func() {}}
		m, err := New(nil, WithLogHandlers(g))
		if err != nil {
			t.Fatal(err)
		}
		m.Logger().Info("before")
		flushed := make(chan error, 1)
		go func() { flushed <- m.Flush(t.Context()) }()
		synctest.Wait()
		m.Logger().Info("after")
		g.let <- struct{}{} // the first alone
		synctest.Wait()
		select {
		case err := <-flushed:
			if err != nil {
				t.Error(err)
			}
		default:
			t.Error("Flush waits for what was logged after its call")
		}
		close(g.let)
		if err := m.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestLogsAfterAFailedShutdownAreCounted: nothing is put into a queue that nobody empties.
func TestLogsAfterAFailedShutdownAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateLog{let: make(chan struct{}), handled: func() {}}
		m, err := New(nil, WithLogHandlers(g))
		if err != nil {
			t.Fatal(err)
		}
		m.Logger().Info("stuck")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := m.Shutdown(ctx); err == nil {
			t.Error("a handler that does not return is no error")
		}
		for range 10 {
			m.Logger().Info("late")
		}
		if n := m.handlers[0].overrun.Load(); n != 10 {
			t.Errorf("%d late records are counted, want 10", n)
		}
		close(g.let)
	})
}
