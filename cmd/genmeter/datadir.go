package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/alecthomas/units"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/ingest/journal"
	"github.com/genmeter/genmeter/monitor"
)

// dataFlags say where events are kept on disk, and for how long.
type dataFlags struct {
	dir     *string
	resume  *bool
	maxSize *units.Base2Bytes
	maxAge  *time.Duration
}

func addDataFlags(cmd *kingpin.CmdClause) *dataFlags {
	var f dataFlags
	f.dir = cmd.Flag("data-dir", "Keep the events in this directory, and answer a sender only when they are on the disk: what was "+
		"acknowledged survives a crash. Every command reads it like a recorded run.").PlaceHolder("DIR").String()
	f.resume = cmd.Flag("resume", "Go on with the run whose events the data directory has: its tokens, cost and progress count on. "+
		"Without it a directory with events is refused.").Bool()
	f.maxSize = cmd.Flag("data-dir.max-size", "Delete the oldest events beyond this size, such as 10GB; 0 keeps all.").Default("0B").Bytes()
	f.maxAge = cmd.Flag("data-dir.max-age", "Delete events older than this, such as 720h; 0 keeps all.").Default("0s").Duration()
	return &f
}

func (f *dataFlags) check() error {
	switch {
	case *f.dir == "" && *f.resume:
		return wrongUsage("--resume needs --data-dir: the directory of the run to go on with")
	case *f.dir == "" && (*f.maxSize != 0 || *f.maxAge != 0):
		return wrongUsage("--data-dir.max-size and --data-dir.max-age need --data-dir")
	case *f.maxSize < 0 || *f.maxAge < 0:
		return wrongUsage("--data-dir.max-size and --data-dir.max-age: want 0 or more")
	}
	return nil
}

// open opens the journal; nil without a data directory.
func (f *dataFlags) open(logger *slog.Logger) (*journal.Journal, error) {
	if *f.dir == "" {
		return nil, nil
	}
	opts := []journal.Option{journal.WithLogger(logger), journal.WithMaxSize(int64(*f.maxSize)), journal.WithMaxAge(*f.maxAge)}
	if *f.resume {
		opts = append(opts, journal.WithResume())
	}
	j, err := journal.Open(*f.dir, opts...)
	var locked *journal.LockedError
	switch {
	case errors.Is(err, journal.ErrNotEmpty):
		return nil, fmt.Errorf("%w: go on with it by --resume, or give a new directory", err)
	case errors.As(err, &locked):
		return nil, fmt.Errorf("%w: stop it, or give another directory", err)
	}
	return j, err
}

// openHeld opens what an earlier process held of OTLP; nil without a data directory.
func (f *dataFlags) openHeld(logger *slog.Logger) (*ingest.OTLPHeld, error) {
	if *f.dir == "" {
		return nil, nil
	}
	held, err := ingest.OpenOTLPHeld(*f.dir)
	if err != nil {
		return nil, err
	}
	if held.Len() > 0 && !*f.resume {
		return nil, fmt.Errorf("%s: the folder has usage of an earlier run that waits for its calls: go on with it by --resume, or give a new directory", *f.dir)
	}
	for _, problem := range held.Problems {
		logger.Warn(problem.Error())
	}
	return held, nil
}

// resume counts in mon what the journal has of the run, shows it to held, and returns the ids that it has.
func resume(mon *monitor.Monitor, j *journal.Journal, held *ingest.OTLPHeld, logger *slog.Logger) *ingest.IDWindow {
	ids := ingest.NewIDWindow(0)
	if j == nil {
		return ids
	}
	src, report := ingest.Account(j.Events(), logger)
	events := 0
	for ev, err := range src {
		if err == nil {
			held.Seen(&ev)
		}
		if err == nil && mon.Resume(ev) {
			ids.Add(&ev)
			events++
		}
	}
	for _, err := range report.Files {
		logger.Warn(err.Error())
	}
	if events > 0 || len(report.Files) > 0 {
		p := mon.Progress()
		logger.Info("resumed", "events", events, "damaged", len(report.Files), "calls", p.Calls, "records", p.Done, "since", p.Start.Format(time.RFC3339))
	}
	if d := j.Dropped(); d.Events > 0 {
		logger.Warn("the data directory's retention has deleted events: tokens, cost and progress of the run lack them",
			"events", d.Events, "until", d.Until.Format(time.RFC3339))
	}
	return ids
}
