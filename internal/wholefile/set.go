package wholefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Set is files that appear together: they are written under other names, and renamed when all are complete. The zero Set is
// empty and ready. It is for one goroutine.
type Set struct {
	disk    disk // nil for the system's
	files   []pendingFile
	cleared string // the directory that clearStale was called for last
}

func (s *Set) on() disk {
	if s.disk == nil {
		return osDisk{}
	}
	return s.disk
}

type pendingFile struct{ temporary, path string }

// Write makes the file at path with what f writes, complete and on the disk, but under another name until [Set.Commit].
func (s *Set) Write(path string, f func(io.Writer) error) error {
	target, device, err := Resolve(path)
	if err != nil {
		return err
	}
	if device {
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("it is no regular file and would have to be replaced; move it away")}
	}
	return s.write(target, f)
}

// write is Write for a path that is no symbolic link.
func (s *Set) write(path string, f func(io.Writer) error) error {
	perm, replaced := fs.FileMode(0o644), false
	if info, err := os.Lstat(path); err == nil {
		if info.IsDir() {
			return &fs.PathError{Op: "write", Path: path, Err: errIsDirectory}
		}
		perm, replaced = info.Mode().Perm(), true
	}
	if dir := filepath.Dir(path); dir != s.cleared {
		clearStale(dir)
		s.cleared = dir
	}
	temporary := temporaryName(path)
	file, err := s.on().create(temporary, perm)
	if err != nil {
		return cannotCreate(path, err)
	}
	s.files = append(s.files, pendingFile{temporary, path})
	if replaced {
		err = renamed(path, file.Chmod(perm)) // the umask is not for it
	}
	if err == nil {
		err = buffered(&namedWriter{file, path}, f)
	}
	if err == nil {
		err = renamed(path, file.Sync())
	}
	if closed := renamed(path, file.Close()); err == nil {
		err = closed
	}
	return err
}

// Commit gives the files their names. Those that have them keep them when a later one cannot get its own.
func (s *Set) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dirs := make(map[string]bool)
	for len(s.files) > 0 {
		f := s.files[0]
		if err := s.on().rename(f.temporary, f.path); err != nil {
			return renamed(f.path, err)
		}
		s.files = s.files[1:]
		dirs[filepath.Dir(f.path)] = true
	}
	for dir := range dirs {
		if err := s.on().syncDir(dir); err != nil {
			return fmt.Errorf("the file is in place, but may not outlive a loss of power: %w", err)
		}
	}
	return nil
}

// Discard removes what was not committed. It is for a deferred call.
func (s *Set) Discard() {
	for _, f := range s.files {
		_ = s.on().remove(f.temporary)
	}
	s.files = nil
}

// namedWriter has errors that name the file as its user knows it.
type namedWriter struct {
	io.Writer
	path string
}

func (w *namedWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	return n, renamed(w.path, err)
}

// renamed returns err, of a file under another name, with the name of path.
func renamed(path string, err error) error {
	if err == nil {
		return nil
	}
	var inner *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &inner):
		err = inner.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &fs.PathError{Op: "write", Path: path, Err: err}
}

// cannotCreate says what is the matter when no file can be made beside path.
func cannotCreate(path string, err error) error {
	dir := filepath.Dir(path)
	info, stat := os.Stat(dir)
	switch {
	case errors.Is(stat, fs.ErrNotExist):
		return placeError{fmt.Sprintf("write %s: the directory %s does not exist; make it first", path, dir), err}
	case stat == nil && !info.IsDir():
		return placeError{fmt.Sprintf("write %s: %s is not a directory", path, dir), err}
	case errors.Is(err, fs.ErrPermission):
		return placeError{fmt.Sprintf("write %s: no file can be made in the directory %s: %v", path, dir, fs.ErrPermission), err}
	}
	return renamed(path, err)
}

// placeError says in better words what the system says about the place of a file.
type placeError struct {
	text string
	err  error
}

func (e placeError) Error() string { return e.text }
func (e placeError) Unwrap() error { return e.err }
