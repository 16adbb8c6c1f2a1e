package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// Body reads the events of a request's body: event lines (NDJSON), or a JSON array of the same objects. It is used again and
// again by one goroutine at a time.
type Body struct {
	Events []monitor.Event
	Lines  []int // of each event the line that it stands on, or its number in the array; counted from 1

	// Problems are lines that could not be taken, and values that cost themselves alone. File is empty, and in an array
	// Line is the number of the element and Column one within it.
	Problems []*LineError

	// Warnings are keys that were kept as attributes and look as if they were meant for something else: each once, the first ten.
	Warnings []Warning

	dec *eventline.Decoder
}

// ErrTooManyEvents is the error of a body with more events than wanted.
var ErrTooManyEvents = errors.New("too many events")

// Warning tells of a key that was kept as an attribute and looks as if it were meant for something else.
type Warning struct {
	Line int    // as that of an event
	Key  string // at most 64 bytes
	Text string // a sentence that says what may be meant
}

const maxWarnings = 10

// NewBody returns a reader of bodies whose times without a zone are of location; nil is local.
func NewBody(location *time.Location) *Body {
	return &Body{dec: eventline.NewDecoder(location)}
}

// Read reads a whole body of at most so many events. The error is ErrTooManyEvents, or tells where a JSON array is none.
func (b *Body) Read(data []byte, most int) error {
	clear(b.Events)
	b.Events, b.Lines, b.Problems, b.Warnings = b.Events[:0], b.Lines[:0], b.Problems[:0], b.Warnings[:0]
	b.dec.WatchKeys()
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	n, over := 0, false
	if rest := bytes.TrimLeft(data, " \t\r\n"); len(rest) > 0 && rest[0] == '[' {
		err := eventline.Elements(rest, func(element []byte) bool {
			n++
			over = !b.add(element, n, most)
			return !over
		})
		if err != nil {
			return fmt.Errorf("element %d of the array: %w", n+1, err)
		}
	} else {
		for line := range bytes.Lines(data) {
			n++
			if line = bytes.TrimSpace(line); len(line) == 0 {
				continue
			}
			if over = !b.add(line, n, most); over {
				break
			}
		}
	}
	if over {
		return fmt.Errorf("%w: at most %d", ErrTooManyEvents, most)
	}
	return nil
}

// add reads one event, and reports whether there was room for it.
func (b *Body) add(text []byte, n, most int) bool {
	if len(b.Events)+len(b.Problems) >= most {
		return false
	}
	l := line{text: text, n: n}
	if len(text) > DefaultMaxLine {
		b.Problems = append(b.Problems, &LineError{
			Line: n, Reason: monitor.ReasonTooLong, Lost: true,
			Found:    "a line of " + byteCount(int64(len(text))) + ", " + eventline.Quote(text),
			Expected: "at most " + byteCount(DefaultMaxLine),
		})
		return true
	}
	b.Events = append(b.Events, monitor.Event{})
	ev := &b.Events[len(b.Events)-1]
	if err := b.dec.Decode(text, ev); err != nil {
		b.Events = b.Events[:len(b.Events)-1]
		b.Problems = append(b.Problems, lostError(&l, err, 0, Events))
		return true
	}
	settle(ev)
	b.Lines = append(b.Lines, n)
	for _, p := range b.dec.Problems() {
		b.Problems = append(b.Problems, valueError(&l, &p, 0))
	}
	for _, h := range b.dec.Hints() {
		b.warn(n, h)
	}
	return true
}

func (b *Body) warn(n int, h eventline.Hint) {
	if len(b.Warnings) == maxWarnings || slices.ContainsFunc(b.Warnings, func(w Warning) bool { return w.Key == h.Key }) {
		return
	}
	b.Warnings = append(b.Warnings, Warning{n, h.Key, visible(h.Key) + " is kept as an attribute and counts nowhere: " + h.Text})
}
