package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// testdata has the recorded runs and what was tracked in them.
const testdata = "../../ingest/testdata"

// genmeter is the program, run within this process so that the race detector sees it.
type genmeter struct {
	address string
	log     *lockedBuffer
	end     context.CancelFunc
	code    chan int
}

func startGenmeter(t *testing.T, args ...string) *genmeter {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	g := &genmeter{log: &lockedBuffer{}, end: cancel, code: make(chan int, 1)}
	go func() { g.code <- run(ctx, args, strings.NewReader(""), g.log, g.log) }()
	t.Cleanup(func() {
		cancel()
		select {
		case code := <-g.code:
			if code != exitGood {
				t.Errorf("genmeter %q ended with %d:\n%s", args, code, g.log)
			}
		case <-time.After(patience):
			t.Errorf("genmeter %q does not end:\n%s", args, g.log)
		}
	})
	g.address = g.waitLog(t, `msg="listening" address=(\S+)`)[1]
	return g
}

func (g *genmeter) waitLog(t *testing.T, pattern string) (found []string) {
	t.Helper()
	re := regexp.MustCompile(pattern)
	must(t, until(func() error {
		if found = re.FindStringSubmatch(g.log.String()); found == nil {
			return fmt.Errorf("the log has no %s:\n%s", pattern, g.log)
		}
		return nil
	}))
	return found
}

// get asks genmeter's own API and decodes the answer.
func (g *genmeter) get(t *testing.T, path string, answer any) {
	t.Helper()
	code, body, err := fetch("http://"+g.address+path, "")
	must(t, err)
	if code != 200 {
		t.Fatalf("GET %s: %d %s", path, code, body)
	}
	must(t, json.Unmarshal([]byte(body), answer))
}

// lockedBuffer is a buffer that many may write to while a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
