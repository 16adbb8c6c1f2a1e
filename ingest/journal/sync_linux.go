package journal

import (
	"errors"
	"os"
	"syscall"
)

// dataSync makes a file's content and size durable; its times may be lost.
func dataSync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
