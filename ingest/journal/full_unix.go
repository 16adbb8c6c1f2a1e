//go:build unix

package journal

import (
	"errors"
	"syscall"
)

// isFull reports whether err is for want of room.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
