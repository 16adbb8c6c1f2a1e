package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// soakEnv makes the soak so many times as long as it is in a usual test run; `make soak` sets it.
const soakEnv = "GENMETER_SOAK"

// soakScale returns it, 1 when unset.
func soakScale(t *testing.T) int {
	t.Helper()
	s := os.Getenv(soakEnv)
	if s == "" {
		return 1
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: expected a whole number from 1", soakEnv, s)
	}
	return n
}

// sidecarProcess is a genmeter in a process of its own, which can be killed. The test binary is the program: see TestMain.
type sidecarProcess struct {
	cmd     *exec.Cmd
	log     *lockedBuffer
	address string
	exited  chan struct{} // closed when it has ended; then err is set
	err     error
	once    sync.Once
}

// startProcess starts `genmeter serve` and returns when it listens. wrap is a shell's command line whose "$@" is genmeter,
// such as `ulimit -n 30; exec "$@"`; empty for none.
func startProcess(t *testing.T, wrap string, args ...string) *sidecarProcess {
	t.Helper()
	line := append([]string{"genmeter", "serve", "--web.listen-address=127.0.0.1:0"}, args...)
	if wrap != "" {
		line = append([]string{"sh", "-c", wrap, "sh"}, line...)
	}
	p := &sidecarProcess{cmd: exec.Command(line[0], line[1:]...), log: &lockedBuffer{}, exited: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	must(t, p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() { p.kill(t) })
	g := genmeter{log: p.log}
	p.address = g.waitLog(t, `msg="listening" address=(\S+)`)[1]
	return p
}

// kill ends it as a crash would.
func (p *sidecarProcess) kill(t *testing.T) {
	t.Helper()
	p.end(t, syscall.SIGKILL)
}

// terminate asks it to end, and wants that it does so with success.
func (p *sidecarProcess) terminate(t *testing.T) {
	t.Helper()
	p.end(t, syscall.SIGTERM)
	if p.err != nil {
		t.Errorf("after SIGTERM genmeter ended with %v:\n%s", p.err, p.log)
	}
}

// end ends it once, and looks at what it has said.
func (p *sidecarProcess) end(t *testing.T, signal os.Signal) {
	t.Helper()
	p.once.Do(func() {
		select {
		case <-p.exited:
			t.Errorf("genmeter ended by itself with %v:\n%s", p.err, p.log)
			return
		default:
		}
		if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		select {
		case <-p.exited:
		case <-time.After(patience):
			_ = p.cmd.Process.Kill()
			t.Errorf("genmeter did not end within %v of %v:\n%s", patience, signal, p.log)
			<-p.exited
		}
		for _, bad := range []string{"DATA RACE", "panic", "fatal error"} {
			if strings.Contains(p.log.String(), bad) {
				t.Errorf("genmeter said %q:\n%s", bad, p.log)
			}
		}
	})
}

// get asks its API.
func (p *sidecarProcess) get(t *testing.T, path string, answer any) {
	t.Helper()
	g := genmeter{address: p.address}
	g.get(t, path, answer)
}

// peakMemory returns the most memory that it has had at once, in bytes.
func (p *sidecarProcess) peakMemory(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	must(t, err)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kB, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			must(t, err)
			return kB << 10
		}
	}
	t.Fatalf("no VmHWM in:\n%s", text)
	return 0
}

// counted is what its API says that it has of the run.
func (p *sidecarProcess) counted(t *testing.T) (c totals) {
	t.Helper()
	var progress struct{ Calls int }
	var tokens struct {
		ByModel []struct {
			Model  string `json:"model_name"`
			Calls  int
			Prompt int `json:"prompt_tokens"`
		} `json:"by_model"`
	}
	p.get(t, "/api/v1/progress", &progress)
	p.get(t, "/api/v1/tokens", &tokens)
	c.calls, c.prompt = progress.Calls, map[string]int{}
	sum := 0
	for _, m := range tokens.ByModel {
		c.prompt[m.Model] = m.Prompt
		sum += m.Calls
	}
	if sum != c.calls {
		t.Errorf("/api/v1/tokens has %d calls, /api/v1/progress %d", sum, c.calls)
	}
	return c
}

// unmarshal is a decoder that shares nothing with genmeter's.
func unmarshal(line []byte, v any) error { return json.Unmarshal(line, v) }
