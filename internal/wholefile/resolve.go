package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Resolve follows symbolic links at path to the file that is to be made or replaced, which need not be there. A device is
// what cannot be replaced, and is opened by path: a named pipe, /dev/stdout, a file that somebody has open. It is an error
// when path is empty, a directory, or a loop of links.
func Resolve(path string) (target string, device bool, err error) {
	wrong := func(what error) (string, bool, error) {
		return "", false, &fs.PathError{Op: "write", Path: path, Err: what}
	}
	if path == "" {
		return wrong(errors.New("there is no name of a file"))
	}
	info, err := os.Stat(path) // of what links lead to, also those of /proc that have no path
	switch {
	case err == nil && info.IsDir():
		return wrong(errIsDirectory)
	case err == nil && !info.Mode().IsRegular():
		return path, true, nil
	}
	target = path
	for range 40 { // as many as Linux follows
		info, err := os.Lstat(target)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return target, false, nil // whether it can be made is told by making it
		}
		if dir := filepath.ToSlash(filepath.Dir(target)); strings.HasPrefix(dir, "/proc/") || dir == "/dev/fd" {
			return path, true, nil // a file that somebody has open, as a redirected /dev/stdout
		}
		next, err := os.Readlink(target)
		if err != nil {
			return wrong(err)
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(target), next)
		}
		target = next
	}
	return wrong(syscall.ELOOP)
}

// errIsDirectory is for a directory where a file is to be.
var errIsDirectory = errors.New("it is a directory; give the name of a file in it")
