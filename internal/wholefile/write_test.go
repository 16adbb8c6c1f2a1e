package wholefile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// text writes s.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// TestAsItIs: an error of the one who writes comes back as it is, and so does that of a context; the old file stays.
func TestAsItIs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	if err := Write(path, text("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the source is torn")
	err := Write(path, func(w io.Writer) error {
		_ = text("half")(w)
		return broken
	})
	if err != broken {
		t.Errorf("got %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := WriteContext(cancelled, path, text("late")); err != context.Canceled {
		t.Errorf("got %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "old" {
		t.Errorf("the old file is %q, %v", b, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.Mkdir(in("folder"), 0o755), os.WriteFile(in("file"), nil, 0o644), os.Symlink("loop", in("loop")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		path, want string
		is         error
	}{
		{in("none/out"), "the directory " + in("none") + " does not exist; make it first", fs.ErrNotExist},
		{in("folder"), "it is a directory", nil},
		{in("file/out"), "is not a directory", syscall.ENOTDIR},
		{in("loop"), "too many levels of symbolic links", syscall.ELOOP},
		{"", "there is no name of a file", nil},
	} {
		for name, err := range map[string]error{"Write": Write(c.path, text("x")), "Set": new(Set).Write(c.path, text("x"))} {
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%s, %s: %v", name, c.path, err)
			}
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 3 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestLongNames: the name beside the place fits where the name of the place does.
func TestLongNames(t *testing.T) {
	for _, name := range []string{strings.Repeat("x", 255), strings.Repeat("é", 127)} {
		if err := Write(filepath.Join(t.TempDir(), name), text("x")); err != nil {
			t.Error(err)
		}
	}
}

// TestLinkStays: a symbolic link keeps leading to where it led, also where nothing was.
func TestLinkStays(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Symlink("target", link); err != nil {
		t.Skip(err)
	}
	for _, content := range []string{"first", "second"} {
		if err := Write(link, text(content)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(link)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link is %v, %v", info.Mode(), err)
		}
		if b, err := os.ReadFile(target); err != nil || string(b) != content {
			t.Errorf("the target is %q, %v", b, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}
