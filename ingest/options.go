package ingest

import (
	"io"
	"os"
	"time"
)

// DefaultMaxLine is the longest line that is taken, in bytes, unless [WithMaxLine] says otherwise.
const DefaultMaxLine = 1 << 20

// Option changes how files are read.
type Option func(*config)

type config struct {
	location *time.Location
	maxLine  int
	stdin    io.Reader
	onRead   func(bytes int) // nil for nobody
}

func newConfig(opts []Option) config {
	c := config{location: time.Local, maxLine: DefaultMaxLine, stdin: os.Stdin}
	for _, opt := range opts {
		opt(&c)
	}
	return c
}

// WithLocation says where the clock stood that wrote times without a zone, as afterimage does. The default, and nil, is
// [time.Local].
func WithLocation(loc *time.Location) Option {
	return func(c *config) {
		if loc != nil {
			c.location = loc
		}
	}
}

// WithMaxLine bounds lines to so many bytes, [DefaultMaxLine] when it is not positive. A longer line is skipped without
// being held in memory.
func WithMaxLine(bytes int) Option {
	return func(c *config) {
		if c.maxLine = bytes; bytes <= 0 {
			c.maxLine = DefaultMaxLine
		}
	}
}

// WithStdin gives what the path "-" reads; the default is os.Stdin.
func WithStdin(r io.Reader) Option { return func(c *config) { c.stdin = r } }

// WithOnRead calls fn with the number of bytes of each read from a file or stream, to show how far it is; [Files] tells the
// files whose sizes add up to the whole.
func WithOnRead(fn func(bytes int)) Option { return func(c *config) { c.onRead = fn } }

// counted is r, whose reads onRead is told of.
func (c *config) counted(r io.Reader) io.Reader {
	if c.onRead == nil {
		return r
	}
	return &countedReader{r, c.onRead}
}

type countedReader struct {
	r      io.Reader
	onRead func(bytes int)
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if n > 0 {
		c.onRead(n)
	}
	return n, err
}
