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
