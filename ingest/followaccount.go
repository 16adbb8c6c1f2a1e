package ingest

import "path/filepath"

// choose recognises a folder's files and decides which account of the run is read, as [Files] does. The decision stands, so
// that nothing counts twice: what turns up later and tells of the same run in another format is left out.
func (f *follower) choose() {
	if !f.isDir {
		return
	}
	best := Unknown
	for _, t := range f.tails {
		if t.Format == Unknown && t.seen && !t.foreign && t.peeked != t.Size {
			f.recognise(t)
		}
		if t.Format != Unknown && (best == Unknown || t.Format < best) {
			best = t.Format
		}
	}
	switch {
	case f.account != Unknown:
	case best == Unknown:
		return
	case f.accountSince.IsZero():
		f.accountSince = f.now
		fallthrough
	default:
		if best != Events && !f.ending && f.now.Sub(f.accountSince) < accountWait {
			return
		}
		f.account, f.dirty = best, true
	}
	for _, t := range f.tails {
		if t.Format != Unknown && !f.reads(t.Format) && t.seen {
			f.problem(t.Path, &FileError{
				Found:    t.Format.String() + ", while the same run is read from " + f.account.String(),
				Expected: "one account of a run in a folder; the file is left out",
			})
		}
	}
}

// before returns the format of the file that was stored where t is, before it was truncated.
func (f *follower) before(t *tail) (format Format) {
	for _, o := range f.tails {
		if o.Gone && o.Key == t.Key {
			format = o.Format
		}
	}
	return format
}

// ofAccount reports whether a file is one that is read.
func (f *follower) ofAccount(t *tail) bool {
	return !t.foreign && (!f.isDir || f.account != Unknown && f.reads(t.Format))
}

// reads reports whether files of that format are read.
func (f *follower) reads(format Format) bool {
	return format == f.account || f.account == AfterimageLog && format == Samples
}

// recognise finds out what a file is. One that does not begin like a run is asked again when it has grown, until it has
// more than is looked at.
func (f *follower) recognise(t *tail) {
	if t.peeked > peekSize {
		return
	}
	format, found, err := peek(t.Path)
	switch {
	case err != nil: // told of when it is opened
	case found == "binary data" && f.before(t) != Unknown:
		t.Format = f.before(t) // zeros, where its writer did not notice that it was truncated
	case found != "":
		t.foreign = true
		f.problem(t.Path, &FileError{Found: found, Expected: expectedFormats})
	case format == Unknown && t.Size > peekSize:
		f.problem(t.Path, &FileError{Found: "a beginning unlike that of a recorded run", Expected: expectedFormats})
		fallthrough
	default:
		t.peeked, t.Format = t.Size, format
		f.dirty = f.dirty || format != Unknown
	}
}

// stateName is the file in which it is kept how far the files at a path were read.
func stateName(dataDir, path string) string {
	return filepath.Join(dataDir, "follow-"+hashName(path)+".json")
}
