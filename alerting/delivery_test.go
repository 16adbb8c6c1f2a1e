package alerting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// firingAlert returns an alert of one rule and model.
func firingAlert(name, model string) Alert {
	return Alert{Name: name, State: Firing, Labels: map[string]string{"alertname": name, "model": model}}
}

// keeper is a Handler that keeps what it is given.
type keeper struct {
	mu     sync.Mutex
	alerts []Alert
}

func (k *keeper) HandleAlert(_ context.Context, a Alert) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.alerts = append(k.alerts, a)
	return nil
}

func (k *keeper) names() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var names []string
	for _, a := range k.alerts {
		names = append(names, a.Name)
	}
	return names
}

// hung returns a handler that never answers before its context ends.
func hung() Func {
	return func(ctx context.Context, _ Alert) error {
		<-ctx.Done()
		return context.Cause(ctx)
	}
}

// logBuffer is a log that goroutines write to.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *logBuffer) count(part string) int { return strings.Count(b.String(), part) }

func (b *logBuffer) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

// deliverTo starts a delivery with a log that can be read.
func deliverTo(h Handler) (*delivery, *logBuffer) {
	log := &logBuffer{}
	return newDelivery("test", h, log.logger()), log
}

func closeDelivery(t *testing.T, d *delivery) {
	t.Helper()
	if err := d.close(t.Context()); err != nil {
		t.Error(err)
	}
}

// lost returns how many alerts were not delivered.
func (d *delivery) lost() int64 { return d.dropped.Load() + d.abandoned.Load() }

func counts(d *delivery) string { return fmt.Sprintf("failed %d, lost %d", d.failed(), d.lost()) }

func expectEqual[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestDeliveryKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept keeper
		d, _ := deliverTo(&kept)
		for i := range 100 {
			d.send(firingAlert(fmt.Sprint(i), "m"))
		}
		closeDelivery(t, d)
		closeDelivery(t, d)
		names := kept.names()
		expectEqual(t, len(names), 100)
		for i, name := range names {
			expectEqual(t, name, fmt.Sprint(i))
		}
		d.send(firingAlert("late", "m"))
		expectEqual(t, counts(d), "failed 0, lost 1")
	})
}

// Two handlers get one alert; what one does to it is nothing to the other.
func TestDeliveryGivesEachItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		change := Func(func(_ context.Context, a Alert) error {
			a.Labels["model"], a.Data["mean"] = "changed", 1
			return nil
		})
		a := firingAlert("a", "m")
		a.Data = map[string]any{"mean": 0}
		for range 2 {
			d, _ := deliverTo(change)
			d.send(a)
			closeDelivery(t, d)
			expectEqual(t, d.failed(), 0)
		}
		expectEqual(t, a.Labels["model"], "m")
		expectEqual(t, a.Data["mean"], any(0))
	})
}

// A flood into a handler that hangs is bounded, waits for nobody and is nothing to another handler.
func TestDeliveryFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept keeper
		stuck, _ := deliverTo(hung())
		other, _ := deliverTo(&kept)
		begun := time.Now()
		const flood = 10_000
		for i := range flood {
			stuck.send(firingAlert(fmt.Sprint(i), "m"))
			other.send(firingAlert(fmt.Sprint(i), "m"))
			synctest.Wait()
		}
		expectEqual(t, time.Since(begun), 0)
		expectEqual(t, len(kept.names()), flood)
		waiting, _ := stuck.queue.state()
		expectEqual(t, waiting, queueSize)
		expectEqual(t, stuck.lost(), flood-queueSize-1) // the handler has one
		closeDelivery(t, other)

		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := stuck.close(ctx)
		expectEqual(t, fmt.Sprint(err), `handler "test": 257 alerts not delivered: context deadline exceeded`)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v is not the context's", err)
		}
		expectEqual(t, time.Since(begun), 5*time.Second)
		expectEqual(t, counts(stuck), "failed 1, lost 10000")
	})
}

// A handler that ignores its context does not keep close.
func TestDeliveryDeafHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		d, _ := deliverTo(Func(func(context.Context, Alert) error { <-release; return nil }))
		d.send(firingAlert("a", "m"))
		d.send(firingAlert("b", "m"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		want := `handler "test": 2 alerts not delivered: context deadline exceeded`
		expectEqual(t, fmt.Sprint(d.close(ctx)), want)
		expectEqual(t, time.Since(begun), time.Second+closeGrace)
		close(release) // the goroutine ends, and delivers nothing that was given up
		synctest.Wait()
		expectEqual(t, fmt.Sprint(d.close(t.Context())), want)
		expectEqual(t, counts(d), "failed 0, lost 2")
	})
}

func TestDeliveryContainsPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept keeper
		d, log := deliverTo(Func(func(ctx context.Context, a Alert) error {
			if a.Name == "bad" {
				panic("no such index")
			}
			return kept.HandleAlert(ctx, a)
		}))
		d.send(firingAlert("bad", "m"))
		d.send(firingAlert("good", "m"))
		closeDelivery(t, d)
		expectEqual(t, fmt.Sprint(kept.names()), "[good]")
		expectEqual(t, counts(d), "failed 1, lost 0")
		expectEqual(t, log.count("panic: no such index"), 1)
	})
}

func TestDeliveryLogsOnceABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, log := deliverTo(Func(func(_ context.Context, a Alert) error { return errors.New(a.Name) }))
		fail := func(text string) { d.send(firingAlert(text, "m")); synctest.Wait() }
		for range 5 {
			fail("down")
			time.Sleep(burstGap - 1)
		}
		expectEqual(t, log.count("error=down"), 1)
		fail("refused")
		expectEqual(t, log.count("error=refused"), 1)
		fail("refused")
		time.Sleep(burstGap)
		fail("refused")
		expectEqual(t, log.count("error=refused"), 2)
		closeDelivery(t, d)
		expectEqual(t, counts(d), "failed 8, lost 0")
	})
}

// Drops are logged once the handler is back, and a burst of them once.
func TestDeliveryLogsDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, log := deliverTo(Func(func(context.Context, Alert) error { time.Sleep(time.Second); return nil }))
		for i := range 2 * queueSize {
			d.send(firingAlert(fmt.Sprint(i), "m"))
		}
		closeDelivery(t, d)
		expectEqual(t, log.count("queue of the handler was full"), 1)
		if d.lost() == 0 {
			t.Error("nothing was lost")
		}
	})
}

// A reminder that waits gives way to anything newer of the same alert, and to nothing else.
func TestDeliverySkipsSupersededReminders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept keeper
		begin := make(chan struct{})
		d, _ := deliverTo(Func(func(ctx context.Context, a Alert) error {
			<-begin
			return kept.HandleAlert(ctx, a)
		}))
		d.send(firingAlert("first", "m"))
		synctest.Wait() // the handler has it
		d.send(firingAlert("a", "m"))
		for i := range 1000 {
			r := firingAlert("a", "m")
			r.Reminder, r.Value = true, float64(i)
			d.send(r)
		}
		d.send(firingAlert("a", "other model"))
		d.send(firingAlert("b", "m"))
		close(begin)
		closeDelivery(t, d)
		expectEqual(t, fmt.Sprint(kept.names()), "[first a a a b]")
		expectEqual(t, kept.alerts[2].Value, 999)
		expectEqual(t, counts(d), "failed 0, lost 0")
	})
}

// The twin of the serial tests, for the race detector.
func TestDeliveryConcurrently(t *testing.T) {
	var kept keeper
	d, _ := deliverTo(&kept)
	var senders sync.WaitGroup
	for s := range 4 {
		senders.Go(func() {
			for i := range 500 {
				d.send(firingAlert(fmt.Sprint(s, i), "m"))
				_, _ = d.failed(), d.lost()
			}
			_ = d.close(t.Context())
		})
	}
	senders.Wait()
	closeDelivery(t, d)
	expectEqual(t, int64(len(kept.names()))+d.lost(), 2000)
}

func TestHandlerNames(t *testing.T) {
	hook, err := Webhook("http://receiver")
	if err != nil {
		t.Fatal(err)
	}
	am, err := Alertmanager("http://am")
	if err != nil {
		t.Fatal(err)
	}
	expectEqual(t, handlerName(Log(nil))+" "+handlerName(hook)+" "+handlerName(am), "log webhook alertmanager")
	expectEqual(t, handlerName(hung()), "func")
}

// A handler that ends its goroutine, as a test's FailNow does, does not keep close.
func TestDeliveryGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := deliverTo(Func(func(context.Context, Alert) error { runtime.Goexit(); return nil }))
		d.send(firingAlert("a", "m"))
		synctest.Wait()
		d.send(firingAlert("b", "m"))
		expectEqual(t, fmt.Sprint(d.close(t.Context())), `handler "test": 2 alerts not delivered: gave up`)
	})
}
