package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/genmeter/genmeter/monitor"
)

// Report says how one run went. Its fields are what the JSON format holds, under the keys behind them: numbers are whole or
// in the unit that the key ends with, times RFC 3339, and what is not known is null. Do not change one that is written.
type Report struct {
	Name          string         `json:"name"`
	Span          Span           `json:"span"`
	Events        Events         `json:"events"`
	Calls         Calls          `json:"calls"`
	Failures      []Failure      `json:"failures"`       // of calls, the most frequent first
	FinishReasons []FinishReason `json:"finish_reasons"` // of successful calls, the most frequent first

	// Duration is how long calls took, as the metric generation_time has it: without those of a batch API and those that a
	// cache answered. Null when there are none.
	Duration         *Distribution `json:"call_duration_seconds"`
	TimeToFirstToken *Distribution `json:"time_to_first_token_seconds"`

	Usage  Usage   `json:"usage"`
	Cost   Cost    `json:"cost"`
	Models []Model `json:"models"` // the most expensive first

	// OtherModels is how many models are together in "other": those with the least calls and tokens. Past 10,000 models they
	// are not counted any more.
	OtherModels int    `json:"other_models"`
	Steps       []Step `json:"steps"` // the most expensive first; empty when no call names one

	Records     Records     `json:"records"`
	Evaluations Evaluations `json:"evaluations"`
	Metrics     []Metric    `json:"metrics"` // those of the program's own, by name
	Throughput  Throughput  `json:"throughput"`
	Alerts      *Alerts     `json:"alerts"` // null when the run was not judged
	Unreadable  Unreadable  `json:"unreadable"`

	// Notes are what whoever made the report has to say of the run, a sentence each, such as why it was stopped. New leaves
	// them empty. They may hold text from the run. A comparison of several reports does not show them.
	Notes []string `json:"notes,omitempty"`

	figures []figure
}

const defaultName = "run"

// New reads src once, to its end, and reports on it. An error of src does not end that: it is counted as unreadable. The
// events should have been through what ids and impossible values take out, as ingest.Clean does; then the totals are those of
// a monitor that was given the same ones.
//
// It takes 8 bytes for each call's duration and time to first token, for each score, value of an own metric and evaluation's
// duration, up to twice that while it reads, and a bounded amount beside it. The error is that of ctx, of an alert rule that
// cannot be, or tells that there are no events.
func New(ctx context.Context, src monitor.Source, o Options) (*Report, error) {
	watch, err := newWatcher(&o)
	if err != nil {
		return nil, err
	}
	defer watch.close()
	draw := newArtist(&o)
	count := newCounter(o.Prices)
	if err := read(ctx, src, count, watch, draw); err != nil {
		return nil, err
	}
	if count.events.Total == 0 && !o.Empty {
		return nil, noEvents(cmp.Or(o.Name, defaultName), &count.unreadable)
	}
	r := count.report(cmp.Or(o.Name, defaultName), o.location())
	r.Alerts = watch.alerts(o.location())
	r.figures, err = draw.figures()
	return r, err
}

func noEvents(name string, u *Unreadable) error {
	if u.Count == 0 {
		return fmt.Errorf("no events in %s: there is nothing to report", name)
	}
	return fmt.Errorf("no events in %s, only %d that could not be read, such as: %s", name, u.Count, u.Examples[0])
}

// read passes src to count, and in a second goroutine to those that watch and draw.
func read(ctx context.Context, src monitor.Source, count *counter, watch *watcher, draw *artist) error {
	if src == nil {
		return errors.New("report: the source of events is nil")
	}
	second := newRelay(func(ev *monitor.Event) {
		draw.add(ev)
		watch.see(ev)
	}, watch.finish)
	defer second.close()
	for ev, err := range src {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			count.unreadable.add(err)
			second.send(new(monitor.Event))
			continue
		}
		ev.Attrs = nil // nothing here asks for them, and the monitor would keep copies
		if reason := ev.Mend(nil); reason != "" {
			count.unreadable.add(fmt.Errorf("a %s event is refused: %s", ev.Kind, reason))
			second.send(new(monitor.Event))
			continue
		}
		count.add(&ev)
		second.send(&ev)
	}
	return nil
}
