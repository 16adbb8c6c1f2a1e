package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/genmeter/genmeter/monitor"
)

// sidecar is what is around a follower: it makes events durable and drops those whose ids it knows. It survives its
// follower, as a journal does a crash.
type sidecar struct {
	t        *testing.T
	path     string
	opts     FollowOptions
	f        *follower
	now      time.Time
	ids      *IDWindow
	events   []monitor.Event
	again    int // events whose id was known
	problems []string

	refuse bool // take nothing
	crash  bool // before it is written down that a batch with anything new was taken
}

var errCrash = errors.New("crashed")

func startSidecar(t *testing.T, path string) *sidecar {
	s := &sidecar{t: t, path: path, ids: NewIDWindow(0), now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	s.opts.DataDir = t.TempDir()
	s.opts.Read = []Option{WithLocation(time.UTC)}
	s.start()
	t.Cleanup(s.kill)
	return s
}

func (s *sidecar) start() {
	s.t.Helper()
	var err error
	if s.f, err = newFollower(s.path, s.opts, s.take); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sidecar) kill() { s.f.close() }

func (s *sidecar) restart() { s.kill(); s.crash = false; s.start() }

func (s *sidecar) take(_ context.Context, b Followed) error {
	if s.refuse {
		clear(b.Events)
		return errors.New("disk full")
	}
	before := len(s.events)
	for i := range b.Events {
		ev := &b.Events[i]
		if ev.ID == "" {
			s.t.Error("an event without an id")
		}
		if s.ids.Add(ev) {
			s.events = append(s.events, *ev)
		} else {
			s.again++
		}
	}
	for _, err := range b.Problems {
		s.problems = append(s.problems, err.Error())
	}
	if s.crash && len(s.events) > before {
		return errCrash
	}
	return nil
}

// poll lets an interval pass, and reads all that there is.
func (s *sidecar) poll() error {
	s.now = s.now.Add(followInterval)
	for {
		more, err := s.f.poll(context.Background(), s.now)
		if err != nil || !more {
			return err
		}
	}
}

// polls lets some time pass.
func (s *sidecar) polls(d time.Duration) {
	s.t.Helper()
	for end := s.now.Add(d); s.now.Before(end); {
		if err := s.poll(); err != nil {
			s.t.Fatal(err)
		}
	}
}

// want compares the durations of the events, in seconds, which number them.
func (s *sidecar) want(numbers ...int) {
	s.t.Helper()
	var got []int
	for _, ev := range s.events {
		got = append(got, int(ev.Duration.Seconds()))
	}
	if !slices.Equal(got, numbers) {
		s.t.Errorf("events %v, want %v (problems %q)", got, numbers, s.problems)
	}
}

func (s *sidecar) wantProblems(parts ...string) {
	s.t.Helper()
	if len(s.problems) != len(parts) {
		s.t.Fatalf("problems %q, want %d", s.problems, len(parts))
	}
	for i, part := range parts {
		if !strings.Contains(s.problems[i], part) {
			s.t.Errorf("problem %q, want %q in it", s.problems[i], part)
		}
	}
}

// numbered is an event line with a number.
func numbered(n int) string {
	return fmt.Sprintf(`{"event":"generation","duration":%d,"success":true}`+"\n", n)
}

func numberedAll(from, to int) string {
	var b strings.Builder
	for n := from; n <= to; n++ {
		b.WriteString(numbered(n))
	}
	return b.String()
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	writeFlags(t, path, text, os.O_CREATE|os.O_WRONLY|os.O_TRUNC)
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	writeFlags(t, path, text, os.O_CREATE|os.O_WRONLY|os.O_APPEND)
}

func writeFlags(t *testing.T, path, text string, flags int) {
	t.Helper()
	f, err := os.OpenFile(path, flags, 0o644)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	check(t, err)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFollowAppended(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "run.ndjson")
	s := startSidecar(t, path)
	s.polls(time.Second) // neither the file nor its folder is there
	check(t, os.Mkdir(filepath.Dir(path), 0o755))
	s.polls(time.Second)
	overwrite(t, path, "")
	s.polls(time.Second)
	appendTo(t, path, numberedAll(1, 2)+numbered(3)[:20])
	s.polls(time.Second)
	s.want(1, 2)
	appendTo(t, path, numbered(3)[20:]+"\n  \r\n"+strings.ReplaceAll(numbered(4), "\n", "\r\n"))
	s.polls(time.Second)
	s.want(1, 2, 3, 4)
	appendTo(t, path, `{"event":"generation","duration":5,"success":true,"id":"own"}`+"\n"+"nonsense\n"+numbered(6))
	s.restart()
	s.polls(time.Second)
	s.want(1, 2, 3, 4, 5, 6)
	s.wantProblems(`run.ndjson:8:1: found "nonsense"`)
	if s.events[4].ID != "own" || s.again != 0 {
		t.Errorf("id %q, %d again", s.events[4].ID, s.again)
	}
}

func TestFollowRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.ndjson")
	overwrite(t, path, numberedAll(1, 3))
	s := startSidecar(t, path)
	s.refuse = true
	for range 3 {
		if s.poll() == nil {
			t.Error("no error of take")
		}
	}
	appendTo(t, path, numbered(4))
	s.refuse = false
	s.polls(time.Second)
	s.want(1, 2, 3, 4)
}

func TestFollowFromEnd(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run.ndjson")
	overwrite(t, path, numberedAll(1, 3)+numbered(4)[:9])
	s := startSidecar(t, path)
	s.opts.FromEnd = true
	s.opts.DataDir = t.TempDir()
	s.restart()
	s.polls(time.Second)
	s.want()
	appendTo(t, path, numbered(4)[9:]+"x\n")
	s.restart()
	s.polls(time.Second)
	s.want(4)
	s.wantProblems(`run.ndjson:5:1: found "x"`)
}

func TestFollowLongLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.ndjson")
	s := startSidecar(t, path)
	s.opts.Read = append(s.opts.Read, WithMaxLine(300_000))
	s.restart()
	appendTo(t, path, numbered(1))
	for range 5 {
		appendTo(t, path, strings.Repeat("x", 130_000))
		s.polls(time.Second)
		s.restart()
	}
	appendTo(t, path, "\n"+numbered(2))
	s.polls(time.Second)
	s.want(1, 2)
	s.wantProblems("run.ndjson:2: found a line of 634 KiB")
}

func TestFollowStateCorrupt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.ndjson")
	overwrite(t, path, numberedAll(1, 3))
	s := startSidecar(t, path)
	s.polls(time.Second)
	for _, text := range []string{"", "{", `{"version":1}`, `{"version":9,"path":"x"}`} {
		overwrite(t, s.f.state, text)
		s.problems = nil
		s.again = 0
		s.restart()
		s.polls(time.Second)
		s.want(1, 2, 3)
		s.wantProblems("a state that cannot be used")
		equal(t, "events again", s.again, 3)
	}
}

// TestFollow: with a clock of its own, to its end.
func TestFollow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var got []monitor.Event
		done := make(chan error)
		go func() {
			done <- Follow(ctx, path, FollowOptions{}, func(_ context.Context, b Followed) error {
				got = append(got, b.Events...)
				return errors.Join(b.Problems...)
			})
		}()
		time.Sleep(time.Second)
		at := "2026-11-25T12:00:00.000001"
		overwrite(t, path, sampleLine("generation_time", 2, at)+sampleLine("success_rate", 1, at))
		time.Sleep(time.Second)
		synctest.Wait()
		if len(got) != 0 {
			t.Error("given before its time")
		}
		appendTo(t, path, sampleLine("prompt_token_count", 7, at))
		cancel()
		check(t, <-done)
		if len(got) != 1 || got[0].PromptTokens != 7 || got[0].Duration != 2*time.Second {
			t.Errorf("%+v", got)
		}
	})
	if err := Follow(t.Context(), path, FollowOptions{DataDir: path}, nil); err == nil {
		t.Error("no error of a file as a data directory")
	}
}

// TestFollowLastLine: at the end a line is taken that lacks only its end, once; the end of it may yet come.
func TestFollowLastLine(t *testing.T) {
	whole := strings.TrimSuffix(numbered(2), "\n")
	for _, test := range []struct {
		name, last, later string
		want              []int
		problems          []string
	}{
		{"whole", whole, "", []int{1, 2}, nil},
		{"whole, and its end", whole, "\n" + numbered(3) + "x\n", []int{1, 2, 3}, []string{`run.ndjson:4:1: found "x"`}},
		{"whole, and another", whole + " ", numbered(3), []int{1, 2, 3}, nil},
		{"NaN", `{"event":"generation","duration":2,"cost_usd":NaN}`, "\n", []int{1, 2}, []string{"run.ndjson:2:47: cost_usd: found NaN"}},
		{"half", whole[:20], whole[20:] + "\n", []int{1, 2}, nil},
		{"text", "that was all", "\n", []int{1}, []string{`run.ndjson:2:1: found "that was all"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run.ndjson")
			s := startSidecar(t, path)
			follow := func() {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					s.opts.OnCaughtUp = cancel
					check(t, Follow(ctx, path, s.opts, s.take))
				})
			}
			overwrite(t, path, numbered(1)+test.last)
			follow()
			appendTo(t, path, test.later)
			follow()
			s.want(test.want...)
			s.wantProblems(test.problems...)
			equal(t, "events again", s.again, 0)
		})
	}
}

// TestFollowLastLineUnkept: where nobody will go on, the rest is told of.
func TestFollowLastLineUnkept(t *testing.T) {
	for last, problems := range map[string][]string{
		strings.TrimSuffix(numbered(2), "\n"): nil,
		`{"event":"generation","dur`:          {backquoted(`run.ndjson:2: found '{"event":"generation","dur' and the end of the file`)},
	} {
		path := filepath.Join(t.TempDir(), "run.ndjson")
		s := startSidecar(t, path)
		s.opts.DataDir = ""
		overwrite(t, path, numbered(1)+last)
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s.opts.OnCaughtUp = cancel
			check(t, Follow(ctx, path, s.opts, s.take))
		})
		equal(t, "events", len(s.events), 2-len(problems))
		s.wantProblems(problems...)
	}
}

// TestFollowCaughtUp: what is there at the start is told apart from what comes.
func TestFollowCaughtUp(t *testing.T) {
	at := "2026-11-25T12:00:00.000001"
	for name, there := range map[string]string{
		"run.ndjson": numberedAll(1, 3000), "metrics.jsonl": sampleLine("generation_time", 2, at) + sampleLine("success_rate", 1, at), "none.ndjson": "",
	} {
		path := filepath.Join(t.TempDir(), name)
		if there != "" {
			overwrite(t, path, there)
		}
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			events, before := 0, -1
			opts := FollowOptions{OnCaughtUp: func() {
				if before >= 0 {
					t.Errorf("%s: told twice", name)
				}
				before = events
				appendTo(t, path, numbered(1))
			}}
			go func() {
				time.Sleep(20 * time.Second)
				cancel()
			}()
			check(t, Follow(ctx, path, opts, func(_ context.Context, b Followed) error {
				events += len(b.Events)
				return nil
			}))
			want := map[string]int{"run.ndjson": 3000, "metrics.jsonl": 1}[name]
			equal(t, name+": events that were there", before, want)
		})
	}
}

func sampleLine(name string, value float64, at string) string {
	return fmt.Sprintf(`{"metric":%q,"value":%g,"timestamp":%q}`+"\n", name, value, at)
}
