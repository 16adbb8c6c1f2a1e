package journal

import (
	"fmt"
	"log/slog"
	"time"
)

// defaultSegment is the size at which a segment ends.
const defaultSegment = 64 << 20

type config struct {
	resume  bool
	segment int64
	maxSize int64         // 0 is unbounded
	maxAge  time.Duration // 0 is unbounded
	sync    bool
	log     *slog.Logger

	now  func() time.Time
	disk func(disk) disk // tests put faults in
}

// Option is an option of [Open].
type Option func(*config)

func newConfig(opts []Option) (*config, error) {
	c := &config{segment: defaultSegment, sync: true, now: time.Now, disk: func(d disk) disk { return d }}
	for _, o := range opts {
		o(c)
	}
	if c.log == nil {
		c.log = slog.Default()
	}
	switch {
	case c.segment <= 0:
		return nil, fmt.Errorf("journal: found a segment size of %d bytes, expected more than 0", c.segment)
	case c.maxSize < 0:
		return nil, fmt.Errorf("journal: found a maximum size of %d bytes, expected 0 for unbounded, or more", c.maxSize)
	case c.maxAge < 0:
		return nil, fmt.Errorf("journal: found a maximum age of %v, expected 0 for unbounded, or more", c.maxAge)
	}
	if c.maxSize > 0 { // so that one segment more or less is little
		c.segment = min(c.segment, max(c.maxSize/8, 1))
	}
	return c, nil
}

// WithResume takes up a folder that has events of an earlier run. Without it, Open refuses one, so that two runs are not
// mixed by accident.
func WithResume() Option { return func(c *config) { c.resume = true } }

// WithSegmentSize ends a segment before it grows past size bytes; the default is 64 MiB.
func WithSegmentSize(size int64) Option { return func(c *config) { c.segment = size } }

// WithMaxSize deletes the oldest segments so that all of them together have at most size bytes; the default, 0, keeps everything. It
// makes segments no larger than an eighth of size. The segment in use is kept, even when one large batch takes it past size.
func WithMaxSize(size int64) Option { return func(c *config) { c.maxSize = size } }

// WithMaxAge deletes segments that were last written to longer than age ago; the default, 0, keeps everything. It is looked
// at when something is appended, and not while nothing is; a segment ends after a tenth of age, so that it does not keep old events long.
func WithMaxAge(age time.Duration) Option { return func(c *config) { c.maxAge = age } }

// WithLogger sets who is told of what was mended, deleted, or went wrong; the default, also for nil, is [slog.Default].
func WithLogger(log *slog.Logger) Option { return func(c *config) { c.log = log } }

// WithoutSync leaves the time of writing to the system: a killed process still loses nothing, a power failure whatever the
// system held back. It is for tests, and for data that can be had again.
func WithoutSync() Option { return func(c *config) { c.sync = false } }
