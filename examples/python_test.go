package examples_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// python runs Python, which the tests need as Python's users do.
func python(t *testing.T, vars []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the tests of the Python client need python3: scripts/need python3")
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), vars...)
	return cmd
}

// TestPythonClient runs the client's own tests.
func TestPythonClient(t *testing.T) {
	t.Parallel()
	cmd := python(t, nil, "-m", "unittest", "discover")
	cmd.Dir = "python"
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("\nOK")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// generate runs gen.py to its end, and does something meanwhile.
func generate(t *testing.T, vars []string, meanwhile func(), args ...string) truth {
	t.Helper()
	cmd := python(t, vars, append([]string{"python/gen.py"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	meanwhile()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("gen.py: %v\n%s", err, stderr.String())
	}
	return readTruth(t, stdout.Bytes())
}

// readTruth reads what gen.py prints, and wants nothing of it lost.
func readTruth(t *testing.T, data []byte) truth {
	t.Helper()
	var said struct {
		truth
		Meter struct{ Rejected, Dropped, Queued, Spooled int }
	}
	if err := json.Unmarshal(data, &said); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	if m := said.Meter; m.Rejected+m.Dropped+m.Queued+m.Spooled != 0 {
		t.Errorf("not everything was sent: %+v", m)
	}
	if said.Calls == 0 || said.PromptTokens == 0 || said.Failures == 0 {
		t.Errorf("it did too little: %+v", said.truth)
	}
	return said.truth
}

func check(t *testing.T, url string, want truth) {
	t.Helper()
	if got, inProgress := told(t, url); got != want || inProgress != 0 {
		t.Errorf("the sidecar tells %+v and %d in progress, the generator did %+v", got, inProgress, want)
	}
}

// TestPythonGenerator: what gen.py did is what the sidecar tells.
func TestPythonGenerator(t *testing.T) {
	t.Parallel()
	s := serve(t, "127.0.0.1:0")
	check(t, s.url, generate(t, []string{"GENMETER_URL=" + s.url}, func() {}, "--seconds=0.005"))
}

// TestPythonSidecarRestarts: the sidecar ends in the middle of the run, and another takes its place. What the first took is in
// its files; together it is the whole run.
func TestPythonSidecarRestarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want, second := restart(t, syscall.SIGTERM, []string{"--log-dir=" + dir}, []string{"--log-dir=" + dir})
	second.end(t, syscall.SIGTERM)
	all := start(t, "genmeter", "replay", "--serve", "--web.listen-address=127.0.0.1:0", dir)
	until(t, func() error { // it serves before it has read everything
		if got, _ := told(t, all.url); got != want {
			return fmt.Errorf("the two sidecars have %+v, the generator did %+v", got, want)
		}
		return nil
	})
}

// TestPythonSidecarKilled: the sidecar is killed in the middle of the run. What it acknowledged is in its journal, what it did not
// is sent again.
func TestPythonSidecarKilled(t *testing.T) {
	t.Parallel()
	flag := "--data-dir=" + t.TempDir()
	want, second := restart(t, syscall.SIGKILL, []string{flag}, []string{flag, "--resume"})
	check(t, second.url, want)
}

// restart runs gen.py, ends its sidecar in the middle, and starts another where it was once gen.py has found it gone.
func restart(t *testing.T, s syscall.Signal, flags, again []string) (want truth, second *program) {
	t.Helper()
	first := serve(t, "127.0.0.1:0", flags...)
	spool := filepath.Join(t.TempDir(), "spool")
	want = generate(t, []string{"GENMETER_URL=" + first.url, "GENMETER_SPOOL=" + spool}, func() {
		until(t, func() error {
			if got, _ := told(t, first.url); got.Accepted < 10 {
				return errors.New("the first sidecar hears nothing")
			}
			return nil
		})
		first.end(t, s)
		until(t, func() error {
			if files, err := filepath.Glob(filepath.Join(spool, "*.ndjson")); err != nil || len(files) == 0 {
				return errors.New("the generator does not notice that its sidecar has gone")
			}
			return nil
		})
		second = serve(t, first.address(), again...)
	}, "--records=400", "--seconds=0.05")
	if got, _ := told(t, second.url); got.Calls == 0 {
		t.Error("the second sidecar heard nothing")
	}
	if files, err := os.ReadDir(spool); err != nil || len(files) > 0 {
		t.Errorf("the spool is left: %v, %v", files, err)
	}
	return want, second
}
