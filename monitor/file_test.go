package monitor

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestHalfALineIsEnded: a crash leaves half a line; what comes next begins a new one.
func TestHalfALineIsEnded(t *testing.T) {
	const half, whole = `{"metric": "generation_ti`, `{"metric": "x", "value": 1}` + "\n"
	for _, test := range []struct{ before, want string }{
		{"", whole},
		{whole, whole + whole},
		{half, half + "\n" + whole},
		{whole + half, whole + half + "\n" + whole},
	} {
		path := t.TempDir() + "/f"
		write(t, path, test.before)
		a := newAppendFile(path, 0, 0)
		if err := a.open(); err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); got != test.before {
			t.Errorf("opening alone has written %q", got)
		}
		fmt.Fprint(a, whole)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); got != test.want {
			t.Errorf("after %q: got %q, want %q", test.before, got, test.want)
		}
	}
}

// TestAnEntryIsWrittenWholeOrNotAtAll cuts a write off at each byte.
func TestAnEntryIsWrittenWholeOrNotAtAll(t *testing.T) {
	entries := []string{"a\nb\n", "cc\n", "ddd\nee\n"}
	all := strings.Join(entries, "")
	for room := range int64(len(all)) {
		d := newQuotaDisk(t)
		a := newAppendFile(d.path+"/f", 0, 0)
		d.adopt(a)
		d.set(room)
		if err := a.open(); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			fmt.Fprint(a, e)
		}
		if err := a.Flush(); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
		want, left := "", len(entries)
		for _, e := range entries {
			if len(want)+len(e) > int(room) {
				break
			}
			want += e
			left--
		}
		if got := read(t, a.path); got != want || a.unsaved() != left {
			t.Errorf("with room for %d bytes: %q, %d wait; want %q, %d", room, got, a.unsaved(), want, left)
		}
		d.free()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		if got := read(t, a.path); got != all || a.unsaved() != 0 {
			t.Errorf("then with room: %q, %d wait", got, a.unsaved())
		}
	}
}

// uncuttable is a file that cannot be cut back.
type uncuttable struct{ file }

func (uncuttable) Truncate(int64) error { return syscall.EPERM }

func TestAFileThatCannotBeCut(t *testing.T) {
	d := newQuotaDisk(t)
	a := newAppendFile(d.path+"/f", 0, 0)
	d.adopt(a)
	open := a.openFile
	a.openFile = func(path string) (file, error) {
		f, err := open(path)
		return uncuttable{f}, err
	}
	if err := a.open(); err != nil {
		t.Fatal(err)
	}
	d.set(5)
	fmt.Fprint(a, "one\n")
	fmt.Fprint(a, "two\n")
	if err := a.Flush(); err == nil || a.unsaved() != 1 {
		t.Errorf("%v, %d wait", err, a.unsaved())
	}
	d.free()
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if got := read(t, a.path); got != "one\nt\ntwo\n" {
		t.Errorf("got %q", got)
	}
}

// TestNobodyElsesLinesAreCut: another program has appended behind our half line.
func TestNobodyElsesLinesAreCut(t *testing.T) {
	d := newQuotaDisk(t)
	a := newAppendFile(d.path+"/f", 0, 0)
	a.openFile = func(path string) (file, error) {
		f, err := openFile(path)
		return meddled{f, path}, err
	}
	if err := a.open(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(a, "one\n")
	if err := a.Flush(); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	a.openFile = openFile
	os.Rename(a.path, a.path+".old")
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if old := read(t, a.path+".old"); old != "onother\n" || read(t, a.path) != "one\n" {
		t.Errorf("got %q and %q", old, read(t, a.path))
	}
}

// meddled is a file that takes two bytes, behind which another program writes.
type meddled struct {
	file
	path string
}

func (m meddled) Write(b []byte) (int, error) {
	n, _ := m.file.Write(b[:2])
	other, _ := openFile(m.path)
	other.Write([]byte("other\n"))
	return n, errors.Join(syscall.ENOSPC, other.Close())
}

// TestRotation: every line is in exactly one file, in order, and no file is much larger than its bound.
func TestRotation(t *testing.T) {
	path := t.TempDir() + "/f"
	a := newAppendFile(path, 1000, 50)
	if err := a.open(); err != nil {
		t.Fatal(err)
	}
	const n = 2000
	want := ""
	for i := range n {
		line := fmt.Sprintf("line %d\n", i)
		want += line
		fmt.Fprint(a, line)
		if i%7 == 0 {
			if err := a.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	got := read(t, path)
	files := 0
	for i := 1; ; i++ {
		b, err := os.ReadFile(fmt.Sprintf("%s.%d", path, i))
		if err != nil {
			break
		}
		if len(b) < 1000 || len(b) > 1000+7*10 {
			t.Errorf("file %d has %d bytes", i, len(b))
		}
		got = string(b) + got
		files++
	}
	if got != want {
		t.Errorf("the %d files have %d bytes together, want %d in order", files+1, len(got), len(want))
	}
	if files < 18 || files > 20 {
		t.Errorf("%d files", files)
	}
}

func TestRotationKeepsAFew(t *testing.T) {
	dir := t.TempDir()
	a := newAppendFile(dir+"/f", 4, 2)
	for _, line := range []string{"one\n", "two\n", "three\n", "four\n", "x\n"} {
		fmt.Fprint(a, line) // not opened: written at once
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	list, _ := os.ReadDir(dir)
	if len(list) != 3 || read(t, a.path) != "x\n" || read(t, a.path+".1") != "four\n" || read(t, a.path+".2") != "three\n" {
		t.Errorf("kept %v", list)
	}
}

// TestRotationThatFails costs no line: the file is written on.
func TestRotationThatFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/f.1/full", 0o755); err != nil { // nothing can be renamed to it
		t.Fatal(err)
	}
	a := newAppendFile(dir+"/f", 100, 1)
	if err := a.open(); err != nil {
		t.Fatal(err)
	}
	want, failed := "", 0
	for range 100 {
		want += "0123456789\n"
		fmt.Fprint(a, "0123456789\n")
		if err := a.Flush(); err != nil {
			failed++
		}
	}
	if got := read(t, a.path); got != want {
		t.Errorf("the file has %d bytes, want %d", len(got), len(want))
	}
	if failed == 0 || failed > 95 {
		t.Errorf("%d rotations failed, want one for each tenth of the bound", failed)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// TestTooMuchWaits: a file handler inside another handler writes at once, tells of a failure, and keeps a bounded lot.
func TestTooMuchWaits(t *testing.T) {
	d := newQuotaDisk(t)
	a := newAppendFile(d.path+"/f", 0, 0)
	d.adopt(a)
	d.set(0)
	line := []byte(strings.Repeat("x", 999) + "\n")
	for range 2000 {
		if _, err := a.Write(line); !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	if got := a.unsaved(); got != 1049 { // 1 MiB and what reaches over it
		t.Errorf("%d lines wait", got)
	}
	d.free()
	if err := a.Close(); err != nil || len(read(t, a.path)) != 1049*1000 {
		t.Errorf("%v, %d bytes", err, len(read(t, a.path)))
	}
}
