//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// pipeOf returns the path of a named pipe. What is in file is written into it; nothing ever when file is empty.
func pipeOf(t *testing.T, file string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.ndjson")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if file == "" {
		t.Cleanup(func() { // whoever still waits for a writer gets one
			if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
				_ = f.Close()
			}
		})
		return path
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(path, content, 0) }()
	t.Cleanup(func() {
		if err := <-written; err != nil {
			t.Error(err)
		}
	})
	return path
}

// TestPipes: a pipe is worth as much as the file that flows through it, also where an input is read several times.
func TestPipes(t *testing.T) {
	for _, args := range [][]string{
		{"export", "--format=wide-csv", "--window=10m"}, {"report", "--format=json"}, {"plot", "--figure=failures", "--format=svg", "-o", "-"},
		{"replay"}, {"check", "--timezone=UTC"},
	} {
		t.Run(args[0], func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "run.ndjson")
			if code := run(t.Context(), []string{"export", "-o", file, filepath.Join(testdata, "afterimage-run")}, nil, os.Stderr, os.Stderr); code != 0 {
				t.Fatal("no file to compare with")
			}
			var got, want, stderr strings.Builder
			wantCode := run(t.Context(), append(args, file), nil, &want, &stderr)
			code := run(t.Context(), append(args, pipeOf(t, file)), nil, &got, &stderr)
			if code != wantCode || got.String() != want.String() || len(want.String()) < 100 {
				t.Errorf("exit code %d, want %d; got\n%.500s\nwant\n%.500s\n%s", code, wantCode, &got, &want, &stderr)
			}
		})
	}
}

// TestPipeWithoutWriterEnds: the first signal ends a command that waits for somebody to open the other end.
func TestPipeWithoutWriterEnds(t *testing.T) {
	for _, command := range []string{"export", "report", "plot", "replay", "check"} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var stdout, stderr strings.Builder
		if code := run(ctx, []string{command, pipeOf(t, "")}, nil, &stdout, &stderr); code != exitFailed ||
			!strings.HasPrefix(stderr.String(), "genmeter: error: ") {
			t.Errorf("%s: exit code %d, want %d:\n%s", command, code, exitFailed, &stderr)
		}
	}
}

func TestLoopOfPipe(t *testing.T) {
	var stdout, stderr strings.Builder
	code := run(t.Context(), []string{"replay", "--loop", pipeOf(t, "")}, nil, &stdout, &stderr)
	if code != exitUsage || !strings.Contains(stderr.String(), "--loop cannot begin again with standard input or a pipe") {
		t.Errorf("exit code %d:\n%s", code, &stderr)
	}
}

// TestDeviceWithoutEnd: it is not copied until the disk is full.
func TestDeviceWithoutEnd(t *testing.T) {
	var stdout, stderr strings.Builder
	code := run(t.Context(), []string{"export", "/dev/zero"}, nil, &stdout, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "/dev/zero: found binary data, expected event lines") {
		t.Errorf("exit code %d:\n%s", code, &stderr)
	}
}
