package export

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Distances of the steps at which a run is looked at, as a Prometheus would have scraped it: every 15 s, in long runs less
// often, and always more often than the 5 min for which Prometheus takes a sample to hold.
const (
	omStep       = 15 * time.Second
	omLongStep   = time.Minute
	omLongRun    = 24 * time.Hour
	omLongerStep = 4 * time.Minute
	omLongerRun  = 14 * 24 * time.Hour
)

// omQuiet is how long nothing may happen until it is written as a gap, but for omMargin at either end of it.
const (
	omQuiet  = time.Hour
	omMargin = 5 * time.Minute
)

// omSpan is the time that a run covers.
type omSpan struct {
	name        string
	first, last time.Time // zero when no event has a time
	events      int       // those that have not been gone through, once a walk has begun
	walk        *omWalk
}

// omSpans returns the spans of all runs of a source, by name.
func omSpans(ctx context.Context, src monitor.Source, nameOf func(*monitor.Event) string) (map[string]*omSpan, error) {
	spans := make(map[string]*omSpan)
	err := eachEvent(ctx, src, func(ev *monitor.Event) error {
		name := nameOf(ev)
		s := spans[name]
		if s == nil {
			s = &omSpan{name: strings.Clone(name)}
			spans[s.name] = s
		}
		s.see(ev)
		return nil
	})
	if err == nil && len(spans) == 0 {
		err = ErrNoEvents
	}
	return spans, err
}

func (s *omSpan) see(ev *monitor.Event) {
	s.events++
	if !plausible(ev.Time) {
		return
	}
	if s.first.IsZero() || ev.Time.Before(s.first) {
		s.first = ev.Time
	}
	if ev.Time.After(s.last) {
		s.last = ev.Time
	}
}

// plausible reports whether a monitor takes t for an event's own time.
func plausible(t time.Time) bool { y := t.Year(); return 1700 <= y && y <= 2200 }

func (s *omSpan) step() time.Duration {
	switch d := s.last.Sub(s.first); {
	case d <= omLongRun:
		return omStep
	case d <= omLongerRun:
		return omLongStep
	}
	return omLongerStep
}

// omRun is a run gone through with its own clock: the times of the steps, and the meter with every series' history.
type omRun struct {
	name  string
	meter *omMeter
	times []int64 // seconds since 1970, at whole multiples of the step
}

// omWalk goes through a run: it gives its events to a monitor whose clock is the greatest time among those so far, as replay
// does, and looks at its series before the first event and then at every step up to the last event.
type omWalk struct {
	omRun
	ctx    context.Context
	span   *omSpan
	mon    *monitor.Monitor // nil once the run has ended
	step   int64            // seconds
	next   int64            // the step to come
	latest int64            // seconds of the latest event, rounded up
	clock  atomic.Int64
}

func newOMWalk(ctx context.Context, span *omSpan) (*omWalk, error) {
	w := &omWalk{ctx: ctx, span: span, step: int64(span.step() / time.Second)}
	w.name = span.name
	if span.first.IsZero() {
		span.first = time.Now() // no event has a time: all happened now
	}
	start := floor(span.first.UnixNano()-1, w.step*int64(time.Second)) / int64(time.Second)
	w.next, w.latest = start, start
	w.clock.Store(start * int64(time.Second))
	provider := newOMProvider()
	w.meter = &provider.meter
	var err error
	w.mon, err = monitor.New(provider, monitor.WithClock(w.now), monitor.WithLogger(slog.New(slog.DiscardHandler)),
		monitor.WithRingSize(1<<13))
	if err != nil {
		return nil, err
	}
	return w, w.look() // everything that starts at zero does so here
}

// close lets the monitor go, and all that holds it.
func (w *omWalk) close() {
	if w.mon != nil {
		_ = w.mon.Shutdown(context.WithoutCancel(w.ctx))
		w.mon, w.meter.callbacks = nil, nil
	}
}

func (w *omWalk) now() time.Time { return time.Unix(0, w.clock.Load()).UTC() }

// event takes the next event; the run ends with its last one.
func (w *omWalk) event(ev *monitor.Event) error {
	if w.mon == nil {
		return nil // src has more than when it was read first
	}
	if plausible(ev.Time) {
		ns := ev.Time.UnixNano()
		at := -floor(-ns, int64(time.Second)) / int64(time.Second)
		if err := w.advance(at); err != nil {
			return err
		}
		w.latest = max(w.latest, at)
		w.clock.Store(max(w.clock.Load(), ns))
	}
	w.mon.Track(w.ctx, *ev)
	if w.span.events--; w.span.events > 0 {
		return nil
	}
	defer w.close()
	return w.look()
}

// advance looks at each step before the second at, in which an event happened, but for those of a gap.
func (w *omWalk) advance(at int64) error {
	for w.next < at {
		if at-w.latest > int64(omQuiet/time.Second) && w.next > w.latest+int64(omMargin/time.Second) {
			if resume := floor(at-int64(omMargin/time.Second), w.step); resume > w.next {
				w.next = resume
			}
		}
		if err := w.look(); err != nil {
			return err
		}
	}
	return nil
}

// look records every series as it stands at the step.
func (w *omWalk) look() error {
	w.clock.Store(max(w.clock.Load(), w.next*int64(time.Second)))
	if err := w.meter.observe(w.ctx); err != nil {
		return err
	}
	w.meter.record(len(w.times))
	w.times = append(w.times, w.next)
	w.next += w.step
	return nil
}

// floor returns the greatest multiple of step that is not above n.
func floor(n, step int64) int64 {
	q := n / step
	if n%step != 0 && n < 0 {
		q--
	}
	return q * step
}
