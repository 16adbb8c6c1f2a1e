package monitor

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	fileBuffer = 64 << 10 // bytes that gather before they are written
	fileCheck  = time.Second
)

// appendFile appends lines to a file through a buffer. When a write fails, as on a full disk, the buffer keeps what
// was not written, to the byte, so that a later flush goes on where the last one stopped and no line is torn. It makes
// the file again when it was moved or removed. It is safe for concurrent use.
type appendFile struct {
	path    string
	maxSize int64 // bytes after which the file is rotated; 0 is never
	backups int   // rotated files that are kept: path.1 is the youngest

	mu      sync.Mutex
	f       *os.File
	size    int64
	buf     []byte
	entries []int // lengths of the entries in buf; the first may be written in part
	checked time.Time
}

// open makes the folder and opens the file, so that a wrong path is known before the first event.
func (a *appendFile) open() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.reopen()
}

func (a *appendFile) reopen() error {
	if err := os.MkdirAll(filepath.Dir(a.path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(a.path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	a.f, a.size, a.checked = f, info.Size(), time.Now()
	return a.startLine()
}

// startLine makes sure that what is written next begins a line, when a crash has left half of one.
func (a *appendFile) startLine() error {
	if a.size == 0 {
		return nil
	}
	var last [1]byte
	if _, err := a.f.ReadAt(last[:], a.size-1); err != nil || last[0] == '\n' {
		return err
	}
	n, err := a.f.Write([]byte{'\n'})
	a.size += int64(n)
	return err
}

// ready writes the buffer out when it is full. An error says that no more can be taken now.
func (a *appendFile) ready() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.buf) < fileBuffer {
		return nil
	}
	return a.flush()
}

// Write takes one line. It fails only when the file has failed for long.
func (a *appendFile) Write(line []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.buf) >= 16*fileBuffer {
		if err := a.flush(); err != nil {
			return 0, err
		}
	}
	a.add(line)
	return len(line), nil
}

// add puts one entry, of one or more lines, into the buffer.
func (a *appendFile) add(entry []byte) {
	a.buf = append(a.buf, entry...)
	a.entries = append(a.entries, len(entry))
}

// unsaved returns how many entries are not written out in whole.
func (a *appendFile) unsaved() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.entries)
}

// written takes n bytes off the buffer.
func (a *appendFile) written(n int) {
	a.size += int64(n)
	a.buf = a.buf[:copy(a.buf, a.buf[n:])]
	whole := 0
	for whole < len(a.entries) && a.entries[whole] <= n {
		n -= a.entries[whole]
		whole++
	}
	a.entries = a.entries[:copy(a.entries, a.entries[whole:])]
	if n > 0 {
		a.entries[0] -= n
	}
}

// Flush writes the buffer out.
func (a *appendFile) Flush() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.flush()
}

func (a *appendFile) flush() error {
	if len(a.buf) == 0 {
		return nil
	}
	if err := a.check(); err != nil {
		return err
	}
	n, err := a.f.Write(a.buf)
	a.written(n)
	if err != nil {
		return fmt.Errorf("%w; %d bytes wait", err, len(a.buf))
	}
	if a.maxSize > 0 && a.size >= a.maxSize {
		return a.rotate()
	}
	return nil
}

// check opens the file when it is not open, or is no longer the one at its path.
func (a *appendFile) check() error {
	if a.f == nil {
		return a.reopen()
	}
	if time.Since(a.checked) < fileCheck {
		return nil
	}
	a.checked = time.Now()
	ours, err := a.f.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(a.path); err == nil && os.SameFile(ours, there) {
		return nil
	}
	old := a.f
	a.f = nil
	return errors.Join(old.Close(), a.reopen())
}

// rotate renames path.1 to path.2 and so on, and path to path.1. The oldest is removed.
func (a *appendFile) rotate() error {
	err := a.f.Close()
	a.f = nil
	name := func(i int) string { return fmt.Sprintf("%s.%d", a.path, i) }
	for i := a.backups - 1; i >= 1; i-- {
		if e := os.Rename(name(i), name(i+1)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, os.Rename(a.path, name(1)), a.reopen())
}

// Close writes the buffer out and closes the file.
func (a *appendFile) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.flush()
	if a.f != nil {
		err = errors.Join(err, a.f.Close())
		a.f = nil
	}
	return err
}

var _ io.WriteCloser = (*appendFile)(nil)
