package journal

import (
	"errors"
	"os"
	"runtime"
)

// syncDir makes the names in a folder durable. Windows cannot, and does it by itself.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
