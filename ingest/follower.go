package ingest

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

const (
	// joinWait is how long the samples of an event wait for more of them when nothing else comes.
	joinWait = 2 * time.Second

	// drainWait is how long a file that was renamed, removed or replaced may still be written to.
	drainWait = 10 * time.Second

	// accountWait is how long a folder's files are only looked at, so that a log which a program makes a moment after its
	// metrics.jsonl is preferred to it.
	accountWait = 5 * time.Second

	maxFollowed   = 4096 // files of a folder
	maxRemembered = 100  // files that are gone
	maxOpen       = 64   // files at a time
	pollChunks    = 16   // read from one file before the next one's turn
	batchEvents   = 1024 // that are given at once, or those of one chunk
)

// follower is one Follow under way.
type follower struct {
	path  string
	isDir bool // as it was when it was last looked at
	opts  FollowOptions
	cfg   config
	take  func(context.Context, Followed) error
	dec   *eventline.Decoder
	state string // the file in which it is kept how far reading is; empty for none

	tails []*tail         // older ones first
	byKey map[fileKey]int // of the files found
	known map[fileKey]*tail
	joins map[string]*joiner
	buf   []byte
	now   time.Time

	account      Format // in which a folder's run is read; Unknown while that is open
	accountSince time.Time

	looked  bool              // at the path, once
	looking time.Duration     // how long the last look took
	ending  bool              // ctx has ended
	blocked bool              // a file waits for its turn until the next poll
	dirty   bool              // state is not what is in memory
	told    map[string]string // problems of paths that last, each told once

	out Followed // read, and not taken
}

func newFollower(path string, opts FollowOptions, take func(context.Context, Followed) error) (*follower, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f := &follower{
		path: path, opts: opts, cfg: newConfig(opts.Read), take: take,
		byKey: make(map[fileKey]int), known: make(map[fileKey]*tail), joins: make(map[string]*joiner), told: make(map[string]string),
	}
	f.dec = eventline.NewDecoder(f.cfg.location)
	f.buf = make([]byte, max(chunkSize, f.cfg.maxLine+2))
	if opts.DataDir != "" {
		if err := f.open(opts.DataDir); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// poll looks at the files once and gives what is new. more is true when there is more to read already. The error is
// take's.
func (f *follower) poll(ctx context.Context, now time.Time) (more bool, err error) {
	f.now = now
	if err := f.deliver(ctx); err != nil {
		return false, err
	}
	begun := time.Now()
	f.look()
	f.looking = time.Since(begun)
	f.choose()
	f.blocked = false
	for _, t := range f.tails {
		for n := 0; f.mayRead(t) && f.chunk(t); n++ {
			if len(f.out.Events) >= batchEvents {
				if err := f.deliver(ctx); err != nil {
					return false, err
				}
			}
			if n >= pollChunks {
				more = true
				break
			}
		}
	}
	f.expire()
	f.retire()
	if err := f.deliver(ctx); err != nil {
		return false, err
	}
	if f.dirty {
		f.save()
	}
	return more, nil
}

// mayRead reports whether it is t's turn: it belongs to the account that is read, and nothing before it is unread.
func (f *follower) mayRead(t *tail) bool {
	if t.file == nil || !t.unread || !f.ofAccount(t) {
		return false
	}
	if t.Pos > 0 {
		return true
	}
	for _, older := range f.tails {
		if older == t {
			break
		}
		// A file that was just rotated may get a few more lines: they come first.
		if older.Base == t.Base && older.file != nil && older.Pos > 0 &&
			(older.unread || older.readAt.Equal(f.now) && f.now.Sub(t.readAt) < drainWait) {
			f.blocked = true
			return false
		}
	}
	return true
}

// deliver hands over what was read and, when it is taken, writes down that it was.
func (f *follower) deliver(ctx context.Context) error {
	if f.state != "" && f.waiting() > maxWaiting {
		f.flush()
	}
	if len(f.out.Events)+len(f.out.Problems) == 0 {
		return nil
	}
	f.saveAhead()
	// take may change what it is given, and what it refuses is given again.
	out := Followed{slices.Clone(f.out.Events), slices.Clone(f.out.Problems)}
	if err := f.take(ctx, out); err != nil {
		return err
	}
	clear(f.out.Events)
	clear(f.out.Problems)
	f.out = Followed{f.out.Events[:0], f.out.Problems[:0]}
	f.save()
	return nil
}

// put is what readers yield to.
func (f *follower) put(ev monitor.Event, err error) bool {
	if err != nil {
		f.out.Problems = append(f.out.Problems, err)
	} else {
		f.out.Events = append(f.out.Events, ev)
	}
	return true
}

// problem tells of a file once. An error of the file system is told again when it comes back after nil.
func (f *follower) problem(path string, err *FileError) {
	key := "err " + path
	if err == nil {
		delete(f.told, key)
		return
	}
	err.File = path
	if err.Err == nil {
		key = path
	}
	if text := err.Error(); f.told[key] != text && len(f.told) < 2*maxFollowed {
		f.told[key] = text
		f.put(monitor.Event{}, err)
	}
}

// joiner returns what puts samples together for a file and for those that it is rotated to.
func (f *follower) joiner(base string) *joiner {
	j := f.joins[base]
	if j == nil {
		j = newJoiner()
		f.joins[base] = j
	}
	return j
}

// expire gives the events that have waited long enough for more samples.
func (f *follower) expire() {
	for base, j := range f.joins {
		if len(j.queue) == 0 {
			delete(f.joins, base)
			continue
		}
		before := len(j.queue)
		j.expire(f.reader(base, Samples), f.now.Add(-joinWait))
		if len(j.queue) != before {
			f.dirty = true
		}
	}
}

// joining reports whether any event is being put together.
func (f *follower) joining() bool {
	for _, j := range f.joins {
		if len(j.queue) > 0 {
			return true
		}
	}
	return false
}

// giveRest gives the events that are being put together as they are, and tells of half lines.
func (f *follower) giveRest(ctx context.Context) error {
	f.flush()
	for _, t := range f.tails {
		f.halfLine(t)
	}
	return f.deliver(ctx)
}

func (f *follower) flush() {
	for base, j := range f.joins {
		j.flush(f.reader(base, Samples))
	}
}

// reader returns a reader of lines of a file, whose name before any rotation is base.
func (f *follower) reader(base string, format Format) *reader {
	rd := newReader(base, &f.cfg, f.put)
	rd.dec, rd.format, rd.now = f.dec, format, f.now
	if format == Unknown || format == Samples {
		rd.join = f.joiner(base)
	}
	rd.metricsOnly = f.isDir && f.account == AfterimageLog && format == Samples
	return rd
}

func (f *follower) close() {
	for _, t := range f.tails {
		t.close()
	}
}

// realPath returns where a path leads in the end, or the path itself.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
