package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lines cuts a stream into lines. It never reads on while it has a whole line, so that a line that has arrived is
// given out at once, and holds no more than one line of the bound.
type lines struct {
	r    *bufio.Reader
	max  int
	long []byte // a line that does not fit into r's buffer
	n    int    // lines so far
}

// line is one line, valid until the next call.
type line struct {
	text  []byte // without its end
	n     int    // counted from 1
	size  int64  // its length; more than len(text) when it is too long, and text is its beginning
	whole bool   // it has an end

	from *origin // of a followed file; nil otherwise
	at   int64   // where it begins, in bytes, when from is not nil
	end  int64   // where the next one does
}

func newLines(r io.Reader, maxLine int) *lines {
	return &lines{r: bufio.NewReaderSize(r, 64<<10), max: maxLine}
}

// head returns what has arrived of the stream's beginning, after waiting for the first byte.
func (l *lines) head() []byte {
	if _, err := l.r.Peek(1); err != nil {
		return nil
	}
	b, _ := l.r.Peek(l.r.Buffered())
	return b
}

// skipBOM leaves out the mark that some Windows programs put before UTF-8.
func (l *lines) skipBOM() {
	if bytes.HasPrefix(l.head(), []byte("\xef\xbb\xbf")) {
		_, _ = l.r.Discard(3)
	}
}

// next returns io.EOF behind the last line.
func (l *lines) next() (line, error) {
	part, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return l.rest(part)
	}
	if err != nil && (len(part) == 0 || !errors.Is(err, io.EOF)) {
		return line{}, err
	}
	return l.line(part, int64(len(part))), nil
}

// rest reads a line whose beginning has filled the buffer.
func (l *lines) rest(part []byte) (line, error) {
	l.long = append(l.long[:0], part...)
	size := int64(len(part))
	for {
		part, err := l.r.ReadSlice('\n')
		size += int64(len(part))
		if room := l.max + 2 - len(l.long); room > 0 { // 2 for its end
			l.long = append(l.long, part[:min(room, len(part))]...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return line{}, err
		}
		return l.line(l.long, size), nil
	}
}

func (l *lines) line(text []byte, size int64) line {
	l.n++
	whole := size == int64(len(text)) && text[len(text)-1] == '\n' || size > int64(len(text))
	trimmed := bytes.TrimRight(text, "\r\n")
	if size == int64(len(text)) {
		size = int64(len(trimmed))
	}
	return line{text: trimmed, n: l.n, size: size, whole: whole}
}
