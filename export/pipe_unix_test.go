//go:build unix

package export

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipe: CSV of one metric goes straight through a pipe; no files are made beside it.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	read := make(chan string)
	go func() {
		b, _ := os.ReadFile(path)
		read <- string(b)
	}()
	src := sourceOf(metricAt("a", 1))
	if err := Write(t.Context(), path, CSV, src, WithMetrics("a")); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got != exported(t, CSV, src, WithMetrics("a")) {
		t.Errorf("got %q", got)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v, %v", info.Mode(), err)
	}
}
