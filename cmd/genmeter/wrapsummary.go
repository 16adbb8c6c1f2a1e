package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/genmeter/genmeter/export/report"
	"github.com/genmeter/genmeter/internal/wholefile"
	"github.com/genmeter/genmeter/monitor"
)

// runReport is the report of a run that is being made while it goes on.
type runReport struct {
	sidecar *sidecar
	cursor  *monitor.Cursor
	started time.Time
	path    string        // of the file to which it is written too; empty for none
	format  report.Format // of that
	done    chan struct{}
	report  *report.Report
	events  int // without those of before
	err     error
}

// followReport begins to report on what s has of the run, and on what it records from now on. It returns when the former has
// been read, and the report is complete when the monitor is shut down.
func followReport(s *sidecar, o report.Options) *runReport {
	r := &runReport{sidecar: s, cursor: s.Follow("summary"), started: time.Now(), done: make(chan struct{})}
	caughtUp := make(chan struct{})
	reached := sync.OnceFunc(func() { close(caughtUp) })
	go func() {
		defer close(r.done)
		defer r.cursor.Close()
		defer reached()
		r.report, r.err = report.New(context.Background(), r.source(reached), o)
	}()
	<-caughtUp
	return r
}

// source gives the events that the journal has, calls reached, and gives those that are recorded until the monitor is shut down.
func (r *runReport) source(reached func()) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		if j := r.sidecar.journal; j != nil {
			for ev, err := range j.Events() {
				if !yield(ev, err) {
					return
				}
			}
		}
		reached()
		buf := make([]monitor.Event, 256)
		for {
			n, err := r.cursor.Read(context.Background(), buf)
			r.events += n
			for i := range n {
				if !yield(buf[i], nil) {
					return
				}
			}
			if errors.Is(err, io.EOF) {
				return
			}
		}
	}
}

// write writes the report to w, and to its file. stopped is why the generator was stopped, empty when it ended by itself.
func (r *runReport) write(w io.Writer, stopped string) error {
	<-r.done
	if r.err != nil {
		return r.err
	}
	r.report.Notes = r.notes(stopped)
	err := r.writeText(w)
	if r.path == "" {
		return err
	}
	return errors.Join(err, writeReport(r.path, r.format, r.report))
}

// writeText writes the report for people. Of nothing there are no numbers to show.
func (r *runReport) writeText(w io.Writer) error {
	if r.report.Events.Total > 0 {
		return report.Write(w, report.Text, r.report)
	}
	_, err := fmt.Fprintln(w, strings.Join(r.report.Notes, "\n"))
	return err
}

// notes are what the numbers do not say.
func (r *runReport) notes(stopped string) (notes []string) {
	if stopped != "" {
		notes = append(notes, "The generator was stopped: "+stopped+".")
	}
	if r.events == 0 {
		notes = append(notes, r.sidecar.nothingCame())
	}
	if b := r.sidecar.before; !b.Start.IsZero() {
		cost := ""
		if b.CostUSD > 0 {
			cost = fmt.Sprintf(", for $%.2f", b.CostUSD)
		}
		notes = append(notes, fmt.Sprintf("The run was resumed at %s with %s and %s of before%s; the rest is new.",
			r.started.UTC().Format(time.DateTime+" MST"), plural(int(b.Calls), "call"), plural(int(b.Done), "accepted record"), cost))
	}
	if lost := r.cursor.Dropped(); lost > 0 {
		notes = append(notes, fmt.Sprintf("%s missing here, as they came faster than they were reported on; the metrics have them.", plural(int(lost), "event")))
	}
	if text := r.sidecar.rejected(); text != "" {
		notes = append(notes, "Not everything was taken: "+text+"; the log has the first of them.")
	}
	return notes
}

// nothingCame says which ways in there were.
func (s *sidecar) nothingCame() string {
	text := "No events"
	if !s.before.Start.IsZero() {
		text = "No new events"
	}
	text += " came from the generator: it should post them to $GENMETER_URL/api/v1/events, or send OpenTelemetry's GenAI spans"
	if len(s.flags.web.webConfig().Users) > 0 {
		text += "; either with a user and password of --web.config.file, which that address does not have in it"
	}
	if paths := *s.flags.follow; len(paths) > 0 {
		text += "; nor were there any in what is followed, " + listed(paths)
	}
	return text + ". See genmeter run --help."
}

// rejected says what was rejected, by reason; empty for nothing.
func (s *sidecar) rejected() string {
	counts, err := s.rejections()
	if err != nil {
		s.logger.Warn("counting what was rejected", "err", err)
	}
	var texts []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		if n := counts[reason]; n > 0 {
			texts = append(texts, fmt.Sprintf("%d %s", n, reason))
		}
	}
	return strings.Join(texts, ", ")
}

// summaryFormat returns the format of a summary. It refuses a file that could not be written when the run is over.
func summaryFormat(path string) (report.Format, error) {
	if path == "" {
		return report.JSON, nil
	}
	format, err := reportFormat("--summary", path, report.JSON)
	if err != nil {
		return 0, err
	}
	target, device, err := wholefile.Resolve(path)
	if err == nil && !device {
		var trial wholefile.Set
		err = trial.Write(target, func(io.Writer) error { return nil })
		trial.Discard()
	}
	if err != nil {
		return 0, wrongUsage("--summary: %v", err)
	}
	return format, nil
}
