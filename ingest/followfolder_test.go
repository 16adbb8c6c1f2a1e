package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

const logTime = "2026-11-25 12:00:00,000"

func callLogged(n int) string {
	return fmt.Sprintf(`%s - {"level":"INFO","message":"Generation metrics","data":{"duration":%d,"success":true}}`+"\n", logTime, n)
}

// TestFollowFolder: one account of a run is followed, whichever file comes first.
func TestFollowFolder(t *testing.T) {
	at := func(n int) string { return fmt.Sprintf("2026-11-25T12:00:00.%06d", n) }
	metrics := sampleLine("generation_time", 1, at(1)) + sampleLine("success_rate", 1, at(1)) + sampleLine("queue_depth", 7, at(9))
	log := callLogged(1)
	for _, c := range []struct {
		name     string
		do       func(s *sidecar, dir string)
		want     []int
		problems []string
	}{
		{"log first", func(s *sidecar, dir string) {
			appendTo(t, dir+"/afterimage.log", log)
			s.polls(10 * time.Second)
			appendTo(t, dir+"/metrics.jsonl", metrics)
		}, []int{1, 0}, nil},
		{"metrics a moment earlier", func(s *sidecar, dir string) {
			appendTo(t, dir+"/metrics.jsonl", metrics)
			s.polls(time.Second)
			appendTo(t, dir+"/afterimage.log", log)
		}, []int{1, 0}, nil},
		{"metrics long before", func(s *sidecar, dir string) {
			appendTo(t, dir+"/metrics.jsonl", metrics)
			s.polls(10 * time.Second)
			appendTo(t, dir+"/afterimage.log", log)
		}, []int{1, 0}, []string{"afterimage.log, while the same run is read from metrics.jsonl"}},
		{"workers, other files", func(s *sidecar, dir string) {
			appendTo(t, dir+"/a.ndjson", numbered(1))
			appendTo(t, dir+"/notes.txt", numbered(9))
			appendTo(t, dir+"/x.log", "nothing of ours\n")
			s.polls(10 * time.Second)
			appendTo(t, dir+"/b.ndjson", numbered(1)) // says the same, and is another worker's
			check(t, os.Symlink("a.ndjson", dir+"/current.ndjson"))
			s.polls(10 * time.Second)
			appendTo(t, dir+"/a.ndjson", numbered(2))
		}, []int{1, 1, 2}, nil},
		{"rotated before the start", func(s *sidecar, dir string) {
			appendTo(t, dir+"/genmeter.ndjson.2", numbered(1))
			appendTo(t, dir+"/genmeter.ndjson.1", numbered(2))
			appendTo(t, dir+"/genmeter.ndjson", numbered(3))
		}, []int{1, 2, 3}, nil},
	} {
		for _, restarts := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, restarts), func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "run")
				s := startSidecar(t, dir)
				s.polls(time.Second)
				check(t, os.Mkdir(dir, 0o755))
				c.do(s, dir)
				if restarts {
					s.crashes()
					s.restart()
				}
				s.polls(20 * time.Second)
				s.want(c.want...)
				s.problems = slices.Compact(s.problems) // a file that is left out is told of at each start
				s.wantProblems(c.problems...)
			})
		}
	}
}

// TestFollowManyFiles: few of many files are open.
func TestFollowManyFiles(t *testing.T) {
	s := startSidecar(t, t.TempDir())
	for round := range 2 {
		for n := range 200 {
			appendTo(t, fmt.Sprintf("%s/%03d.ndjson", s.path, n), numbered(n))
		}
		s.polls(time.Second)
		equal(t, "events", len(s.events), 200*(round+1))
		equal(t, "open files", s.openFiles(), maxOpen)
		s.restart()
	}
}

// TestFollowPause: looking at many files takes no more than about a tenth of the time.
func TestFollowPause(t *testing.T) {
	for _, c := range []struct{ interval, looking, want time.Duration }{
		{250 * time.Millisecond, time.Millisecond, 250 * time.Millisecond},
		{250 * time.Millisecond, 60 * time.Millisecond, 600 * time.Millisecond},
		{250 * time.Millisecond, time.Minute, time.Second},
		{time.Hour, time.Minute, time.Hour},
	} {
		f := &follower{opts: FollowOptions{Interval: c.interval}, looking: c.looking}
		if got := f.pause(); got != c.want {
			t.Errorf("every %v, a look takes %v: a pause of %v, want %v", c.interval, c.looking, got, c.want)
		}
	}
}
