package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const folder = "genmeter-1.2.3."

// TestRelease builds the archive of this platform twice: the same bytes, as SHA256SUMS has them, with all that belongs in it,
// and a program that knows its version.
func TestRelease(t *testing.T) {
	if os.Getenv("GENMETER_E2E") == "" {
		t.Skip("links two programs: set GENMETER_E2E=1")
	}
	if runtime.GOOS == "windows" {
		t.Skip("its archive is a zip: see TestZip")
	}
	t.Chdir("../..")
	platform := runtime.GOOS + "-" + runtime.GOARCH
	name := folder + platform + ".tar.gz"
	var archives, sums [2][]byte
	for i := range archives {
		c := config{
			version: "v1.2.3", date: "2026-03-01T06:00:00+02:00", platforms: runtime.GOOS + "/" + runtime.GOARCH, out: t.TempDir(),
			ldflags: "-s -w -X github.com/prometheus/common/version.Version=v1.2.3",
		}
		must(t, c.release(io.Discard))
		var err1, err2 error
		archives[i], err1 = os.ReadFile(filepath.Join(c.out, name))
		sums[i], err2 = os.ReadFile(filepath.Join(c.out, "SHA256SUMS"))
		must(t, err1, err2)
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("the same twice gives other bytes")
	}
	if want := fmt.Sprintf("%x  %s\n", sha256.Sum256(archives[0]), name); string(sums[0]) != want {
		t.Errorf("SHA256SUMS is %q, want %q", sums[0], want)
	}
	files := untar(t, archives[0])
	var names []string
	for name := range files {
		names = append(names, strings.TrimPrefix(name, folder+platform+"/"))
	}
	slices.Sort(names)
	if want := []string{"LICENSE", "README.md", "completion/_genmeter", "completion/genmeter.bash", "completion/genmeter.fish", "genmeter"}; !slices.Equal(names, want) {
		t.Errorf("in it are %q, want %q", names, want)
	}
	program := filepath.Join(t.TempDir(), "genmeter")
	must(t, os.WriteFile(program, files[folder+platform+"/genmeter"], 0o700)) //nolint:gosec // to be run
	out, err := exec.Command(program, "--version").Output()
	if err != nil || !strings.HasPrefix(string(out), "genmeter, version v1.2.3 ") {
		t.Errorf("the program says %q, error %v", out, err)
	}
	for _, script := range []string{"genmeter.bash", "_genmeter", "genmeter.fish"} {
		if !bytes.Contains(files[folder+platform+"/completion/"+script], []byte("genmeter")) {
			t.Errorf("%s completes nothing", script)
		}
	}
}

func untar(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	unpacked, err := gzip.NewReader(bytes.NewReader(archive))
	must(t, err)
	files := make(map[string][]byte)
	for r := tar.NewReader(unpacked); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		must(t, err)
		files[h.Name], err = io.ReadAll(r)
		must(t, err)
		wantMode := int64(0o644)
		if strings.HasSuffix(h.Name, "/genmeter") {
			wantMode = 0o755
		}
		if h.Mode != wantMode || h.Uid != 0 || h.Uname != "" || !h.ModTime.Equal(time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)) {
			t.Errorf("%s has mode %o, user %d %q, time %v", h.Name, h.Mode, h.Uid, h.Uname, h.ModTime)
		}
	}
}

// TestZip: files of other times and modes give the same bytes, in the order of names.
func TestZip(t *testing.T) {
	date := time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	var sums [2]string
	path := filepath.Join(t.TempDir(), "x.zip")
	for i := range sums {
		dir := t.TempDir()
		b, a := filepath.Join(dir, "b"), filepath.Join(dir, "a")
		must(t, os.WriteFile(b, []byte("program"), 0o600), os.WriteFile(a, []byte("license"), 0o600), os.Chtimes(a, date, date.AddDate(i, 0, 0)))
		var err error
		sums[i], err = write(path, "x", date, []file{{"genmeter.exe", b, 0o755}, {"LICENSE", a, 0o644}}, zipped)
		must(t, err)
	}
	if sums[0] != sums[1] {
		t.Errorf("the checksums are %q", sums)
	}
	r, err := zip.OpenReader(path)
	must(t, err)
	defer r.Close()
	var got []string
	for _, f := range r.File {
		got = append(got, fmt.Sprint(f.Name, " ", f.Mode(), " ", f.Modified.Equal(date)))
	}
	if want := []string{"x/LICENSE -rw-r--r-- true", "x/genmeter.exe -rwxr-xr-x true"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A version and a date are needed: without these nothing is built.
func TestWrongUsage(t *testing.T) {
	for _, c := range []config{{}, {version: "v1"}, {version: "v1", date: "unknown"}, {date: "2026-03-01T06:00:00Z"}} {
		if err := c.release(io.Discard); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
