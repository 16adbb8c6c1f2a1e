package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// disk is what a journal does to its folder; tests put faults in.
type disk interface {
	prepare() error // makes the folder and locks it, if that is not done; it may have been deleted since
	create(name string) (file, error)
	remove(name string) error
	replace(name string, data []byte) error // the whole file, or the old one
	syncDir() error
	unlock() error
}

// file is a segment in use.
type file interface {
	WriteAt(b []byte, off int64) (int, error)
	Truncate(size int64) error
	Sync() error
	Present() bool // whether the folder still has it
	Close() error
}

// osDisk is a real folder.
type osDisk struct {
	dir  string
	lock *os.File
}

func (d *osDisk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *osDisk) prepare() error {
	if d.lock != nil && present(d.lock, d.path(lockName)) {
		return nil
	}
	if err := makeDir(d.dir); err != nil {
		return err
	}
	lock, err := acquire(d.dir)
	if err != nil {
		return err
	}
	if d.lock != nil {
		_ = d.lock.Close() // of a folder that is gone
	}
	d.lock = lock
	return nil
}

// makeDir makes a folder and those above it that are missing, durably.
func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
		}
		return nil
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if parent != dir {
		if err := makeDir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncDir(parent); !errors.Is(err, fs.ErrPermission) { // one may write to a folder without reading it
		return err
	}
	return nil
}

func (d *osDisk) create(name string) (file, error) {
	f, err := os.OpenFile(d.path(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (d *osDisk) remove(name string) error { return os.Remove(d.path(name)) }

func (d *osDisk) replace(name string, data []byte) (err error) {
	temp := d.path(name + ".tmp")
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(temp, d.path(name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return d.syncDir()
}

func (d *osDisk) syncDir() error { return syncDir(d.dir) }

// unlock leaves the lock file where it is: to delete it would let two others lock two files of that name.
func (d *osDisk) unlock() error {
	if d.lock == nil {
		return nil
	}
	return errors.Join(d.lock.Truncate(0), d.lock.Close())
}

// osFile is a real file.
type osFile struct{ *os.File }

func (f osFile) Sync() error   { return dataSync(f.File) }
func (f osFile) Present() bool { return present(f.File, f.Name()) }

// present reports whether path still leads to f. When that cannot be told, it does: the file is there, only the way to it
// is barred.
func present(f *os.File, path string) bool {
	there, err := os.Stat(path)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR)
	}
	own, err := f.Stat()
	return err == nil && os.SameFile(own, there)
}
