package journal

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// retain deletes the oldest segments until the rest, with one in use that is full, is within the bounds. The one in use stays. What
// fails is logged, and tried again when the next segment begins: an append does not fail for it.
//
// Open does not call it, so that a resumed run can read everything first.
func (j *Journal) retain() {
	j.retained = j.now()
	for {
		j.mu.Lock()
		s, why := j.surplus()
		j.mu.Unlock()
		if s == nil {
			return
		}
		if err := j.drop(s); err != nil {
			j.log.Error("journal: the oldest segment cannot be deleted and stays for now", "dir", j.dir, "file", s.name(), "error", err)
			return
		}
		j.log.Info("journal: deleted the oldest segment", "dir", j.dir, "file", s.name(), "reason", why,
			"events", s.events, "bytes", s.size, "last_written", s.written)
	}
}

// surplus returns the oldest segment and why it has to go, or nil. The caller holds mu, and there is a segment in use.
func (j *Journal) surplus() (s *segment, why string) {
	if len(j.segments) == 0 || j.segments[0] == j.current {
		return nil, ""
	}
	s = j.segments[0]
	switch {
	case j.maxSize > 0 && j.bytes()-j.current.size+max(j.current.size, j.segment) > j.maxSize:
		return s, "size"
	case j.maxAge > 0 && j.now().Sub(s.written) > j.maxAge:
		return s, "age"
	}
	return nil, ""
}

// drop counts the oldest segment as dropped, durably, and then deletes it.
func (j *Journal) drop(s *segment) error {
	if s.events == unknown {
		n, err := countLines(filepath.Join(j.dir, s.name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		s.events = n
	}
	if j.dropped.Through < s.number {
		record := j.dropped.with(s)
		if err := j.disk.replace(droppedName, record.json()); err != nil {
			return err
		}
		j.mu.Lock()
		j.dropped = record
		j.mu.Unlock()
	}
	if err := j.disk.remove(s.name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	j.mu.Lock()
	j.segments = j.segments[1:]
	j.mu.Unlock()
	return nil
}

// countLines counts a file's lines.
func countLines(path string) (n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	buf := make([]byte, 64<<10)
	for {
		k, err := f.Read(buf)
		n += int64(bytes.Count(buf[:k], []byte{'\n'}))
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
