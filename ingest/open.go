package ingest

import (
	"fmt"
	"os"

	"github.com/genmeter/genmeter/monitor"
)

// Open returns the events of a file, of a folder's files (see [Files]), or of standard input when path is "-". It
// streams: memory does not grow with the size of a file. A Source of files can be ranged over again and reads them
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
	var names []string
	for _, f := range files {
		if f.Skipped == "" {
			names = append(names, f.Path)
		}
	}
	if len(names) == 0 {
		return nil, &FileError{File: path, Found: "a folder with no recorded run in it", Expected: expectedFormats}
	}
	return func(yield func(monitor.Event, error) bool) {
		for _, name := range names {
			if !readFile(name, &c, yield) {
				return
			}
		}
	}, nil
}

// readFile gives out everything that a file holds. It returns false when yield wants no more.
func readFile(name string, c *config, yield func(monitor.Event, error) bool) bool {
	f, err := os.Open(name)
	if err != nil {
		return yield(monitor.Event{}, fileError(name, err))
	}
	defer f.Close() // only read: nothing can be lost
	return read(f, name, c, true, yield)
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
