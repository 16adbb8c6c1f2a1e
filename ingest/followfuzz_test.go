package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// FuzzFollow: whatever is done to a file, each line that was in it long enough to be seen is given once. The model: lines
// are numbered, so that no two are the same, and a file is looked at before anything of it is taken away.
func FuzzFollow(f *testing.F) {
	f.Add([]byte{0, 0, 7, 2, 0, 7, 3, 0, 0, 7, 4, 0, 7, 5, 0, 8, 0, 9, 0, 1, 0, 6, 0})
	f.Add([]byte{0, 7, 5, 7, 0, 9, 5, 0, 9, 0, 2, 0, 8, 2, 0, 9, 2, 0})
	f.Add([]byte{1, 7, 3, 1, 9, 3, 0, 1, 4, 0, 9, 4, 1, 0, 6, 9, 0, 8, 0, 6, 0, 0})
	f.Fuzz(func(t *testing.T, ops []byte) {
		s := startSidecar(t, filepath.Join(t.TempDir(), "run.ndjson"))
		n, rotations := 0, 0
		next := func() string { n++; return numbered(n) }
		rename := func() {
			for k := rotations; k > 0; k-- {
				_ = os.Rename(fmt.Sprintf("%s.%d", s.path, k), fmt.Sprintf("%s.%d", s.path, k+1)) // it may have been removed
			}
			rotations++
		}
		see := func() {
			_ = s.poll()
			s.polls(followInterval)
		}
		for _, op := range ops[:min(len(ops), 64)] {
			switch op % 10 {
			case 0:
				appendTo(t, s.path, next())
			case 1: // in pieces
				line := next()
				appendTo(t, s.path, line[:len(line)/2])
				if op > 127 {
					s.restart()
				}
				s.polls(followInterval)
				appendTo(t, s.path, line[len(line)/2:])
			case 2: // renamed, and not made again at once
				appendTo(t, s.path, next())
				see()
				appendTo(t, s.path, next())
				rename()
				check(t, os.Rename(s.path, s.path+".1"))
			case 3: // copied and truncated
				appendTo(t, s.path, next())
				see()
				appendTo(t, s.path, next())
				rename()
				copyTo(t, s.path, s.path+".1")
				check(t, os.Truncate(s.path, 0))
			case 4: // truncated and written anew
				see()
				overwrite(t, s.path, next())
				see()
			case 5: // replaced
				see()
				overwrite(t, s.path+"~", next()+next())
				check(t, os.Rename(s.path+"~", s.path))
				see()
			case 6: // cut by its last line
				see()
				b, err := os.ReadFile(s.path)
				if err == nil && len(b) > 0 {
					at := slices.Index(b, '\n')
					for i := at; i < len(b)-1 && i >= 0; i++ {
						if b[i] == '\n' {
							at = i
						}
					}
					check(t, os.Truncate(s.path, int64(at+1)))
					see() // when only a first line is left, what was written since looks like a file begun anew
				}
			case 7:
				s.polls(followInterval)
				s.restart()
			case 8:
				s.polls(12 * time.Second)
			case 9:
				s.crashes()
				s.restart()
			}
		}
		s.polls(12 * time.Second)
		got := make([]int, 0, n)
		for _, ev := range s.events {
			got = append(got, int(ev.Duration.Seconds()))
		}
		slices.Sort(got)
		for i := range n {
			if i >= len(got) || got[i] != i+1 {
				t.Fatalf("%d lines, events %v (problems %q)", n, got, s.problems)
			}
		}
		if len(got) != n {
			t.Fatalf("%d lines, %d events", n, len(got))
		}
	})
}
