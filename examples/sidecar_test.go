// Package examples_test runs every example, and every command of their README, against the real sidecar.
package examples_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// bin has the programs genmeter and generator, which is the example in Go.
var bin string

func TestMain(m *testing.M) {
	code := 1
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(bin)
	os.Exit(code)
}

func build() (err error) {
	if bin, err = os.MkdirTemp("", "genmeter-examples"); err != nil {
		return err
	}
	os.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	os.Setenv("PYTHONDONTWRITEBYTECODE", "1")
	for _, name := range []string{"GENMETER_URL", "GENMETER_SPOOL"} { // of whoever runs the tests
		os.Unsetenv(name)
	}
	for name, pkg := range map[string]string{"genmeter": "../cmd/genmeter", "generator": "./go"} {
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(bin, name), pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does, whose packages are compiled already
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
		}
	}
	return nil
}

const patience = 60 * time.Second

// until calls f until it returns nil; after patience the test fails with its last error.
func until(t *testing.T, f func() error) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		err := f()
		if err == nil {
			return
		}
		if time.Since(begun) > patience {
			t.Fatal(err)
		}
	}
}

// program is a process that serves over HTTP and logs where.
type program struct {
	cmd  *exec.Cmd
	log  buffer
	url  string
	over bool
}

// start runs a program that logs where it listens.
func start(t *testing.T, name string, args ...string) *program {
	t.Helper()
	p := &program{cmd: exec.Command(name, args...)}
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !p.over {
			p.end(t, syscall.SIGTERM)
		}
	})
	re := regexp.MustCompile(`msg="?listening"? address=(\S+)`)
	until(t, func() error {
		found := re.FindStringSubmatch(p.log.String())
		if found == nil {
			return fmt.Errorf("%s %q does not say where it listens:\n%s", name, args, p.log.String())
		}
		p.url = "http://" + found[1]
		return nil
	})
	return p
}

// serve runs a sidecar; the address may be that of one that has ended.
func serve(t *testing.T, address string, flags ...string) *program {
	t.Helper()
	return start(t, "genmeter", append([]string{"serve", "--web.listen-address=" + address}, flags...)...)
}

// end ends it by a signal, and returns when it is over. Anything but SIGKILL it survives well.
func (p *program) end(t *testing.T, s syscall.Signal) {
	t.Helper()
	p.over = true
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Errorf("%v\n%s", err, p.log.String())
	}
	if err := p.cmd.Wait(); err != nil && s != syscall.SIGKILL {
		t.Errorf("%v\n%s", err, p.log.String())
	}
}

func (p *program) address() string { return strings.TrimPrefix(p.url, "http://") }

func get(url string) (string, error) {
	resp, err := http.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status + ": " + string(body))
	}
	return string(body), err
}

// truth is what a generator did, in the words of gen.py.
type truth struct {
	Calls            int `json:"calls"`
	Failures         int `json:"failures"`
	Accepted         int `json:"accepted"`
	Rejected         int `json:"rejected"`
	Failed           int `json:"failed"`
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// told is what the API of a sidecar says that was done.
func told(t *testing.T, url string) (got truth, inProgress int) {
	t.Helper()
	var progress struct {
		Done, Rejected, Failed, Calls, Failures int
		InProgress                              int `json:"in_progress"`
	}
	var tokens struct {
		Prompt     int `json:"total_prompt_tokens"`
		Completion int `json:"total_completion_tokens"`
	}
	for path, into := range map[string]any{"/api/v1/progress": &progress, "/api/v1/tokens": &tokens} {
		body, err := get(url + path)
		if err == nil {
			err = json.Unmarshal([]byte(body), into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return truth{
		Calls: progress.Calls, Failures: progress.Failures,
		Accepted: progress.Done, Rejected: progress.Rejected, Failed: progress.Failed,
		PromptTokens: tokens.Prompt, CompletionTokens: tokens.Completion,
	}, progress.InProgress
}

// buffer may be written to while it is read.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
