package ingest

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// candidateFile is a file that was found where followed files are.
type candidateFile struct {
	path     string
	base     string
	n        int // its number among the rotated ones, 0 when it is not one
	key      fileKey
	info     fs.FileInfo
	numbered bool  // n is in its name
	fresh    bool  // it is followed even when it was never seen before
	tail     *tail // what it was found to be
}

// look finds the files and tells which of them are which of those that were read before.
//
// A file is known by where it is stored (so that it may be renamed), as long as it still holds what was read; a file that
// holds what was read of one that is gone, and has its name, is that one's copy and goes on for it.
func (f *follower) look() {
	found := f.list()
	for _, t := range f.tails {
		t.wasSeen, t.wasCurrent = t.seen, t.current
		t.seen = false
	}
	f.remember()
	for i := range found {
		f.stored(&found[i])
	}
	for i := range found {
		if c := &found[i]; c.tail == nil {
			f.copied(c)
		}
	}
	newest := rotatedTo(found)
	for i := range found {
		if c := &found[i]; c.tail == nil && (c.fresh || c.numbered && c.n < newest) {
			f.begin(c)
		}
	}
	f.looked = true
	for _, t := range f.tails {
		f.moved(t)
		if !t.seen && t.file != nil {
			f.unseen(t)
		}
	}
	f.rejoin()
}

// rotatedTo returns the greatest number that a file has which was read before. Those with lower ones were rotated since,
// even when they were never seen under their first name.
func rotatedTo(found []candidateFile) (n int) {
	for i := range found {
		if c := &found[i]; c.tail != nil && c.numbered {
			n = max(n, c.n)
		}
	}
	return n
}

// list returns the files at the path, older ones first.
func (f *follower) list() (found []candidateFile) {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		f.problem(f.path, &FileError{Err: reason(err)})
	case !info.IsDir() && !info.Mode().IsRegular():
		f.problem(f.path, &FileError{Found: "something that is neither a file nor a folder", Expected: "a file or a folder to follow"})
	default:
		f.problem(f.path, nil)
		f.isDir = info.IsDir()
	}
	folder := f.path
	if !f.isDir {
		folder = filepath.Dir(f.path)
	}
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.problem(folder, &FileError{Err: reason(err)})
	}
	lookFurther := f.missing()
	clear(f.byKey)
	for _, e := range entries {
		c := candidateFile{path: filepath.Join(folder, e.Name())}
		if f.isDir {
			c.base, c.n = rotation(c.path)
			c.fresh = candidate(e.Name())
		} else {
			c.base, c.fresh = f.path, c.path == f.path
			rest, ok := strings.CutPrefix(c.path, f.path)
			if !ok || rest != "" && rest[0] != '.' && rest[0] != '-' {
				continue
			}
			var first string
			if first, c.n = rotation(c.path); c.n == 0 && rest != "" {
				c.n = 1
			}
			c.numbered = first == f.path && !c.fresh
		}
		if c.fresh || lookFurther {
			found = f.stat(found, c)
		}
	}
	for _, t := range f.tails { // where files were rotated to, or a link led
		if !t.Gone && (!t.dormant || lookFurther) {
			found = f.stat(found, candidateFile{path: t.Path, base: t.Base, n: 1})
		}
	}
	slices.SortStableFunc(found, func(a, b candidateFile) int {
		return cmp.Or(cmp.Compare(a.base, b.base), cmp.Compare(b.n, a.n))
	})
	return found
}

// missing reports whether a file that was read has another name than it had, or none.
func (f *follower) missing() bool {
	for _, t := range f.tails {
		info, err := os.Stat(t.Path)
		if !t.dormant && (err != nil || keyOfFile(t.Path, info) != t.Key || !t.seen || t.Gone || info.Size() < t.Pos) {
			return true
		}
	}
	return false
}

func (f *follower) stat(found []candidateFile, c candidateFile) []candidateFile {
	info, err := os.Stat(c.path)
	if err != nil || !info.Mode().IsRegular() {
		return found
	}
	c.info, c.key = info, keyOfFile(c.path, info)
	if i, twice := f.byKey[c.key]; twice { // by a link, or found in two ways: it is one file
		if c.fresh && !found[i].fresh {
			found[i] = c
		}
		return found
	}
	f.byKey[c.key] = len(found)
	return append(found, c)
}

// remember notes where the files are stored that are not gone.
func (f *follower) remember() {
	clear(f.known)
	for _, t := range f.tails {
		if _, older := f.known[t.Key]; !older && !t.Gone {
			f.known[t.Key] = t
		}
	}
}

// stored finds the file that was stored where c is, and what became of it.
func (f *follower) stored(c *candidateFile) {
	if t := f.known[c.key]; t != nil && (t.same(c) || f.compare(t, c)) {
		f.bind(t, c)
	}
}

// same reports whether nothing has happened to the file since it was last looked at.
func (t *tail) same(c *candidateFile) bool {
	return !t.modified.IsZero() && t.Size == c.info.Size() && t.modified.Equal(c.info.ModTime())
}

// compare reports whether c still holds what was read of t. When it was cut, reading goes on at its end; when it was begun
// anew, t is gone.
func (f *follower) compare(t *tail, c *candidateFile) bool {
	if !f.openFile(t, c) {
		c.tail = t // it cannot be told now
		return false
	}
	if len(t.Marks) == 0 {
		return true
	}
	switch left := t.Marks.left(t.file, c.info.Size()); left {
	case t.Marks.last().At:
	case 0:
		t.Gone = true
		t.close()
		f.dirty = true
		return false
	default:
		f.cut(t, left)
	}
	if t.window == nil {
		t.window, _ = windowBefore(t.file, t.Pos) // compared just now
	}
	return true
}

// maxCuts is how many places of a file are remembered where it was cut.
const maxCuts = 16

// cut goes on at an offset before that to which the file was read. What is written there is new, and gets new ids.
func (f *follower) cut(t *tail, at int64) {
	t.Marks.cut(t.file, at)
	if at < t.Pos {
		t.Pos, t.Long, t.window = at, false, nil
		t.Line = linesBefore(t.file, at)
	}
	t.Torn = 0
	epoch := f.nextEpoch(t)
	for len(t.Cuts) > 0 && t.Cuts[len(t.Cuts)-1].At >= at {
		t.Cuts = t.Cuts[:len(t.Cuts)-1]
	}
	if len(t.Cuts) == maxCuts { // what is before the oldest was taken long ago
		t.Cuts = t.Cuts[1:]
	}
	t.Cuts = append(slices.Clip(t.Cuts), cutAt{at, epoch})
	*t.origin = *newOrigin(t.Born, t.Marks[0], t.Epoch, t.Cuts) // that of waiting lines, too
	f.dirty = true
}

// copied finds the file that is gone and of which c is a copy.
func (f *follower) copied(c *candidateFile) {
	for _, t := range f.tails {
		if t.Base != c.base || len(t.Marks) == 0 || t.seen && (!t.current || c.n == 0) {
			continue
		}
		file, err := os.Open(c.path)
		if err != nil {
			return
		}
		info, err := file.Stat()
		if err != nil || keyOfFile(c.path, info) != c.key || !holds(t, file, info.Size()) {
			file.Close()
			continue
		}
		c.tail = t
		if t.seen { // and the file may be truncated any moment
			file.Close()
			return
		}
		t.close()
		t.file, t.Key, t.Gone, t.window = file, c.key, false, nil
		t.window, _ = windowBefore(file, t.Pos)
		f.bind(t, c)
		return
	}
}

// holds reports whether a file begins with what was read of t.
func holds(t *tail, file *os.File, size int64) bool {
	return len(t.Marks) > 0 && t.Marks[0].in(file) && t.Marks.left(file, size) == t.Marks.last().At
}

// bind notes where a file is now.
func (f *follower) bind(t *tail, c *candidateFile) {
	if !t.same(c) {
		t.unread = true
	}
	if path := realPath(c.path); path != t.Path {
		t.Path = path
		f.dirty = true
	}
	if t.readAt.IsZero() {
		t.readAt = f.now
	}
	t.seen, t.dormant, t.current = true, false, c.n == 0 && c.fresh
	t.Size, t.modified = c.info.Size(), c.info.ModTime()
	c.tail = t
	if t.unread && t.file == nil {
		f.openFile(t, c)
	}
}

// moved notes that a file was renamed, or is gone: it may be written to from now on as long as drainWait.
func (f *follower) moved(t *tail) {
	if t.wasSeen && !t.seen || t.wasCurrent && !t.current || t.readAt.IsZero() {
		t.readAt = f.now
	}
}

// begin follows a file that was never seen before.
func (f *follower) begin(c *candidateFile) {
	if len(f.tails) >= maxFollowed {
		f.problem(f.path, &FileError{Found: "too many files", Expected: "at most 4096 to follow"})
		return
	}
	t := &tail{Path: realPath(c.path), Base: c.base, Key: c.key}
	if !f.openFile(t, c) {
		return
	}
	if f.opts.FromEnd && !f.looked {
		f.skipToEnd(t)
	}
	f.tails = append(f.tails, t)
	f.bind(t, c)
}

// openFile opens a file, unless it is open, and makes sure that it is c. One that cannot be opened is told of.
func (f *follower) openFile(t *tail, c *candidateFile) bool {
	if t.file != nil {
		return true
	}
	file, err := os.Open(c.path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			f.problem(c.path, &FileError{Err: reason(err)})
		}
		return false
	}
	info, err := file.Stat()
	if err != nil || keyOfFile(c.path, info) != c.key {
		file.Close()
		return false
	}
	f.problem(c.path, nil)
	t.file = file
	return true
}

// baptise gives a file that has a first line what its ids are made of.
func (f *follower) baptise(t *tail) {
	t.Born = t.Key
	t.Epoch = f.nextEpoch(t)
	t.origin = newOrigin(t.Born, t.Marks[0], t.Epoch, nil)
	f.dirty = true
}

// nextEpoch is one more than that of any file whose ids would be the same.
func (f *follower) nextEpoch(t *tail) int {
	epoch := -1
	for _, o := range f.tails {
		if o.Born == t.Born && o.origin != nil && o.Marks[0] == t.Marks[0] {
			epoch = max(epoch, o.Epoch)
			for _, c := range o.Cuts {
				epoch = max(epoch, c.Epoch)
			}
		}
	}
	return epoch + 1
}
