package ingest

import (
	"context"
	"log/slog"

	"github.com/genmeter/genmeter/monitor"
)

// Account gives src as it is and keeps account of it: what cannot be read is logged as [Feed] logs it (nil is
// [slog.Default]) and entered into the report, as are the events. It is for readers that work offline. Only the first pass
// over src counts; the report is complete when that is over.
func Account(src monitor.Source, logger *slog.Logger) (monitor.Source, *Report) {
	report := &Report{Problems: make(map[string]int)}
	passes := 0
	return func(yield func(monitor.Event, error) bool) {
		if passes++; passes > 1 {
			src(yield)
			return
		}
		ctx, log := context.Background(), problemLog{to: logger, lines: true}
		defer log.summary(ctx)
		for ev, err := range src {
			if err == nil {
				report.Events++
			} else {
				report.enter(ctx, &log, err)
			}
			if !yield(ev, err) {
				return
			}
		}
	}, report
}

// Readable gives the events of src without its errors.
func Readable(src monitor.Source) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for ev, err := range src {
			if err == nil && !yield(ev, nil) {
				return
			}
		}
	}
}
