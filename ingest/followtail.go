package ingest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// chunkSize is how much of a file is read at once, unless a line is longer.
const chunkSize = 256 << 10

// tail is a file that is followed, and how far it was read. Exported fields are kept over restarts.
type tail struct {
	Path  string  `json:"path"` // where it was seen last, behind any links
	Base  string  `json:"base"` // its name before any rotation
	Key   fileKey `json:"key"`
	Epoch int     `json:"epoch,omitempty"` // how often it was begun anew, as far as ids could meet
	Cuts  []cutAt `json:"cuts,omitempty"`  // ascending
	Gone  bool    `json:"gone,omitempty"`  // another file is stored under Key now

	Pos    int64   `json:"pos"`  // all before was read
	Line   int     `json:"line"` // lines before Pos
	Size   int64   `json:"size"` // as it was when it was last looked at
	Format Format  `json:"format"`
	Marks  marks   `json:"marks"`             // to Pos, or as far as it was read before a crash
	LongAt int64   `json:"long_at,omitempty"` // where the line began that is skipped because of its length
	Long   bool    `json:"long,omitempty"`    // such a line is being skipped
	Torn   int64   `json:"torn,omitempty"`    // where a half line begins that was told of, 0 for none
	Wait   []span  `json:"wait,omitempty"`    // lines before Pos whose events are not complete
	Born   fileKey `json:"born"`              // the Key of which ids are made; a copy has another
	origin *origin // nil until there is a first line
	saved  *tail   // as it was when everything that was read was taken

	file                *os.File
	seen                bool // at a path, when it was last looked for
	wasSeen, wasCurrent bool // at the look before

	current  bool // it has the name of its base, and is not one that was rotated
	modified time.Time
	unread   bool      // it has changed since it was read to its end
	foreign  bool      // it is no text
	ended    bool      // nobody writes to it any more, as far as is known: its last line may lack its end
	dormant  bool      // given up; it may turn up again
	window   []byte    // what stands before Pos, as much as a mark wants
	readAt   time.Time // when it last gave a line, or was opened
	peeked   int64     // its size when its format was last looked for
}

// span is a run of lines.
type span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
	Line int   `json:"line"` // before From
}

// chunk reads what a file has next, up to the end of a line, and gives it. It returns false when that must wait.
func (f *follower) chunk(t *tail) bool {
	b, err := t.next(f.buf)
	if err != nil {
		t.unread = false
		f.problem(t.Path, &FileError{Err: reason(err)})
		return false
	}
	if len(b) == 0 {
		t.unread = false
		return false
	}
	if !t.intact(int64(len(b))) { // truncated while it was read: the next look tells
		t.modified = time.Time{}
		t.unread = false
		return false
	}
	if t.Pos == 0 {
		if found := foreign(b); found != "" && b[0] != 0 {
			t.foreign = true
			f.problem(t.Path, &FileError{Found: found, Expected: expectedFormats})
			return false
		}
	}
	f.lines(t, b)
	t.readAt = f.now
	f.dirty = true
	return true
}

// next returns what can be taken: whole lines, a buffer full of a line that is too long, or at the end of a file to which
// nobody writes any more an object that lacks the end of its line.
func (t *tail) next(buf []byte) ([]byte, error) {
	for size := chunkSize; ; size = len(buf) {
		size = min(size, len(buf))
		n, err := t.file.ReadAt(buf[:size], t.Pos)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		b := buf[:n]
		if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
			return b[:i+1], nil
		}
		switch {
		case n < size && t.ended && wholeObject(b):
			return b, nil
		case n < size:
			return nil, nil // half a line
		case size == len(buf):
			return b, nil
		}
	}
}

// intact reports whether what was read, n bytes at Pos, is what follows on what was read before. A file that was truncated
// and written anew before the read is not. It must be asked after the read.
func (t *tail) intact(n int64) bool {
	info, err := t.file.Stat()
	if err != nil || info.Size() < t.Pos+n {
		return false
	}
	return len(t.Marks) == 0 || t.Marks.last().in(t.file)
}

// lines gives the lines of a chunk and moves behind it.
func (f *follower) lines(t *tail, chunk []byte) {
	t.Marks.add(t.window, chunk, t.Pos)
	t.keepWindow(chunk)
	if t.origin == nil {
		f.baptise(t)
	}
	rd := f.reader(t.Base, t.Format)
	rd.name = t.Path
	at := t.Pos
	t.Pos += int64(len(chunk))
	if at == 0 {
		text := bytes.TrimPrefix(chunk, []byte("\xef\xbb\xbf"))
		at, chunk = int64(len(chunk)-len(text)), text
	}
	for len(chunk) > 0 {
		text, whole := chunk, false
		if i := bytes.IndexByte(chunk, '\n'); i >= 0 {
			text, whole = chunk[:i+1], true
		}
		if !whole && t.ended && wholeObject(text) {
			f.lastLine(t, rd, text, at)
			break
		}
		chunk = chunk[len(text):]
		f.line(t, rd, text, at, whole)
		at += int64(len(text))
	}
	t.Format = rd.format
}

// line gives one line, or skips a piece of one that is too long.
func (f *follower) line(t *tail, rd *reader, text []byte, at int64, whole bool) {
	l := line{from: t.origin, at: at, end: at + int64(len(text)), whole: true}
	if !whole {
		if !t.Long {
			t.Long, t.LongAt = true, at
		}
		return
	}
	t.Line++
	l.n = t.Line
	if t.Long {
		l.at = t.LongAt
		l.size = l.end - l.at - 1
		l.text = t.beginning(l.at)
		t.Long, t.LongAt = false, 0
		rd.line(&l)
		return
	}
	// A program that goes on writing where it was in a file that was truncated leaves zeros before its next line.
	l.text = bytes.TrimLeft(bytes.TrimRight(text, "\r\n"), "\x00")
	l.size = int64(len(l.text))
	if len(bytes.TrimSpace(l.text)) > 0 {
		rd.line(&l)
	}
}

// lastLine gives a line that lacks its end. Should that be written yet, it is the end of this line and no line of its own.
func (f *follower) lastLine(t *tail, rd *reader, text []byte, at int64) {
	if t.Long {
		return
	}
	f.line(t, rd, text, at, true)
	t.Line--
}

// wholeObject reports whether a line that lacks its end is complete: no more than space can follow an object.
func wholeObject(text []byte) bool {
	text = bytes.TrimRight(text, " \t\r")
	begin := bytes.IndexByte(text, '{') // behind the time of a line of afterimage.log
	if begin < 0 || text[len(text)-1] != '}' {
		return false
	}
	return eventline.Fields(text[begin:], func(_, _ []byte) bool { return true }) == nil
}

// beginning reads the beginning of a long line, to be shown.
func (t *tail) beginning(at int64) []byte {
	b := make([]byte, 256)
	n, _ := t.file.ReadAt(b, at) // for a message only
	return b[:n]
}

func (t *tail) keepWindow(chunk []byte) {
	if len(chunk) >= markSize {
		t.window = append(t.window[:0], chunk[len(chunk)-markSize:]...)
		return
	}
	t.window = append(t.window, chunk...)
	t.window = t.window[max(0, len(t.window)-markSize):]
}

// halfLine takes what stands behind the last whole line of a file that is no longer written to, when that lacks nothing but
// its end; otherwise it tells of it, once. Should the file get the rest nevertheless, the line is read.
func (f *follower) halfLine(t *tail) {
	if t.file == nil || t.Size <= t.Pos || t.Torn == t.Pos+1 || !f.ofAccount(t) {
		return
	}
	t.ended = true
	if f.chunk(t) {
		return
	}
	b := make([]byte, 256)
	n, err := t.file.ReadAt(b, t.Pos)
	if n == 0 || err != nil && !errors.Is(err, io.EOF) {
		return
	}
	t.Torn = t.Pos + 1
	f.dirty = true
	f.put(monitor.Event{}, &LineError{
		File: t.Path, Line: t.Line + 1, Reason: monitor.ReasonMalformed, Lost: true, Truncated: true,
		Found: eventline.Quote(b[:n]) + " and the end of the file", Expected: "a whole line",
	})
}

func (t *tail) close() {
	if t.file != nil {
		t.file.Close()
		t.file = nil
	}
}
