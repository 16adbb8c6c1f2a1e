package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// Events returns all events, in the order in which they were appended, those of earlier runs first; each time it is ranged over,
// those that were acknowledged until then. It streams: memory does not grow with the journal. What retention has
// deleted is in [Journal.Dropped].
//
// A line that cannot be read is a [*DamageError] where its event would have been; a segment that cannot be read, or no further,
// is the file system's error. More events follow either.
func (j *Journal) Events() monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		rd := &reader{dec: eventline.NewDecoder(time.UTC), in: bufio.NewReaderSize(nil, 64<<10), yield: yield}
		for _, s := range j.snapshot() {
			if !rd.read(filepath.Join(j.dir, s.name()), s.size) {
				return
			}
		}
	}
}

// snapshot returns the segments that count, as they are now.
func (j *Journal) snapshot() []segment {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]segment, 0, len(j.segments))
	for _, s := range j.segments {
		if s.number > j.dropped.Through && s.size > 0 {
			list = append(list, *s)
		}
	}
	return list
}

// reader reads one segment after the other.
type reader struct {
	dec   *eventline.Decoder
	in    *bufio.Reader
	long  []byte // a line that does not fit into in's buffer
	yield func(monitor.Event, error) bool

	path string
	n    int // of the line
}

// read gives out what stands in the first size bytes of a file. It returns false when yield wants no more.
func (rd *reader) read(path string, size int64) bool {
	rd.path, rd.n = path, 0
	f, err := os.Open(path)
	if err != nil {
		return rd.yield(monitor.Event{}, err)
	}
	defer f.Close()
	rd.in.Reset(io.NewSectionReader(f, 0, size))
	for {
		line, length, err := rd.line()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return rd.yield(monitor.Event{}, err)
		}
		if !rd.give(line, length) {
			return false
		}
	}
}

// line returns the next line, no more than maxLine of it, and its length.
func (rd *reader) line() (line []byte, length int, err error) {
	rd.n++
	line, err = rd.in.ReadSlice('\n')
	length = len(line)
	if errors.Is(err, bufio.ErrBufferFull) {
		rd.long = append(rd.long[:0], line...)
		for errors.Is(err, bufio.ErrBufferFull) {
			var part []byte
			part, err = rd.in.ReadSlice('\n')
			length += len(part)
			rd.long = append(rd.long, part[:min(len(part), maxLine-len(rd.long))]...)
		}
		line = rd.long
	}
	if errors.Is(err, io.EOF) && length > 0 {
		err = nil
	}
	return line, length, err
}

// give gives out a line's event, and what was wrong with it.
func (rd *reader) give(line []byte, length int) bool {
	if length > maxLine {
		return rd.bad(&DamageError{Found: fmt.Sprintf("%d bytes, %s", length, eventline.Quote(line)),
			Expected: fmt.Sprintf("a line of at most %d bytes", maxLine), Lost: true})
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return true
	}
	var ev monitor.Event
	if err := rd.dec.Decode(line, &ev); err != nil {
		return rd.bad(lostLine(line, err))
	}
	if !rd.yield(ev, nil) {
		return false
	}
	for _, p := range rd.dec.Problems() {
		if !rd.bad(&DamageError{Key: p.Key, Found: p.Found, Expected: p.Expected}) {
			return false
		}
	}
	return true
}

// lostLine tells of a line without event.
func lostLine(line []byte, err error) *DamageError {
	e := &DamageError{Found: eventline.Quote(bytes.TrimSpace(line)), Expected: "an event line", Lost: true}
	var p *eventline.Problem
	if !errors.As(err, &p) {
		return e
	}
	e.Key, e.Expected = p.Key, p.Expected
	if p.AtEnd {
		e.Found += " and the end of the line"
	} else if p.Key != "" || p.Offset > 0 {
		e.Found = p.Found
	}
	return e
}

func (rd *reader) bad(e *DamageError) bool {
	e.File, e.Line = rd.path, rd.n
	return rd.yield(monitor.Event{}, e)
}
