package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInterrupted: the first signal ends what reads a run, or waits for a sidecar that does not answer, and is told as such.
func TestInterrupted(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, command := range []string{"export", "report", "plot"} {
		for _, input := range []string{filepath.Join(testdata, "afterimage-run"), "http://" + silent.Addr().String()} {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			var stdout, stderr strings.Builder
			code := run(ctx, []string{command, input}, nil, &stdout, &stderr)
			if code != exitFailed || stdout.Len() > 0 || stderr.String() != "genmeter: error: interrupted before the end of the run\n" {
				t.Errorf("%s %s: exit code %d:\n%s%s", command, input, code, &stdout, &stderr)
			}
		}
	}
}

// TestInterruptedBeforeTheGenerator: a signal that comes while the earlier part of a run is read keeps the generator from starting.
func TestInterruptedBeforeTheGenerator(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	made := filepath.Join(t.TempDir(), "made")
	var out strings.Builder
	code := run(ctx, []string{"run", "--web.listen-address=127.0.0.1:0", "--", "touch", made}, strings.NewReader(""), &out, &out)
	if code != exitFailed || !strings.HasSuffix(out.String(), "genmeter: error: interrupted before the generator was started\n") {
		t.Errorf("exit code %d:\n%s", code, &out)
	}
	if _, err := os.Stat(made); err == nil {
		t.Error("the generator was started")
	}
}
