package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/genmeter/genmeter/monitor"
)

// unseen looks after a file that is at no known path any more, but is open: it may be written to for a while.
func (f *follower) unseen(t *tail) {
	info, err := t.file.Stat()
	switch {
	case err != nil, info.Size() < t.Pos:
		t.close()
	case info.Size() != t.Size || !info.ModTime().Equal(t.modified):
		t.Size, t.modified, t.unread = info.Size(), info.ModTime(), true
	}
}

// retire closes what is not needed, and tells of what files that are no longer written to have left unread.
func (f *follower) retire() {
	for _, t := range f.tails {
		if t.seen && t.current || t.dormant || f.now.Sub(t.readAt) < drainWait {
			continue
		}
		if !t.unread {
			f.halfLine(t)
		}
		if t.seen {
			continue
		}
		if lost := t.Size - t.readTo(); t.file == nil && lost > 0 && f.ofAccount(t) {
			f.put(monitor.Event{}, lostBytes(t, lost))
			t.Size -= lost
		}
		t.close()
		t.dormant, f.dirty = true, true
	}
	f.forget()
	f.closeIdle()
}

// readTo returns how far a file was read, even if that was before a crash.
func (t *tail) readTo() int64 {
	if len(t.Marks) == 0 {
		return t.Pos
	}
	return max(t.Pos, t.Marks.last().At)
}

// lostBytes tells of what a file held that nobody can read any more.
func lostBytes(t *tail, n int64) *FileError {
	what := "a file that was removed"
	if t.Gone {
		what = "a file that was truncated"
	}
	return &FileError{
		File: t.Path, Found: what + " with " + strconv.FormatInt(n, 10) + " bytes not read yet, which are lost",
		Expected: "one that is renamed when it is rotated, or copied and then truncated",
	}
}

// forget bounds what is remembered of files that are gone.
func (f *follower) forget() {
	n := 0
	for i := len(f.tails) - 1; i >= 0; i-- {
		if !f.tails[i].dormant {
			continue
		}
		if n++; n > maxRemembered {
			f.tails = slices.Delete(f.tails, i, i+1)
			f.dirty = true
		}
	}
}

// closeIdle bounds the number of open files.
func (f *follower) closeIdle() {
	var open []*tail
	for _, t := range f.tails {
		if t.file != nil && t.seen && !t.unread {
			open = append(open, t)
		}
	}
	if len(open) <= maxOpen {
		return
	}
	slices.SortFunc(open, func(a, b *tail) int { return cmp.Compare(b.readAt.UnixNano(), a.readAt.UnixNano()) })
	for _, t := range open[maxOpen:] {
		t.close()
	}
}

// skipToEnd goes to the end of a file's last line.
func (f *follower) skipToEnd(t *tail) {
	for {
		b, err := t.next(f.buf)
		if err != nil || len(b) == 0 {
			break // an error is met again when the file is read
		}
		t.Marks.add(t.window, b, t.Pos)
		t.keepWindow(b)
		t.Line += bytes.Count(b, []byte{'\n'})
		if t.Long = b[len(b)-1] != '\n'; t.Long {
			t.LongAt = t.Pos
		}
		t.Pos += int64(len(b))
	}
	if t.Pos > 0 {
		f.baptise(t)
		t.Format, _, _ = peek(t.Path) // an error is met again when the file is read
	}
}

// linesBefore returns how many lines end before an offset.
func linesBefore(r io.ReaderAt, at int64) (n int) {
	in := io.NewSectionReader(r, 0, at)
	b := make([]byte, 64<<10)
	for {
		k, err := in.Read(b)
		n += bytes.Count(b[:k], []byte{'\n'})
		if err != nil {
			if !errors.Is(err, io.EOF) {
				n = 0 // line numbers are for messages; the next read tells of the error
			}
			return n
		}
	}
}
