package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// copyTo copies a file, as logrotate's copytruncate does.
func copyTo(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	check(t, err)
	overwrite(t, to, string(b))
}

// TestFollowChanges: what can happen to a file, while it is followed, and between a crash and the next start. down is
// called where either may be.
func TestFollowChanges(t *testing.T) {
	for _, c := range []struct {
		name     string
		do       func(t *testing.T, path string, pass func())
		want     []int
		problems []string
	}{
		{"renamed", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			appendTo(t, path, numbered(4))
			check(t, os.Rename(path, path+".1"))
			overwrite(t, path, numbered(6))
			appendTo(t, path+".1", numbered(5)) // its writer has not noticed
			pass()
			appendTo(t, path, numbered(7))
			check(t, os.Rename(path+".1", path+".2"))
			check(t, os.Rename(path, path+".1"))
			pass()
			overwrite(t, path, numbered(8))
		}, []int{1, 2, 3, 4, 5, 6, 7, 8}, nil},
		{"renamed with a date", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			appendTo(t, path, numbered(4))
			check(t, os.Rename(path, path+"-20261125"))
			overwrite(t, path, numbered(5))
		}, []int{1, 2, 3, 4, 5}, nil},
		{"the same first line", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			check(t, os.Rename(path, path+".1"))
			overwrite(t, path, numberedAll(1, 2))
		}, []int{1, 2, 3, 1, 2}, nil},
		{"renamed with half a line", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3)+numbered(4)[:10])
			pass()
			check(t, os.Rename(path, path+".1"))
			overwrite(t, path, numbered(5))
		}, []int{1, 2, 3, 5}, []string{backquoted(`run.ndjson.1:4: found '{"event":"' and the end of the file`)}},
		{"renamed with a line that lacks its end", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3)+strings.TrimSuffix(numbered(4), "\n"))
			pass()
			check(t, os.Rename(path, path+".1"))
			overwrite(t, path, numbered(5))
		}, []int{1, 2, 3, 5, 4}, nil},
		{"copied and truncated", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			appendTo(t, path, numbered(4))
			copyTo(t, path, path+".1")
			check(t, os.Truncate(path, 0))
			pass()
			appendTo(t, path, numbered(5))
			pass()
			check(t, os.Rename(path+".1", path+".2"))
			copyTo(t, path, path+".1")
			pass()
			check(t, os.Truncate(path, 0))
			appendTo(t, path, numberedAll(6, 9))
		}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, nil},
		{"truncated", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			overwrite(t, path, numberedAll(4, 5))
			pass()
			overwrite(t, path, numberedAll(6, 9))
			pass()
			overwrite(t, path, "")
			pass()
			overwrite(t, path, numberedAll(6, 7)) // another run that says the same
		}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 6, 7}, nil},
		{"truncated with half a line", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3)+numbered(4)[:10])
			pass()
			overwrite(t, path, numberedAll(4, 5))
		}, []int{1, 2, 3, 4, 5}, []string{"a file that was truncated with 10 bytes not read yet"}},
		{"its writer leaves zeros", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			overwrite(t, path, string(make([]byte, 3*len(numbered(1))))+numberedAll(4, 5))
		}, []int{1, 2, 3, 4, 5}, nil},
		{"cut by a line", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			check(t, os.Truncate(path, int64(2*len(numbered(1)))))
			pass()
			appendTo(t, path, numberedAll(4, 5))
			pass()
			check(t, os.Truncate(path, int64(2*len(numbered(1)))))
			appendTo(t, path, numberedAll(6, 9))
		}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, nil},
		{"half a line cut", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3)+numbered(4)[:10])
			pass()
			check(t, os.Truncate(path, int64(3*len(numbered(1)))))
			appendTo(t, path, numbered(5))
		}, []int{1, 2, 3, 5}, nil},
		{"replaced by an edited copy", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			overwrite(t, path+"~", numberedAll(1, 5))
			check(t, os.Rename(path+"~", path))
		}, []int{1, 2, 3, 4, 5}, nil},
		{"replaced by another", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			overwrite(t, path+"~", numberedAll(4, 8))
			check(t, os.Rename(path+"~", path))
		}, []int{1, 2, 3, 4, 5, 6, 7, 8}, nil},
		{"removed and made again", func(t *testing.T, path string, pass func()) {
			overwrite(t, path, numberedAll(1, 3))
			pass()
			check(t, os.Remove(path))
			pass()
			overwrite(t, path, numberedAll(4, 5))
			pass()
			check(t, os.Remove(path))
			overwrite(t, path, numberedAll(6, 7))
		}, []int{1, 2, 3, 4, 5, 6, 7}, nil},
		{"a link that is switched", func(t *testing.T, path string, pass func()) {
			one, two := path+"~one", path+"~two"
			overwrite(t, one, numberedAll(1, 2))
			overwrite(t, two, numbered(4))
			check(t, os.Symlink(one, path))
			pass()
			appendTo(t, one, numbered(3))
			check(t, os.Remove(path))
			check(t, os.Symlink(two, path))
			pass()
			appendTo(t, two, numbered(5))
		}, []int{1, 2, 3, 4, 5}, nil},
	} {
		for mode, pass := range map[string]func(*sidecar){
			"live":      func(s *sidecar) { s.polls(time.Second) },
			"slow":      func(s *sidecar) { s.polls(12 * time.Second) },
			"restarted": func(s *sidecar) { s.polls(time.Second); s.restart() },
			"crashed":   func(s *sidecar) { s.crashes(); s.restart() },
		} {
			t.Run(c.name+"/"+mode, func(t *testing.T) {
				s := startSidecar(t, filepath.Join(t.TempDir(), "run.ndjson"))
				c.do(t, s.path, func() { pass(s) })
				s.polls(12 * time.Second)
				s.want(c.want...)
				s.wantProblems(c.problems...)
				equal(t, "open files", s.openFiles() <= 3, true)
			})
		}
	}
}

// crashes polls until there is something to take, and is gone before it is written down that it was taken.
func (s *sidecar) crashes() {
	s.crash = true
	for range 4 {
		if s.poll() != nil {
			return
		}
	}
}

func (s *sidecar) openFiles() (n int) {
	for _, t := range s.f.tails {
		if t.file != nil {
			n++
		}
	}
	return n
}
