package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const lockName = "journal.lock"

var errLocked = errors.New("locked by another process")

// acquire locks a folder. The lock ends with the process, however that ends.
func acquire(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		holder := make([]byte, 32)
		n, _ := f.ReadAt(holder, 0)
		_ = f.Close()
		if !errors.Is(err, errLocked) {
			return nil, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
		}
		pid, _ := strconv.Atoi(strings.TrimSpace(string(holder[:n])))
		return nil, &LockedError{Dir: dir, PID: pid}
	}
	// Who holds it is a courtesy to whoever finds it held: on a full disk it is left out.
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return f, nil
}
