package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/genmeter/genmeter/export/report"
	"github.com/genmeter/genmeter/monitor"
)

// runReport is the report of a run that is being made while it goes on.
type runReport struct {
	done   chan struct{}
	report *report.Report
	events int
	err    error
}

// followReport begins to report on what m records from now on. It is complete when m is shut down.
func followReport(m *meter, o report.Options) *runReport {
	r := &runReport{done: make(chan struct{})}
	cursor := m.Follow("summary")
	go func() {
		defer close(r.done)
		defer cursor.Close()
		r.report, r.err = report.New(context.Background(), r.live(cursor), o)
	}()
	return r
}

// live gives the events of a cursor as they are recorded, until the monitor is shut down.
func (r *runReport) live(cursor *monitor.Cursor) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		buf := make([]monitor.Event, 256)
		for {
			n, err := cursor.Read(context.Background(), buf)
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

// write writes the report to w and, when path is not empty, in that file's format to path.
func (r *runReport) write(w io.Writer, path string) error {
	<-r.done
	if r.events == 0 {
		_, err := fmt.Fprintln(w, "no events came from the generator: it should post them to $GENMETER_URL/api/v1/events, or send OpenTelemetry's "+
			"GenAI spans; see genmeter run --help")
		return err
	}
	if r.err != nil {
		return r.err
	}
	if err := report.Write(w, report.Text, r.report); err != nil || path == "" {
		return err
	}
	format, err := reportFormat("--summary", path, report.JSON)
	if err != nil {
		return err
	}
	return writeReport(path, format, r.report)
}
