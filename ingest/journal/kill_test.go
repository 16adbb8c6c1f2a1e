package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// childEnv tells the test binary that it is the process to be killed, and where its journal is; killsEnv how often that
// happens, 50 times when unset.
const (
	childEnv = "GENMETER_JOURNAL_CHILD"
	killsEnv = "GENMETER_JOURNAL_KILLS"
)

// TestKilled kills a process that appends as fast as it can, again and again in the same folder. What it said was
// acknowledged is there once, each caller's in order; what it did not come to say is there whole or not at all.
func TestKilled(t *testing.T) {
	kills := 50
	if s := os.Getenv(killsEnv); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var cuts, batches int
	var dir string
	var acked map[string]int // batches, by caller of a run
	for run := range kills {
		if run%10 == 0 { // so that reading does not take ever longer
			dir, acked = t.TempDir(), map[string]int{}
		}
		before := sum(acked)
		killOne(t, self, dir, run, acked)
		j := open(t, dir, WithResume())
		if j.Recovery().CutBytes > 0 {
			cuts++
		}
		batches += sum(acked) - before
		checkAcked(t, ids(t, j), acked)
		mustClose(t, j)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills, %d of them within a batch, %d batches acknowledged", kills, cuts, batches)
}

func sum(counts map[string]int) (n int) {
	for _, k := range counts {
		n += k
	}
	return n
}

// killOne runs a child until it has acknowledged a random number of batches, and kills it.
func killOne(t *testing.T, self, dir string, run int, acked map[string]int) {
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+dir, fmt.Sprint("GENMETER_JOURNAL_RUN=", run))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(out)
	for left := 1 + rand.IntN(60); in.Scan(); left-- {
		acked[in.Text()]++
		if left == 0 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() >= 0 && runtime.GOOS != "windows" {
		t.Fatalf("the child was not killed: %v", err)
	}
}

// checkAcked checks ids caller.size-batch-i.
func checkAcked(t *testing.T, list []string, acked map[string]int) {
	t.Helper()
	there := map[string]int{}
	for i := 0; i < len(list); {
		caller, _, _ := strings.Cut(list[i], "-")
		_, digits, _ := strings.Cut(caller, ".")
		size, err := strconv.Atoi(digits)
		if err != nil {
			t.Fatal(err)
		}
		for k := range size {
			want := fmt.Sprintf("%s-%d-%d", caller, there[caller], k)
			if i+k >= len(list) || list[i+k] != want {
				t.Fatalf("event %d is not %s", i+k, want)
			}
		}
		there[caller]++
		i += size
	}
	for caller, n := range acked {
		if there[caller] < n || there[caller] > n+1 { // one may have been on its way
			t.Errorf("%s: %d batches, acknowledged %d", caller, there[caller], n)
		}
	}
}

// child appends from several goroutines, and prints the caller of each batch that was acknowledged.
func child(dir string) {
	j, err := Open(dir, WithResume(), WithSegmentSize(2<<20))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, size := range []int{1, 7, 300, 3000} {
		wg.Go(func() {
			caller := fmt.Sprintf("%s/%d.%d", os.Getenv("GENMETER_JOURNAL_RUN"), size, size)
			for b := 0; ; b++ {
				if err := j.Append(context.Background(), calls(fmt.Sprintf("%s-%d", caller, b), size)); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				mu.Lock()
				_, _ = os.Stdout.WriteString(caller + "\n")
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// TestTwoProcesses: the second is told who the first is; the lock ends with its process.
func TestTwoProcesses(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	bufio.NewScanner(out).Scan() // it is at work
	go io.Copy(io.Discard, out)
	before := len(files(t, dir))
	_, err = Open(dir, WithResume())
	var locked *LockedError
	if !errors.As(err, &locked) || locked.PID != cmd.Process.Pid || locked.Dir != dir {
		t.Errorf("%v, want that %d has it", err, cmd.Process.Pid)
	}
	if before == 0 {
		t.Error("the child has written nothing")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	j := open(t, dir, WithResume())
	if slices.Index(files(t, dir), filepath.Base(segmentName(1))) < 0 || len(ids(t, j)) == 0 {
		t.Error("its events are gone")
	}
}

// TestTwoInOneProcess keep out of each other's way too.
func TestTwoInOneProcess(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	var locked *LockedError
	if _, err := Open(dir); !errors.As(err, &locked) || locked.PID != os.Getpid() {
		t.Error(err)
	}
	mustClose(t, j)
	open(t, dir)
}
