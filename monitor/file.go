package monitor

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// fileBuffer is how many bytes gather before they are written.
const fileBuffer = 64 << 10

// appendFile appends lines to a file through a buffer. What goes in together, an entry of one or more lines, comes out
// together: when a write fails half-way, as on a full disk, the file is cut back to the last whole entry, and a later
// flush goes on from there. It makes the file again when it was moved or removed. It is safe for concurrent use.
type appendFile struct {
	path     string
	maxSize  int64                      // bytes at which the file is rotated; 0 is never
	backups  int                        // rotated files that are kept: path.1 is the youngest
	openFile func(string) (file, error) // tests replace it

	mu       sync.Mutex
	buffered bool // somebody flushes: a Monitor that was given the handler itself
	f        file
	size     int64 // of f
	rotateAt int64 // the size that is too large
	torn     bool  // f ends in half a line
	buf      []byte
	entries  []int        // lengths of the entries in buf
	waiting  atomic.Int64 // len(entries), for those who cannot wait for mu
}

// file is what appendFile needs of an os.File.
type file interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
}

func newAppendFile(path string, maxSize int64, backups int) *appendFile {
	return &appendFile{path: path, maxSize: maxSize, backups: backups, openFile: openFile}
}

// openFile opens a file to append to it, and to see how it ends.
func openFile(path string) (file, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o640)
}

// open makes the folder and opens the file, so that a wrong path is known before the first event, and has lines gather
// from now on: the caller flushes.
func (a *appendFile) open() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.buffered = true
	return a.check()
}

// reopen opens the file at the path, in place of the one that is open.
func (a *appendFile) reopen() error {
	if err := os.MkdirAll(filepath.Dir(a.path), 0o750); err != nil {
		return err
	}
	f, err := a.openFile(a.path)
	if err != nil {
		return err
	}
	size, torn, err := inspect(f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	old := a.f
	a.f, a.size, a.torn, a.rotateAt = f, size, torn, a.maxSize
	if old != nil {
		return old.Close()
	}
	return nil
}

// inspect returns the size of a file, and whether it ends in half a line, as a crash leaves it.
func inspect(f file) (size int64, torn bool, err error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return 0, false, err
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], info.Size()-1)
	return info.Size(), last[0] != '\n', err
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

// Write takes one entry. When nobody flushes, it writes it out, and an error says that it waits for the next Write; too
// much that waits is refused.
func (a *appendFile) Write(entry []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.buf) >= 16*fileBuffer {
		if err := a.flush(); err != nil {
			return 0, err
		}
	}
	a.add(entry)
	if !a.buffered {
		return len(entry), a.flush()
	}
	return len(entry), nil
}

// add puts one entry into the buffer.
func (a *appendFile) add(entry []byte) {
	if len(entry) == 0 {
		return
	}
	a.buf = append(a.buf, entry...)
	a.entries = append(a.entries, len(entry))
	a.waiting.Store(int64(len(a.entries)))
}

// unsaved returns how many entries are not written out.
func (a *appendFile) unsaved() int { return int(a.waiting.Load()) }

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
	if err := a.endLine(); err != nil {
		return err
	}
	n, err := a.f.Write(a.buf)
	a.size += int64(n)
	a.cutBack(n - a.written(n))
	if err != nil {
		return fmt.Errorf("%w; %d bytes wait", err, len(a.buf))
	}
	if a.maxSize > 0 && a.size >= a.rotateAt {
		return a.rotate()
	}
	return nil
}

// endLine ends the half line that the file ends in, so that what comes next begins a line.
func (a *appendFile) endLine() error {
	if !a.torn {
		return nil
	}
	n, err := a.f.Write([]byte{'\n'})
	a.size += int64(n)
	a.torn = n == 0
	return err
}

// written takes the entries that are whole within n bytes off the buffer, and returns their bytes.
func (a *appendFile) written(n int) int {
	whole, size := 0, 0
	for whole < len(a.entries) && size+a.entries[whole] <= n {
		size += a.entries[whole]
		whole++
	}
	a.buf = a.buf[:copy(a.buf, a.buf[size:])]
	a.entries = a.entries[:copy(a.entries, a.entries[whole:])]
	a.waiting.Store(int64(len(a.entries)))
	return size
}

// cutBack takes the last n bytes, of an entry that is not whole, off the file; unless somebody else has written to it,
// or it cannot be cut: then the entry will be written again on a line of its own.
func (a *appendFile) cutBack(n int) {
	if n == 0 {
		return
	}
	a.torn = true
	info, err := a.f.Stat()
	if err != nil || info.Size() != a.size || a.f.Truncate(a.size-int64(n)) != nil {
		return
	}
	a.size -= int64(n)
	a.torn = false
}

// check opens the file when it is not open, or is no longer the one at its path.
func (a *appendFile) check() error {
	if a.f == nil {
		return a.reopen()
	}
	ours, err := a.f.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(a.path); err != nil || !os.SameFile(ours, there) {
		return a.reopen()
	}
	a.size = ours.Size() // others may write to it, or cut it
	return nil
}

// rotate renames path.1 to path.2 and so on, and path to path.1. The oldest is removed. When that fails, the file is
// written on, and rotated when it has grown by a tenth of its bound.
func (a *appendFile) rotate() error {
	name := func(i int) string { return fmt.Sprintf("%s.%d", a.path, i) }
	var err error
	for i := a.backups - 1; i >= 1; i-- {
		if e := os.Rename(name(i), name(i+1)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	err = errors.Join(err, os.Rename(a.path, name(1)), a.reopen())
	if err != nil {
		a.rotateAt = a.size + a.maxSize/10
	}
	return err
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
