package export

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/genmeter/genmeter/internal/timespan"
	"github.com/genmeter/genmeter/monitor"
)

// Window is a part of a run's time: its last Last, when that is set, else from From (inclusive) to To (exclusive), either of
// which may be zero for open. The zero Window is the whole run.
type Window struct {
	Last     time.Duration
	From, To time.Time
}

// ParseWindow reads a duration ("30m", "1d": the last of the run), or one or two times with a slash between:
// "2026-11-24 19:00:00/2026-11-24 20:00:00", "2026-11-24/" (from the beginning of that day on), "/2026-11-24 20:00" (until
// then), "2026-11-24T19:00:00Z/1h". Times are those of zone, which nil makes UTC, unless they are in RFC 3339, which names one.
// Empty and "0" are the whole run.
func ParseWindow(s string, zone *time.Location) (Window, error) {
	wrong := func(what string) (Window, error) {
		return Window{}, fmt.Errorf("window %q: %s (want a duration such as 30m for the last of the run, or START/END with times such as \"2026-11-24 19:00:00\" or 2026-11-24T19:00:00Z)", s, what)
	}
	from, to, ranged := strings.Cut(s, "/")
	if !ranged {
		if s == "" {
			return Window{}, nil
		}
		if d, ok := timespan.Parse(s); ok {
			return Window{Last: d}, nil
		}
		return wrong("no duration")
	}
	var w Window
	var err error
	if from != "" {
		if w.From, err = parseTime(from, zone); err != nil {
			return wrong("no time before the slash")
		}
	}
	if to != "" {
		if w.To, err = parseTime(to, zone); err != nil {
			d, ok := timespan.Parse(to)
			if !ok || w.From.IsZero() {
				return wrong("no time behind the slash")
			}
			w.To = w.From.Add(d)
		}
	}
	if w.From.IsZero() && w.To.IsZero() {
		return wrong("no times")
	}
	if !w.To.IsZero() && !w.From.Before(w.To) {
		return wrong("it ends before it begins")
	}
	return w, nil
}

// parseTime reads a time in RFC 3339, or a date or a date and time of zone.
func parseTime(s string, zone *time.Location) (t time.Time, err error) {
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if t, err = time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return t, err
}

// Of gives the events of src within w, and its errors. Events without a time are outside every window but the whole run.
// With Last, src is read once before, to find the latest time.
func (w Window) Of(src monitor.Source) monitor.Source {
	if w == (Window{}) {
		return src
	}
	return func(yield func(monitor.Event, error) bool) {
		w := w
		if w.Last > 0 {
			var end time.Time
			for ev, err := range src {
				if err == nil && ev.Time.After(end) {
					end = ev.Time
				}
			}
			w.From = end.Add(-w.Last)
		}
		for ev, err := range src {
			if err == nil && !w.has(ev.Time) {
				continue
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

func (w *Window) has(t time.Time) bool {
	return !t.IsZero() && !t.Before(w.From) && (w.To.IsZero() || t.Before(w.To))
}

// OfModels gives the calls and evaluations of src by these models, and its errors. "unknown" is those without a model. What
// has no model (records, metrics of the caller's own, targets) is left out.
func OfModels(src monitor.Source, models ...string) monitor.Source {
	wanted := make(map[string]bool, len(models))
	for _, m := range models {
		wanted[m] = true
	}
	return func(yield func(monitor.Event, error) bool) {
		for ev, err := range src {
			if err == nil {
				switch ev.Kind {
				case monitor.KindGeneration, monitor.KindEvaluation, monitor.KindBegin, monitor.KindUsage:
				default:
					continue
				}
				if !wanted[cmp.Or(ev.Model, "unknown")] {
					continue
				}
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
