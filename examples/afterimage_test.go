package examples_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
)

// converse runs the generator that afterimage monitors, into dir, and does something meanwhile.
func converse(t *testing.T, dir string, meanwhile func(), args ...string) (want truth) {
	t.Helper()
	cmd := python(t, nil, append([]string{"afterimage/gen.py", dir}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	meanwhile()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("gen.py: %v\n%s", err, stderr.String())
	}
	if err := json.Unmarshal(stdout.Bytes(), &want); err != nil || want.Failures == 0 || want.Accepted == 0 {
		t.Fatalf("%v in %s", err, stdout.String())
	}
	return want
}

// heard waits until a sidecar has read all that a generator wrote.
func heard(t *testing.T, url string, want truth) {
	t.Helper()
	until(t, func() error {
		if got, _ := told(t, url); got != want {
			return fmt.Errorf("the sidecar tells %+v, the generator did %+v", got, want)
		}
		return nil
	})
}

// TestAfterimage: of the two files of afterimage's monitor, which both have every event, each event counts once.
func TestAfterimage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "today")
	s := serve(t, "127.0.0.1:0", "--follow="+dir)
	heard(t, s.url, converse(t, dir, func() {}))
}

// TestAfterimageSidecarKilled: a sidecar that is killed while it follows is resumed where it was.
func TestAfterimageSidecarKilled(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "today")
	flags := []string{"--follow=" + dir, "--data-dir=" + t.TempDir()}
	s := serve(t, "127.0.0.1:0", flags...)
	want := converse(t, dir, func() {
		until(t, func() error {
			if got, _ := told(t, s.url); got.Accepted < 10 {
				return errors.New("the sidecar hears nothing")
			}
			return nil
		})
		s.end(t, syscall.SIGKILL)
	}, "--conversations=200")
	s = serve(t, "127.0.0.1:0", append(flags, "--resume")...)
	heard(t, s.url, want)
	heard(t, s.url, want.plus(converse(t, dir, func() {}, "--conversations=20", "--seed=1000"))) // and goes on from there alone
}

func (a truth) plus(b truth) truth {
	return truth{
		Calls: a.Calls + b.Calls, Failures: a.Failures + b.Failures,
		Accepted: a.Accepted + b.Accepted, Rejected: a.Rejected + b.Rejected, Failed: a.Failed + b.Failed,
		PromptTokens: a.PromptTokens + b.PromptTokens, CompletionTokens: a.CompletionTokens + b.CompletionTokens,
	}
}
