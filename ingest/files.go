package ingest

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// File is a file that [Open] finds at a path.
type File struct {
	Path    string
	Format  Format // Unknown when its beginning does not tell
	Skipped string // why it is not read; empty when it is

	// MetricsOnly is set for a metrics.jsonl beside an afterimage.log: the log has the calls and evaluations, complete,
	// and only metrics.jsonl has what the program gave to record_metric. Only that is read from it.
	MetricsOnly bool

	unreadable bool // Skipped because of the file system: a part of the run may be missing
}

// Files returns what [Open] reads, in its order, and what it leaves out and why: of a folder, the files that look like
// a recorded run, without those below. Where a run was written down more than once, only one account of it is
// read, so that nothing counts twice: event lines before a log, a log before metrics.jsonl, which has the least (but for
// MetricsOnly). Files
// that were rotated (genmeter.log.1) come before the file that they were, event lines in the order of their names.
//
// The error is a [*FileError].
func Files(path string) ([]File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	if !info.IsDir() {
		f := File{Path: path}
		if info.Mode().IsRegular() { // to look into a pipe would take from it
			var found string
			if f.Format, found, err = peek(path); err != nil {
				return nil, fileError(path, err)
			}
			if found != "" {
				return nil, &FileError{File: path, Found: found, Expected: expectedFormats}
			}
		}
		return []File{f}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	var files []File
	for _, e := range entries {
		name := filepath.Join(path, e.Name())
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && candidate(e.Name()) {
			files = append(files, look(name))
		}
	}
	choose(files)
	return files, nil
}

// candidate reports whether a file of a folder may be part of a run. The name decides only this, so that a folder's
// other files, which may be large, are left alone.
func candidate(name string) bool {
	base, _ := rotation(name)
	switch filepath.Ext(base) {
	case ".ndjson", ".jsonl", ".log":
		return true
	}
	return false
}

// rotation splits "genmeter.log.3" into "genmeter.log" and 3.
func rotation(name string) (base string, n int) {
	ext := filepath.Ext(name)
	if n, err := strconv.Atoi(strings.TrimPrefix(ext, ".")); err == nil && n > 0 && ext != "" {
		return strings.TrimSuffix(name, ext), n
	}
	return name, 0
}

// look finds out what a file is.
func look(name string) File {
	format, found, err := peek(name)
	f := File{Path: name, Format: format}
	switch {
	case err != nil:
		f.Skipped, f.unreadable = reason(err).Error(), true
	case found != "":
		f.Skipped = "it is " + found
	case format == Unknown:
		f.Skipped = "it does not begin like a recorded run"
	}
	return f
}

// peekSize is how much of a file's beginning is looked at to recognise it.
const peekSize = 256 << 10

// peek returns a file's format, and what it looks like when it is no text. An empty file is Unknown.
func peek(name string) (format Format, found string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return Unknown, "", err
	}
	defer f.Close() // only read
	in := newLines(io.LimitReader(f, peekSize), peekSize)
	if found = foreign(in.head()); found != "" {
		return Unknown, found, nil
	}
	in.skipBOM()
	for range maxUnknown {
		l, err := in.next()
		if err != nil {
			break // an error is met again, and told, when the file is read
		}
		if format = recognise(l.text); format != Unknown {
			return format, "", nil
		}
	}
	return Unknown, "", nil
}

// choose puts files in order and leaves out all but the best account of the run.
func choose(files []File) {
	best := Unknown
	for _, f := range files {
		if f.Skipped == "" && (best == Unknown || f.Format < best) {
			best = f.Format
		}
	}
	for i := range files {
		switch f := &files[i]; {
		case f.Skipped != "" || f.Format == best:
		case best == AfterimageLog && f.Format == Samples:
			f.MetricsOnly = true
		default:
			f.Skipped = "the same run is read from " + best.String()
		}
	}
	slices.SortStableFunc(files, func(a, b File) int {
		aBase, aN := rotation(a.Path)
		bBase, bN := rotation(b.Path)
		return cmp.Or(cmp.Compare(aBase, bBase), cmp.Compare(bN, aN))
	})
}

// fileError says what is wrong with a path; the path itself is in File.
func fileError(path string, err error) *FileError {
	return &FileError{File: path, Err: reason(err), Expected: expectedFormats}
}

func reason(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
