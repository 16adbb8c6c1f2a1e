package ingest

import (
	"context"
	"errors"
	"log/slog"

	"github.com/genmeter/genmeter/monitor"
)

// FeedOptions is how [Feed] goes about it. The zero value is usable.
type FeedOptions struct {
	// Source is the source label of the events, such as "replay" or "stdin"; empty is "ingest".
	Source string

	// OnEvent is called with each event that is not a duplicate, before it is tracked. It may change the event; a
	// replay moves its clock here.
	OnEvent func(*monitor.Event)

	// IDs are the ids that were seen already, on this road or others; nil is a new window for this call.
	IDs *IDWindow

	// Logger is told of lines and files that could not be read, bounded; nil is [slog.Default].
	Logger *slog.Logger
}

// Report says what [Feed] did.
type Report struct {
	Events     int            // that the monitor took; 0 means that there was nothing to work with
	Duplicates int            // left out because their id was seen
	Refused    int            // by the monitor, as from the future; it counts them itself
	Problems   map[string]int // lines and values that could not be read, by reason
	Truncated  int            // lines among them that were cut off, as by a crash
	Files      []error        // files that gave nothing, or no more: the first 100
}

// Problem returns the number of lines and values that could not be read.
func (r *Report) Problem() (n int) {
	for _, k := range r.Problems {
		n += k
	}
	return n
}

// maxFileErrors bounds Report.Files.
const maxFileErrors = 100

// Feed gives every event of src to the monitor, in order, and counts what could not be read in
// genmeter_events_rejected_total. It goes on after errors. The error is ctx's, when it ends first; ctx is looked at
// between events, so that a source that waits for input is not interrupted.
func Feed(ctx context.Context, mon *monitor.Monitor, src monitor.Source, opts FeedOptions) (Report, error) {
	f := newFeeder(mon, opts)
	defer f.log.summary(ctx)
	for ev, err := range src {
		if ctx.Err() != nil {
			return f.report, context.Cause(ctx)
		}
		if err != nil {
			f.problem(ctx, err)
		} else {
			f.event(ctx, &ev)
		}
	}
	return f.report, nil
}

// feeder is one run of Feed.
type feeder struct {
	mon    *monitor.Monitor
	opts   FeedOptions
	log    problemLog
	report Report
}

func newFeeder(mon *monitor.Monitor, opts FeedOptions) *feeder {
	f := &feeder{mon: mon, opts: opts, report: Report{Problems: make(map[string]int)}}
	if f.opts.Source == "" {
		f.opts.Source = "ingest"
	}
	if f.opts.IDs == nil {
		f.opts.IDs = NewIDWindow(0)
	}
	for _, reason := range []string{
		monitor.ReasonMalformed, monitor.ReasonTooLong, monitor.ReasonWrongType, monitor.ReasonNotFinite,
	} {
		mon.CountRejected(f.opts.Source, reason, 0)
	}
	f.log.to = opts.Logger
	return f
}

func (f *feeder) event(ctx context.Context, ev *monitor.Event) {
	if f.opts.IDs.Has(ev) {
		f.report.Duplicates++
		f.log.duplicate(ctx, ev)
		return
	}
	ev.Source = f.opts.Source
	if f.opts.OnEvent != nil {
		f.opts.OnEvent(ev)
	}
	if !f.mon.Track(ctx, *ev) {
		f.report.Refused++
		f.log.refused(ctx, ev)
		return
	}
	f.opts.IDs.Add(ev)
	f.report.Events++
}

func (f *feeder) problem(ctx context.Context, err error) {
	if reason, n := f.report.enter(ctx, &f.log, err); n > 0 {
		f.mon.CountRejected(f.opts.Source, reason, n)
	}
}

// enter takes what could not be read, and logs it. n is how many refused lines or values that is, for reason.
func (r *Report) enter(ctx context.Context, log *problemLog, err error) (reason string, n int) {
	if line, ok := errors.AsType[*LineError](err); ok {
		if line.Truncated {
			r.Truncated++
		}
		log.line(ctx, line)
		r.Problems[line.Reason]++
		return line.Reason, 1
	}
	if file, ok := errors.AsType[*FileError](err); ok && file.Lines > 0 {
		reason, n = monitor.ReasonMalformed, file.Lines
		r.Problems[reason] += n
	}
	if len(r.Files) < maxFileErrors {
		r.Files = append(r.Files, err)
		log.file(ctx, err)
	}
	return reason, n
}
