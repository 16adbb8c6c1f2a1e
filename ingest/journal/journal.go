package journal

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Journal keeps events in a folder. It is safe for concurrent use.
type Journal struct {
	*config
	dir      string
	disk     disk
	recovery Recovery

	// turn is held by the one caller who writes for all; it guards what only that one touches.
	turn     chan struct{}
	file     file      // of the segment in use, or nil
	begun    time.Time // when that began
	next     int       // number of the next segment
	unclean  error     // why the file may have more than the segment, and must be cut back; or nil
	spoilt   bool      // a sync failed: the file must not be used further
	failing  bool      // the last batch failed
	retained time.Time // when retention was last looked at

	// mu guards what readers look at. It is never held for I/O.
	mu       sync.Mutex
	closed   bool
	pending  []*batch   // waiting for their turn
	spare    []*batch   // pending's other half
	free     []*batch   // to be used again
	segments []*segment // oldest first
	current  *segment   // the one in use, the last of segments; or nil
	dropped  dropRecord

	closing sync.Once
	failure error // Close's
}

// Open opens the journal in a folder, which it makes when there is none, and locks it. It looks at the end of the last
// segment, not at what stands before it.
//
// The error is a [*LockedError] when another journal is open there, [ErrNotEmpty] when there are events and no
// [WithResume], or the file system's.
func Open(dir string, opts ...Option) (*Journal, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	if dir == "" {
		return nil, errors.New("journal: found no folder, expected the path of one")
	}
	j := &Journal{config: c, dir: dir, disk: c.disk(&osDisk{dir: dir}), turn: make(chan struct{}, 1)}
	if err := j.disk.prepare(); err != nil {
		var locked *LockedError
		if errors.As(err, &locked) {
			return nil, err
		}
		return nil, j.failed("opening the journal", err)
	}
	if err := j.recover(); err != nil {
		return nil, errors.Join(err, j.disk.unlock())
	}
	return j, nil
}

// Dir returns the folder, as it was given to Open.
func (j *Journal) Dir() string { return j.dir }

// Recovery returns what Open found and mended.
func (j *Journal) Recovery() Recovery { return j.recovery }

// Dropped returns what retention has deleted, in this run and those before it.
func (j *Journal) Dropped() Dropped {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dropped.Dropped
}

// Size returns how many segments there are, and the bytes of events in them.
func (j *Journal) Size() (segments int, bytes int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.segments), j.bytes()
}

// bytes is Size's for a caller that holds mu.
func (j *Journal) bytes() (sum int64) {
	for _, s := range j.segments {
		sum += s.size
	}
	return sum
}

// Close waits for the appends under way, and gives the folder up. What they wrote is durable already; WithoutSync, it is
// synced now. Append fails with [ErrClosed] from here on; Events still reads. It is safe to call more than once.
func (j *Journal) Close() error {
	j.closing.Do(func() {
		j.mu.Lock()
		j.closed = true
		j.mu.Unlock()
		j.turn <- struct{}{}
		defer func() { <-j.turn }()
		j.writePending()
		j.failure = errors.Join(j.finish(), j.disk.unlock())
	})
	return j.failure
}

// finish ends the segment in use for good.
func (j *Journal) finish() error {
	if j.file == nil {
		return nil
	}
	var err error
	if j.unclean != nil {
		err = j.repair()
	}
	if j.file == nil { // repair gave it up
		return err
	}
	if !j.sync {
		err = errors.Join(err, j.file.Sync())
	}
	return errors.Join(err, j.end())
}

// notEmptyError says how much is in a folder with events.
type notEmptyError struct {
	dir      string
	segments int
}

func (e *notEmptyError) Error() string {
	if e.segments == 1 {
		return fmt.Sprintf("%s: %v, in one segment", e.dir, ErrNotEmpty)
	}
	return fmt.Sprintf("%s: %v, in %d segments", e.dir, ErrNotEmpty, e.segments)
}

func (e *notEmptyError) Unwrap() error { return ErrNotEmpty }
