//go:build !unix

package ingest

import (
	"hash/fnv"
	"io/fs"
)

// keyOfFile stands in for an inode with the file's path: a renamed file is told by what it holds.
func keyOfFile(path string, _ fs.FileInfo) fileKey {
	h := fnv.New64a()
	_, _ = h.Write([]byte(path)) // never fails
	return fileKey{Ino: h.Sum64()}
}
