package journal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Recovery says what Open found.
type Recovery struct {
	Segments int   // with events of earlier runs
	Bytes    int64 // in them

	// What was cut off the last segment: a batch that was being written when its process ended, and that nobody was told of.
	CutFile   string // its path; empty when nothing was cut
	CutOffset int64  // where it began
	CutBytes  int64

	Dropped Dropped // by retention, in earlier runs
}

// recover takes up what a folder has: it finishes what the last process was in the middle of.
func (j *Journal) recover() error {
	list, err := segmentsIn(j.dir)
	if err != nil {
		return j.failed("looking for segments", err)
	}
	j.dropped = readDropped(j.dir, j.log)
	if len(list) > 0 {
		j.next = list[len(list)-1].number
	}
	j.next = max(j.next, j.dropped.Through) + 1
	if !j.resume && (j.dropped.Segments > 0 || holdsEvents(list)) {
		return &notEmptyError{dir: j.dir, segments: len(list)}
	}
	j.recovery.Dropped = j.dropped.Dropped
	for i, s := range list {
		if s.number > j.dropped.Through && i == len(list)-1 {
			if err := j.mend(s); err != nil {
				return err
			}
		}
		if s.number <= j.dropped.Through || s.size == 0 {
			if err := j.disk.remove(s.name()); err != nil {
				return j.failed("removing "+s.name(), err)
			}
			continue
		}
		j.segments = append(j.segments, s)
		j.recovery.Segments++
		j.recovery.Bytes += s.size
	}
	return nil
}

func holdsEvents(list []*segment) bool {
	for _, s := range list {
		if s.size > 0 {
			return true
		}
	}
	return false
}

// mend cuts off the last segment what is no whole batch.
func (j *Journal) mend(s *segment) error {
	path := filepath.Join(j.dir, s.name())
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return j.failed("looking for a half-written batch", err)
	}
	end, err := committed(f, s.size)
	if err == nil && end < s.size {
		if err = f.Truncate(end); err == nil {
			err = dataSync(f)
		}
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return j.failed("cutting off a half-written batch of "+s.name(), err)
	}
	if end < s.size {
		j.recovery.CutFile, j.recovery.CutOffset, j.recovery.CutBytes = path, end, s.size-end
		j.log.Warn("journal: cut off a batch that was being written when the process ended; nobody was told that it was taken",
			"file", path, "offset", end, "bytes", s.size-end)
		s.size = end
	}
	return nil
}

// committed returns where the last whole batch of a file ends: behind the last newline without a space before it.
func committed(r io.ReaderAt, size int64) (int64, error) {
	const block = 64 << 10
	buf := make([]byte, block+1)
	for end := size; end > 0; {
		start := max(0, end-block)
		from := max(0, start-1) // and the byte before the block
		b := buf[:end-from]
		if _, err := r.ReadAt(b, from); err != nil {
			return 0, err
		}
		own := int(start - from)
		for i := len(b); ; {
			if i = bytes.LastIndexByte(b[:i], '\n'); i < own {
				break
			}
			if i == 0 || b[i-1] != ' ' {
				return from + int64(i) + 1, nil
			}
		}
		end = start
	}
	return 0, nil
}
