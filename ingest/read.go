package ingest

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// Read returns the events of one stream, such as standard input; name stands for it in messages. It can be ranged over
// once. Every event is given as soon as its line has arrived, but for those of a metrics.jsonl, whose lines must be put
// together first.
//
// As with [Open], a [*LineError] or [*FileError] among the events does not end them. An error of r does, and comes as
// the Err of a FileError.
func Read(r io.Reader, name string, opts ...Option) monitor.Source {
	c := newConfig(opts)
	return func(yield func(monitor.Event, error) bool) {
		newReader(name, &c, yield).read(c.counted(r))
	}
}

// maxUnknown is how many lines of a file may belong to no format before it is given up. A stream never is: its writer
// may print whatever it likes before the first event.
const maxUnknown = 1000

// reader reads one file or stream.
type reader struct {
	name string
	max  int
	file bool

	metricsOnly bool // see File

	dec    *eventline.Decoder
	yield  func(monitor.Event, error) bool
	format Format
	join   *joiner
	now    time.Time // when the lines that are read arrived; zero unless a file is followed

	first []byte       // the first line, while it belongs to no format
	held  []*LineError // errors of a file's lines before its format is known
}

func newReader(name string, c *config, yield func(monitor.Event, error) bool) *reader {
	return &reader{name: name, max: c.maxLine, dec: eventline.NewDecoder(c.location), yield: yield}
}

// read gives out everything that r holds. It returns false when yield wants no more.
func (rd *reader) read(r io.Reader) bool {
	in := newLines(r, rd.max)
	if found := foreign(in.head()); found != "" {
		return rd.fail(&FileError{Found: found, Expected: expectedFormats})
	}
	in.skipBOM()
	blank := true
	for {
		l, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rd.end(false) && rd.fail(&FileError{Err: err})
		}
		if len(l.text) == 0 || len(bytes.TrimSpace(l.text)) == 0 {
			continue
		}
		blank = false
		if !rd.line(&l) {
			return false
		}
		if len(rd.held) >= maxUnknown {
			break
		}
	}
	return rd.end(blank)
}

// end gives out what is left, and says so when there was nothing.
func (rd *reader) end(blank bool) bool {
	if rd.join != nil && !rd.join.flush(rd) {
		return false
	}
	switch {
	case blank:
		return rd.fail(&FileError{Found: "nothing, it is empty", Expected: expectedFormats})
	case len(rd.held) == 1 && rd.held[0].Reason == monitor.ReasonTooLong:
		return rd.yield(monitor.Event{}, rd.held[0])
	case len(rd.held) > 0:
		return rd.fail(&FileError{Found: looks(rd.first), Expected: expectedFormats, Lines: len(rd.held)})
	}
	return true
}

func (rd *reader) fail(err *FileError) bool {
	err.File = rd.name
	return rd.yield(monitor.Event{}, err)
}

// line reads one line that is not blank.
func (rd *reader) line(l *line) bool {
	if rd.format == Unknown && rd.first == nil {
		rd.first = bytes.Clone(l.text[:min(len(l.text), 256)])
	}
	if l.size > int64(rd.max) {
		return rd.bad(&LineError{
			Line: l.n, Reason: monitor.ReasonTooLong, Lost: true,
			Found:    "a line of " + byteCount(l.size) + ", " + eventline.Quote(l.text),
			Expected: "at most " + byteCount(int64(rd.max)),
		})
	}
	if rd.format == Unknown {
		if rd.format = recognise(l.text); rd.format == Unknown {
			return rd.unknown(l)
		}
		if !rd.release() {
			return false
		}
		if rd.format == Samples && rd.join == nil {
			rd.join = newJoiner()
		}
	}
	switch rd.format {
	case Events:
		return rd.event(l)
	case Samples:
		return rd.join.line(rd, l)
	default:
		return rd.logged(l)
	}
}

// event reads an event line.
func (rd *reader) event(l *line) bool {
	var ev monitor.Event
	if err := rd.dec.Decode(l.text, &ev); err != nil {
		return rd.lost(l, err, 0)
	}
	return rd.give(l, &ev, 0)
}

// give gives out the event that the decoder has read last, and then what was wrong with it; offset is where on the line
// its object begins.
func (rd *reader) give(l *line, ev *monitor.Event, offset int) bool {
	settle(ev)
	l.from.name(ev, l.at)
	if !rd.yield(*ev, nil) {
		return false
	}
	for _, p := range rd.dec.Problems() {
		if !rd.bad(valueError(l, &p, offset)) {
			return false
		}
	}
	return true
}

func valueError(l *line, p *eventline.Problem, offset int) *LineError {
	return &LineError{
		Line: l.n, Column: offset + p.Offset + 1, Key: p.Key, Reason: p.Reason, Found: p.Found, Expected: p.Expected,
	}
}

// lost tells of a line that the decoder could not read.
func (rd *reader) lost(l *line, err error, offset int) bool {
	return rd.bad(lostError(l, err, offset, rd.format))
}

// lostError tells of a line of format that the decoder could not read.
func lostError(l *line, err error, offset int, format Format) *LineError {
	var p *eventline.Problem
	if !errors.As(err, &p) {
		p = &eventline.Problem{Reason: monitor.ReasonMalformed, Found: err.Error(), Expected: format.String()}
	}
	e := valueError(l, p, offset)
	e.Lost, e.Truncated = true, p.AtEnd
	if p.Key == "" && !p.AtEnd {
		if other := recognise(l.text); other != format && other != Unknown {
			e.Found, e.Expected = "a line of "+other.String(), "one format in a file, here "+format.String()
		} else if offset+p.Offset == 0 {
			e.Found = eventline.Quote(l.text)
		}
	}
	if p.AtEnd {
		e.Column, e.Found = 0, eventline.Quote(l.text)+" and the end of the line"
	}
	return e
}

// unknown tells of a line that belongs to no format, while none is known.
func (rd *reader) unknown(l *line) bool {
	return rd.bad(&LineError{
		Line: l.n, Reason: monitor.ReasonMalformed, Found: eventline.Quote(l.text), Expected: expectedFormats, Lost: true,
	})
}

// bad gives out an error, or keeps it while nothing of a file is recognised: it may be a file of another format, of
// which one error is enough.
func (rd *reader) bad(e *LineError) bool {
	e.File = rd.name
	if rd.file && rd.format == Unknown {
		rd.held = append(rd.held, e)
		return true
	}
	return rd.yield(monitor.Event{}, e)
}

// release gives out the errors that were kept.
func (rd *reader) release() bool {
	for _, e := range rd.held {
		if !rd.yield(monitor.Event{}, e) {
			return false
		}
	}
	rd.held, rd.first = nil, nil
	return true
}
