package wholefile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// disk is what is asked of a file system, so that tests can make each request fail.
type disk interface {
	create(name string, perm fs.FileMode) (diskFile, error)
	rename(from, to string) error
	remove(name string) error
	syncDir(name string) error
}

type diskFile interface {
	io.Writer
	Chmod(fs.FileMode) error
	Sync() error
	Close() error
}

type osDisk struct{}

func (osDisk) create(name string, perm fs.FileMode) (diskFile, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) remove(name string) error     { return os.Remove(name) }

// syncDir makes the names in a directory durable, where the system has a way to.
func (osDisk) syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
