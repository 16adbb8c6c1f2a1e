package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// drainCursor reads until there is nothing more at the moment, and returns the values.
func drainCursor(t *testing.T, c *Cursor, batch int) (values []float64, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of fake time
	defer cancel()
	buf := make([]Event, batch)
	for {
		n, err := c.Read(ctx, buf)
		for _, e := range buf[:n] {
			values = append(values, e.Value)
		}
		if err != nil {
			return values, err
		}
	}
}

func record(m *Monitor, from, to int) {
	for i := from; i < to; i++ {
		m.RecordMetric(context.Background(), "x", float64(i))
	}
}

func TestCursorReadsWhatComesAfterIt(t *testing.T) {
	for _, batch := range []int{1, 7, copyChunk, 1000} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			record(r.Monitor, 900, 1000) // before Follow
			c := r.Follow("journal")
			record(r.Monitor, 0, 300)
			values, err := drainCursor(t, c, batch)
			if !slices.Equal(values, numbers(300)) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("batches of %d: %d events, %v", batch, len(values), err)
			}
			if n, err := c.Read(t.Context(), nil); n != 0 || err != nil {
				t.Errorf("an empty buffer: %d, %v", n, err)
			}
			c.Close()
			r.stop()
		})
	}
}

func TestCursorWaitsForAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		c := r.Follow("journal")
		time.AfterFunc(time.Minute, func() { record(r.Monitor, 7, 8) })
		start, buf := time.Now(), make([]Event, 10)
		n, err := c.Read(t.Context(), buf)
		if n != 1 || err != nil || buf[0].Value != 7 || time.Since(start) != time.Minute+pumpDelay {
			t.Errorf("after %v: %d events, %v", time.Since(start), n, err)
		}
		c.Close()
		r.stop()
	})
}

func TestCursorEnds(t *testing.T) {
	t.Run("cancelled", func(t *testing.T) {
		r := newRig(t)
		defer r.stop()
		c := r.Follow("c")
		defer c.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if n, err := c.Read(ctx, make([]Event, 1)); n != 0 || err != context.Canceled {
			t.Errorf("got %d, %v", n, err)
		}
		record(r.Monitor, 0, 1)
		if n, err := c.Read(ctx, make([]Event, 1)); n != 1 || err != nil { // what is there is given
			t.Errorf("got %d, %v", n, err)
		}
	})
	t.Run("closed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			defer r.stop()
			c := r.Follow("c")
			time.AfterFunc(time.Second, c.Close)
			if n, err := c.Read(t.Context(), make([]Event, 1)); n != 0 || err != io.EOF {
				t.Errorf("got %d, %v", n, err)
			}
			record(r.Monitor, 0, 1)
			if n, err := c.Read(t.Context(), make([]Event, 1)); n != 0 || err != io.EOF {
				t.Errorf("then got %d, %v", n, err)
			}
			c.Close() // again
		})
	})
	t.Run("shutdown", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			c := r.Follow("c")
			record(r.Monitor, 0, 100)
			done := make(chan error)
			go func() { done <- r.Shutdown(t.Context()) }()
			synctest.Wait()
			values, err := drainCursor(t, c, 64)
			if !slices.Equal(values, numbers(100)) || err != io.EOF {
				t.Errorf("%d events, %v", len(values), err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
			if _, err := r.Follow("late").Read(t.Context(), make([]Event, 1)); err != io.EOF {
				t.Errorf("a Cursor made after Shutdown: %v", err)
			}
		})
	})
	t.Run("nil", func(t *testing.T) {
		c := (*Monitor)(nil).Follow("c")
		if n, err := c.Read(t.Context(), make([]Event, 1)); n != 0 || err != io.EOF || c.Dropped() != 0 {
			t.Errorf("got %d, %v", n, err)
		}
		c.Close()
	})
}

// TestCursorIsLapped: what is read and what is counted are together what was recorded, at each moment.
func TestCursorIsLapped(t *testing.T) {
	r := newRig(t, WithRingSize(256))
	c := r.Follow("c")
	buf := make([]Event, 1000)
	recorded, got := 0, 0
	check := func() {
		t.Helper()
		held := min(recorded-got-int(c.Dropped()), 256)
		if lost := int(c.Dropped()); got+lost+held != recorded || r.dropped("c") != int64(lost) {
			t.Fatalf("%d recorded, %d read, %d dropped, %d by the instrument", recorded, got, lost, r.dropped("c"))
		}
	}
	for _, burst := range []int{10, 256, 257, 1, 1000, 5} {
		record(r.Monitor, recorded, recorded+burst)
		recorded += burst
		check()
		n, err := c.Read(t.Context(), buf)
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		got += n
		check()
	}
	for got+int(c.Dropped()) < recorded {
		n, err := c.Read(t.Context(), buf)
		if err != nil {
			t.Fatal(err)
		}
		got += n
	}
	check()
	if last := buf[0].Value; last < 1500 {
		t.Errorf("the last event read is %v", last)
	}
	lost := c.Dropped()
	c.Close()
	record(r.Monitor, 0, 1000)
	if c.Dropped() != lost || r.dropped("c") != int64(lost) || lost == 0 {
		t.Errorf("%d dropped before Close, %d after", lost, c.Dropped())
	}
	again := r.Follow("c") // counts on
	record(r.Monitor, 0, 300)
	if got := r.dropped("c"); got != int64(lost)+44 || again.Dropped() != 44 {
		t.Errorf("a second Cursor of the name: %d, %d of it; want %d, 44", got, again.Dropped(), lost+44)
	}
	again.Close()
	r.stop()
}

func TestCursorNames(t *testing.T) {
	r := newRig(t)
	defer r.stop()
	a, b := r.Follow("journal"), r.Follow("journal")
	c, d := r.Follow("journal-2"), r.Follow("journal")
	if got := []string{a.Name(), b.Name(), c.Name(), d.Name()}; !slices.Equal(got,
		[]string{"journal", "journal-2", "journal-2-2", "journal-3"}) {
		t.Errorf("got %q", got)
	}
	a.Close()
	if e := r.Follow("journal"); e.Name() != "journal" {
		t.Errorf("a name is not free again: %s", e.Name())
	} else {
		e.Close()
	}
	for _, c := range []*Cursor{b, c, d} {
		c.Close()
	}
}

// TestCursorNamesAreBounded: a program that follows under ever new names does not make ever new series.
func TestCursorNamesAreBounded(t *testing.T) {
	r := newRig(t, WithRingSize(256))
	defer r.stop()
	for i := range 2 * maxPast {
		c := r.Follow(fmt.Sprint("c", i))
		record(r.Monitor, 0, 257)
		c.Close()
	}
	if n := len(r.followers.past); n > maxPast+1 {
		t.Errorf("%d names are kept", n)
	}
	if got := r.sum("genmeter.events_dropped"); got != 2*maxPast {
		t.Errorf("%d dropped, want %d", got, 2*maxPast)
	}
}

func TestFlushWaitsForCursors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		c := r.Follow("journal")
		idle := r.Follow("idle")
		record(r.Monitor, 0, 100)
		ctx, cancel := timeout(t, time.Second)
		defer cancel()
		err := r.Flush(ctx)
		if want := `handler "journal" has not dealt with the last 100 events`; err == nil ||
			!strings.Contains(err.Error(), want) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %s", err, want)
		}

		buf := make([]Event, 30)
		flushed := make(chan error, 1)
		go func() { flushed <- r.Flush(context.Background()) }()
		go idle.Read(t.Context(), make([]Event, 1000))
		for range 4 {
			if _, err := c.Read(t.Context(), buf); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			select {
			case err := <-flushed:
				t.Fatalf("Flush did not wait for the next Read: %v", err)
			default:
			}
		}
		idle.Close()
		record(r.Monitor, 0, 1) // later than the Flush
		if _, err := c.Read(t.Context(), buf); err != nil {
			t.Fatal(err)
		}
		if err := <-flushed; err != nil {
			t.Error(err)
		}
		c.Close()
		if err := r.Flush(t.Context()); err != nil {
			t.Errorf("with the Cursor closed: %v", err)
		}
		r.stop()
	})
}

// TestFlushDoesNotSpin while it waits for one and others are idle: in fake time it would never end.
func TestFlushDoesNotSpin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, WithMetricHandlers(&sink{name: "a"}, &sink{name: "b"}), WithLogHandlers())
		c := r.Follow("stuck")
		record(r.Monitor, 0, 1)
		ctx, cancel := timeout(t, time.Hour)
		defer cancel()
		if err := r.Flush(ctx); err == nil || strings.Contains(err.Error(), `"a"`) {
			t.Error(err)
		}
		c.Close()
		r.stop()
	})
}

// TestCursorsConcurrently has readers that come and go, under the race detector.
func TestCursorsConcurrently(t *testing.T) {
	r := newRig(t, WithRingSize(1024))
	var recorders, readers sync.WaitGroup
	for range 4 {
		recorders.Go(func() { record(r.Monitor, 0, 20_000) })
	}
	for range 4 {
		readers.Go(func() {
			c := r.Follow("whole")
			read, buf := uint64(0), make([]Event, 100)
			for {
				n, err := c.Read(context.Background(), buf)
				read += uint64(n)
				if errors.Is(err, io.EOF) {
					break
				}
			}
			if dropped := c.Dropped(); read+dropped > 80_000 {
				t.Errorf("%d read, %d dropped", read, dropped)
			}
		})
		readers.Go(func() {
			for range 200 {
				c := r.Follow("short")
				ctx, cancel := context.WithCancel(context.Background())
				cancel()
				c.Read(ctx, make([]Event, 3))
				c.Dropped()
				c.Close()
			}
		})
	}
	recorders.Wait()
	r.stop()
	readers.Wait()
}
