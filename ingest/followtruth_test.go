package ingest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// TestFollowEveryByte: a crash after any byte of a file was written, once before what was taken is written down and once
// after, costs nothing and repeats nothing.
func TestFollowEveryByte(t *testing.T) {
	samples := func(n int) string {
		at := fmt.Sprintf("2026-11-25T12:00:00.%06d", n)
		return sampleLine("generation_time", float64(n), at) + sampleLine("success_rate", 1, at)
	}
	at3 := "2026-11-25T12:00:00.000003"
	for name, text := range map[string]string{
		"event lines": numberedAll(1, 5),
		"samples": samples(1) + sampleLine("generation_time", 2, "2026-11-25T12:00:00.000002") +
			sampleLine("generation_time", 3, at3) + sampleLine("success_rate", 1, "2026-11-25T12:00:00.000002") +
			sampleLine("success_rate", 1, at3) + samples(4) + samples(5),
	} {
		t.Run(name, func(t *testing.T) {
			s := startSidecar(t, filepath.Join(t.TempDir(), "run"))
			for i := range len(text) {
				appendTo(t, s.path, text[i:i+1])
				if i%3 == 0 {
					s.polls(time.Second)
				}
				if i%2 == 0 {
					s.crashes()
				} else {
					s.polls(followInterval)
				}
				s.restart()
			}
			s.polls(12 * time.Second)
			s.want(1, 2, 3, 4, 5)
			for _, ev := range s.events {
				if !ev.Success {
					t.Errorf("%+v", ev)
				}
			}
			s.wantProblems()
		})
	}
}

// TestFollowCrashAnywhere: a file that is read for the first time after a crash at any of its bytes.
func TestFollowCrashAnywhere(t *testing.T) {
	text := numberedAll(1, 3)
	for i := range len(text) + 1 {
		s := startSidecar(t, filepath.Join(t.TempDir(), "run"))
		overwrite(t, s.path, text[:i])
		s.crashes()
		s.restart()
		appendTo(t, s.path, text[i:])
		s.polls(time.Second)
		s.want(1, 2, 3)
	}
}

// recorded adds up what a sidecar took.
func (s *sidecar) recorded() *sums {
	return add(s.t, func(yield func(monitor.Event, error) bool) {
		for _, ev := range s.events {
			if !yield(ev, nil) {
				return
			}
		}
	})
}

// replayed writes a recorded run in odd pieces, rotates it, and stops and crashes while it is followed.
func replayed(t *testing.T, rnd *rand.Rand, files ...string) *sidecar {
	dir := t.TempDir()
	follow := dir
	if len(files) == 1 {
		follow = filepath.Join(dir, filepath.Base(files[0]))
	}
	s := startSidecar(t, follow)
	var left [][]byte
	total := 0
	for _, name := range files {
		b, err := os.ReadFile(name)
		check(t, err)
		left = append(left, b)
		total += len(b)
	}
	rotations := make([]int, len(files))
	for written := 0; written < total; {
		i := rnd.IntN(len(files))
		n := min(len(left[i]), 1+rnd.IntN(total/100))
		path := filepath.Join(dir, filepath.Base(files[i]))
		appendTo(t, path, string(left[i][:n]))
		atLine := n > 0 && left[i][n-1] == '\n'
		if !atLine && rnd.IntN(3) == 0 { // whole lines for a change
			if end := bytes.IndexByte(left[i][n:], '\n') + 1; end > 0 {
				appendTo(t, path, string(left[i][n:n+end]))
				n += end
				atLine = true
			}
		}
		left[i] = left[i][n:]
		written += n
		if len(s.f.tails) < len(files) {
			s.polls(followInterval) // what was rotated before anybody looked is not known
		}
		if atLine && rnd.IntN(5) == 0 {
			for k := rotations[i]; k > 0; k-- {
				check(t, os.Rename(fmt.Sprintf("%s.%d", path, k), fmt.Sprintf("%s.%d", path, k+1)))
			}
			check(t, os.Rename(path, path+".1"))
			overwrite(t, path, "")
			rotations[i]++
		}
		switch rnd.IntN(10) {
		case 0:
			s.crashes()
			s.restart()
		case 1, 2:
			s.polls(followInterval)
			s.restart()
		case 3, 4, 5, 6:
			s.polls(2 * followInterval)
		}
	}
	for range 20 {
		s.polls(followInterval)
		s.restart()
	}
	s.polls(15 * time.Second)
	return s
}

func TestFollowRecordedRuns(t *testing.T) {
	const log, metrics = "afterimage.log", "metrics.jsonl"
	for _, run := range []string{"afterimage-run", "afterimage-quirks"} {
		for _, files := range [][]string{{log}, {metrics}, {log, metrics}, {metrics, log}} {
			for seed := range uint64(3) {
				t.Run(fmt.Sprint(run, files, seed), func(t *testing.T) {
					t.Parallel()
					var paths []string
					for _, name := range files {
						paths = append(paths, filepath.Join("testdata", run, name))
					}
					want := add(t, open(t, filepath.Dir(paths[0]), WithLocation(time.UTC)))
					if len(paths) == 1 {
						want = add(t, open(t, paths[0], WithLocation(time.UTC)))
					}
					s := replayed(t, rand.New(rand.NewPCG(seed, 7)), paths...)
					same(t, s.recorded(), want)
				})
			}
		}
	}
}

// same compares what was followed with what is read of the whole file, which the tests of that hold to truth.json.
func same(t *testing.T, got, want *sums) {
	t.Helper()
	equal(t, "calls", got.Calls, want.Calls)
	equal(t, "successes", got.Success, want.Success)
	equal(t, "evaluations", got.Evaluations, want.Evaluations)
	equal(t, "records", got.Records, want.Records)
	near(t, "durations", got.DurationSum, want.DurationSum)
	equalMaps(t, "errors", got.Errors, want.Errors)
	equalMaps(t, "error types", got.ErrorTypes, want.ErrorTypes)
	equalMaps(t, "finish reasons", got.Finish, want.Finish)
	equalMaps(t, "metrics", got.Metrics, want.Metrics)
	nearScores(t, got.Scores, want.Scores)
	equal(t, "models", len(got.Tokens), len(want.Tokens))
	for model, tokens := range want.Tokens {
		equalMaps(t, "tokens of "+model, got.Tokens[model], tokens)
	}
}
