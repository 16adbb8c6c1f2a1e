package ingest

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// Open returns the events of a file, of a folder's files (see [Files]), or of standard input when path is "-". It
// streams: memory does not grow with the size of a file. Of a data directory whose sidecar was killed, what OTLP's spans left
// open comes last. A Source of files can be ranged over again and reads them
// again; standard input, and a named pipe, can be read once.
//
// Events come in the order in which the files have them, errors where they belong between them. Each is a [*LineError],
// which costs a line or a value, or a [*FileError], which costs a file or the rest of one; reading goes on after it.
//
// The error is a [*FileError] when there is nothing to read: path is missing, may not be read, holds no file that
// looks like a run, or is a file of quite another kind.
func Open(path string, opts ...Option) (monitor.Source, error) {
	c := newConfig(opts)
	if path == "-" {
		return Read(c.stdin, "standard input", opts...), nil
	}
	files, err := Files(path)
	if err != nil {
		return nil, err
	}
	run, metrics := parts(files)
	if _, err := os.Stat(filepath.Join(path, otlpHeldFile)); err == nil { // a data directory, whose sidecar was killed or runs
		return withHeld(path, inOrder(run, &c)), nil
	}
	switch {
	case !slices.ContainsFunc(run, func(f File) bool { return f.Skipped == "" }):
		return nil, &FileError{File: path, Found: "a folder with no recorded run in it", Expected: expectedFormats}
	case len(metrics) > 0:
		return merge(inOrder(run, &c), inOrder(metrics, &c)), nil
	}
	return inOrder(run, &c), nil
}

// parts returns the files to read for the run, and those to read for their metrics only. What cannot be read is among
// them: its error comes where its events would have.
func parts(files []File) (run, metrics []File) {
	for _, f := range files {
		switch {
		case f.MetricsOnly:
			metrics = append(metrics, f)
		case f.Skipped == "" || f.unreadable:
			run = append(run, f)
		}
	}
	return run, metrics
}

// inOrder gives out one file after the other.
func inOrder(files []File, c *config) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for _, f := range files {
			if !readFile(f, c, yield) {
				return
			}
		}
	}
}

// merge gives out the events of run, and those of other between them by their times. Neither is sorted: each keeps its
// own order.
func merge(run, other monitor.Source) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		next, stop := iter.Pull2(iter.Seq2[monitor.Event, error](other))
		defer stop()
		ev, err, more := next()
		for runEv, runErr := range run {
			for more && runErr == nil && (err != nil || ev.Time.Before(runEv.Time)) {
				if !yield(ev, err) {
					return
				}
				ev, err, more = next()
			}
			if !yield(runEv, runErr) {
				return
			}
		}
		for ; more; ev, err, more = next() {
			if !yield(ev, err) {
				return
			}
		}
	}
}

// readFile gives out everything that a file holds. It returns false when yield wants no more.
func readFile(file File, c *config, yield func(monitor.Event, error) bool) bool {
	f, err := os.Open(file.Path)
	if err != nil {
		return yield(monitor.Event{}, fileError(file.Path, err))
	}
	defer f.Close() // only read: nothing can be lost
	rd := newReader(file.Path, c, yield)
	rd.file, rd.metricsOnly = true, file.MetricsOnly
	return rd.read(c.counted(f))
}

// byteCount prints a size for people.
func byteCount(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
