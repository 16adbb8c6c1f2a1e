package ingest

import (
	"context"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// FollowOptions is how [Follow] goes about it. The zero value is usable.
type FollowOptions struct {
	// DataDir is a folder in which it is kept how far each file was read, in a small file for each path that is followed.
	// Empty keeps it in memory, so that the next start reads the files from their beginnings.
	DataDir string

	// FromEnd begins files that are there at the very first start at their ends. What DataDir knows goes first.
	FromEnd bool

	// Interval is how often files are looked at; 0 is 250 ms. It is up to 1 s where there are so many that a look takes long.
	Interval time.Duration

	// OnCaughtUp is called once, by the goroutine that calls take, when what was there at the start has been read and taken;
	// at once when nothing is there yet. nil is not called.
	OnCaughtUp func()

	// Read says how lines are read: [WithLocation], [WithMaxLine].
	Read []Option
}

// Followed is a batch of what followed files gave, in the order of their lines.
type Followed struct {
	Events   []monitor.Event
	Problems []error // each a *LineError or a *FileError
}

// followInterval is how often files are looked at when nothing else is said.
const followInterval = 250 * time.Millisecond

// Follow follows a file, or the files of a folder, and calls take with what is written to them as it comes. Neither has to
// be there yet. The package's comment says how files that are rotated, truncated or replaced are followed.
//
// take is called by one goroutine, and owns what it is given. When it returns nil, the events are taken for durable and
// counted, and that they were read is written down. Otherwise it is called with the same ones again, an interval later,
// and nothing more is read until then: a full disk costs time and no event. Whatever the moment of a crash, at the next
// start each event is given that was not taken, and of those that were at most the last batch once more, with the ids that
// they had. The ids of events that have none are made from the file's identity and the offset of their first line.
//
// Follow returns when ctx has ended, after it has read what is there, a last line that is whole but for its end included, and,
// at most 2 s longer, waited for the rest of events whose samples are being written. Its error then is that of the last take, which is called with ctx's values only.
// Before, it returns an error only when DataDir cannot be used.
func Follow(ctx context.Context, path string, opts FollowOptions, take func(context.Context, Followed) error) error {
	if opts.Interval <= 0 {
		opts.Interval = followInterval
	}
	f, err := newFollower(path, opts, take)
	if err != nil {
		return err
	}
	defer f.close()
	tick := time.NewTicker(f.opts.Interval)
	defer tick.Stop()
	tell := f.caughtUpTeller()
	for {
		more, err := f.poll(ctx, time.Now()) // an error is take's own, which tells of it; it is tried again
		if !more && err == nil {
			tell()
		}
		if more && ctx.Err() == nil {
			continue
		}
		tick.Reset(f.pause())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return f.last(context.WithoutCancel(ctx), tick.C)
		}
	}
}

// pause is how long to wait for the next look. Thousands of files take long to look at, also when nothing is written to them: that
// must not take a core from who writes them.
func (f *follower) pause() time.Duration {
	const share, most = 10, time.Second
	return max(f.opts.Interval, min(share*f.looking, most))
}

// last reads what is there and waits for the rest of what is being put together.
func (f *follower) last(ctx context.Context, tick <-chan time.Time) error {
	f.ending = true
	for _, t := range f.tails { // whoever wrote them has ended too, or writes no more than the end of a line before the next start
		t.ended, t.unread = true, t.unread || t.Size > t.Pos
	}
	end := time.Now().Add(joinWait)
	for {
		more, err := f.poll(ctx, time.Now())
		if err != nil {
			return err
		}
		if more && time.Now().Before(end) {
			continue
		}
		if !f.joining() && !f.blocked || !time.Now().Before(end) {
			break
		}
		<-tick
	}
	if f.state == "" { // with a state the next start goes on with them
		return f.giveRest(ctx)
	}
	return nil
}

// caughtUpTeller returns what calls OnCaughtUp when it is time for that. It is to be called when there is nothing more to
// read for now.
func (f *follower) caughtUpTeller() func() {
	begun := time.Now()
	told := f.opts.OnCaughtUp == nil
	return func() {
		undecided := f.isDir && f.account == Unknown && !f.accountSince.IsZero()
		incomplete := f.joining() && f.now.Sub(begun) <= joinWait
		if told || f.blocked || undecided || incomplete {
			return
		}
		told = true
		f.opts.OnCaughtUp()
	}
}
