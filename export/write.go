package export

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/genmeter/genmeter/internal/wholefile"
	"github.com/genmeter/genmeter/monitor"
)

// Write writes the events of src to the file at path, which appears whole or not at all: it is written beside its place under
// another name, brought to the disk, and then renamed. After an error nothing is left behind, and a file that was there is as
// it was. A new file has the mode 0644 less the umask, one that replaces another has that one's. A symbolic link stays, its
// target is replaced. What is no regular file, such as a named pipe or /dev/stdout, is written straight. The directory must be
// there.
//
// CSV writes several files: for the path runs/out.csv a file a metric, runs/out_generation_time.csv and so on, and
// runs/out_index.csv with the columns file, metric, rows, first and last, which says which file has which metric. All of
// them are complete before the first one appears. Files of an earlier export stay where this one has no such metric; those
// that belong to it are in the index.
//
// Some formats read src more than once. An error of src ends the export and is returned as it is. It is [ErrNoEvents] when
// src has nothing for the format.
func Write(ctx context.Context, path string, format Format, src monitor.Source, opts ...Option) error {
	c := newConfig(opts)
	encode, err := encoderOf(format, c)
	if err != nil {
		return err
	}
	if format == CSV {
		target, device, err := wholefile.Resolve(path)
		if err != nil {
			return err
		}
		if !device {
			return writeCSVFiles(ctx, target, src, c)
		}
	}
	err = wholefile.WriteContext(ctx, path, func(w io.Writer) error { return encode(ctx, w, src, c) })
	if err == nil {
		c.onFile(path)
	}
	return err
}

// writeCSVFiles writes a file a metric beside path, and the index.
func writeCSVFiles(ctx context.Context, path string, src monitor.Source, c *config) error {
	r := csvRecord{keys: newKeys(), raw: c.rawText}
	return tabulate(ctx, src, c, r.append, func(ts *tables, all []*table) error {
		dir, base := filepath.Split(path)
		files, index := csvFiles(strings.TrimSuffix(base, filepath.Ext(base)), all)
		var set wholefile.Set
		defer set.Discard()
		for _, f := range files {
			err := set.Write(dir+f.name, func(w io.Writer) error { return ts.writeCSV(ctx, w, f.table, &r) })
			if err != nil {
				return err
			}
		}
		if err := set.Write(dir+index, func(w io.Writer) error { return writeIndex(w, files, c.rawText) }); err != nil {
			return err
		}
		if err := set.Commit(ctx); err != nil {
			return err
		}
		for _, f := range files {
			c.onFile(dir + f.name)
		}
		c.onFile(dir + index)
		return nil
	})
}
