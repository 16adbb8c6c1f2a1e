package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// write writes as many of the batches as go into one segment, syncs them, and returns how many that were: the error is
// theirs. The caller has the turn.
func (j *Journal) write(group []*batch) (n int, err error) {
	if err := j.ready(int64(len(group[0].buf))); err != nil {
		return len(group), err // the others would fare no better
	}
	n = j.fit(group)
	if err := j.put(group[:n]); err != nil {
		j.unclean = err
		if broken := j.repair(); broken != nil {
			err = broken
		}
		return n, err
	}
	return n, nil
}

// fit returns how many batches the segment has room for: one at least.
func (j *Journal) fit(group []*batch) int {
	size := j.current.size + int64(len(group[0].buf))
	for i, b := range group[1:] {
		if size += int64(len(b.buf)); size > j.segment {
			return i + 1
		}
	}
	return len(group)
}

// put writes and syncs batches behind the end of the segment, and then moves the end.
func (j *Journal) put(group []*batch) error {
	s, end, events := j.current, j.current.size, 0
	for _, b := range group {
		if _, err := j.file.WriteAt(b.buf, end); err != nil {
			return j.failed("writing "+s.name(), err)
		}
		end += int64(len(b.buf))
		events += b.events
	}
	if j.sync {
		if err := j.file.Sync(); err != nil {
			j.spoilt = true
			return j.failed("syncing "+s.name(), err)
		}
	}
	if !j.file.Present() { // what was written to a deleted file, was written to nowhere
		return j.failed("writing "+s.name(), ErrGone)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	s.size = end
	s.events += int64(events)
	s.written = j.now()
	return nil
}

// ready sees to it that there is a segment to write size bytes to.
func (j *Journal) ready(size int64) error {
	if j.unclean != nil {
		if err := j.repair(); err != nil {
			return err
		}
	}
	if j.file != nil && j.current.size > 0 && (j.current.size+size > j.segment || j.old(j.begun)) {
		if err := j.finish(); err != nil { // its events are durable
			j.log.Warn("journal: closing a full segment failed", "dir", j.dir, "error", err)
		}
	}
	if j.file == nil {
		if err := j.begin(); err != nil {
			return err
		}
		j.retain()
	} else if j.old(j.retained) {
		j.retain()
	}
	return nil
}

// old reports whether a time is a tenth of the retention ago.
func (j *Journal) old(t time.Time) bool { return j.maxAge > 0 && j.now().Sub(t) > j.maxAge/10 }

// begin begins a segment.
func (j *Journal) begin() error {
	if err := j.disk.prepare(); err != nil {
		return j.failed("opening the journal again", err)
	}
	s := &segment{}
	for {
		s.number = j.next
		j.next++
		f, err := j.disk.create(s.name())
		if errors.Is(err, fs.ErrExist) {
			continue // somebody else's, who does not know of locks
		}
		if err != nil {
			j.next--
			return j.failed("beginning a segment", err)
		}
		j.file = f
		break
	}
	j.begun, s.written = j.now(), j.now()
	j.mu.Lock()
	j.segments, j.current = append(j.segments, s), s
	j.mu.Unlock()
	if err := j.disk.syncDir(); err != nil {
		return errors.Join(j.failed("syncing the folder of "+s.name(), err), j.end())
	}
	return nil
}

// repair cuts the file back to its last whole batch, durably. Until it succeeds nothing else is written: what was refused
// must not be read back as if it had been taken.
func (j *Journal) repair() error {
	if !j.file.Present() {
		j.forget()
		return nil
	}
	err := j.file.Truncate(j.current.size)
	if err == nil && j.sync {
		err = j.file.Sync()
	}
	if err != nil {
		err = j.failed("cutting a refused batch off "+j.current.name()+", before which nothing more is taken", err)
		return fmt.Errorf("%w; it was refused for: %w", err, j.unclean)
	}
	j.unclean = nil
	if j.spoilt {
		return j.end()
	}
	return nil
}

// end closes the segment in use, and removes it when nothing is in it.
func (j *Journal) end() error {
	s := j.current
	err := j.file.Close()
	j.file, j.unclean, j.spoilt = nil, nil, false
	j.mu.Lock()
	j.current = nil
	if s.size == 0 {
		j.segments = slices.DeleteFunc(j.segments, func(other *segment) bool { return other == s })
	}
	j.mu.Unlock()
	if s.size == 0 {
		if gone := j.disk.remove(s.name()); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	if err != nil {
		return j.failed("closing "+s.name(), err)
	}
	return nil
}

// forget gives up the segment in use, and others, that somebody has taken away.
func (j *Journal) forget() {
	_ = j.file.Close() // of a file that nobody can find
	j.file, j.unclean, j.spoilt = nil, nil, false
	j.mu.Lock()
	list := slices.Clone(j.segments)
	j.mu.Unlock()
	var lost int64
	kept := slices.DeleteFunc(list, func(s *segment) bool {
		_, err := os.Stat(filepath.Join(j.dir, s.name()))
		if s != j.current && !errors.Is(err, fs.ErrNotExist) {
			return false
		}
		lost += s.size
		return true
	})
	j.log.Error("journal: segments were deleted or moved away while in use, and what was acknowledged in them is not in the journal any more",
		"dir", j.dir, "bytes", lost)
	j.mu.Lock()
	j.segments, j.current = kept, nil
	j.mu.Unlock()
}
