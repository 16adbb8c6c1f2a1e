//go:build unix

package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestModes(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	path := filepath.Join(t.TempDir(), "out")
	mode := func() fs.FileMode {
		t.Helper()
		if err := Write(path, text("x")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode()
	}
	if got := mode(); got != 0o640 {
		t.Errorf("a new file has %v", got)
	}
	for _, perm := range []fs.FileMode{0o600, 0o666} {
		if err := os.Chmod(path, perm); err != nil {
			t.Fatal(err)
		}
		if got := mode(); got != perm {
			t.Errorf("a file that had %v has %v", perm, got)
		}
	}
}

// TestNoPermission: root may write anywhere, but not where nobody may: /proc stands in for the directory then.
func TestNoPermission(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() == 0 {
		dir = "/proc/self/fdinfo"
		if _, err := os.Stat(dir); err != nil {
			t.Skip(err)
		}
	} else if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "out")
	err := Write(path, text("x"))
	if err == nil || !strings.Contains(err.Error(), path) || os.Geteuid() != 0 && !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

// TestPipe: what is no regular file is written straight, and stays what it is. A Set cannot have it.
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
	if err := Write(path, text("through")); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got != "through" {
		t.Errorf("got %q", got)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v, %v", info.Mode(), err)
	}
	if err := new(Set).Write(path, text("x")); err == nil || !strings.Contains(err.Error(), path+": it is no regular file") {
		t.Errorf("a set: %v", err)
	}
	if err := Write(os.DevNull, text("x")); err != nil {
		t.Error(err)
	}
}
