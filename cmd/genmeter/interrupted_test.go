package main

import (
	"context"
	"net"
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
