//go:build unix

package ingest

import (
	"io/fs"
	"syscall"
)

// keyOfFile returns where a file is stored.
func keyOfFile(_ string, info fs.FileInfo) fileKey {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fileKey{Dev: uint64(st.Dev), Ino: uint64(st.Ino)} //nolint:unconvert // their types differ between systems
	}
	return fileKey{}
}
