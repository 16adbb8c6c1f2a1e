package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestUntilDoneReadsAll(t *testing.T) {
	text := strings.Repeat("0123456789", 20_000)
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(text), "by halves": iotest.HalfReader(strings.NewReader(text)),
		"with its end": iotest.DataErrReader(strings.NewReader(text)),
	} {
		got, err := io.ReadAll(&untilDone{ctx: t.Context(), r: r})
		if err != nil || string(got) != text {
			t.Errorf("%s: read %d bytes, %v, want %d", name, len(got), err, len(text))
		}
	}
}

func TestUntilDoneEnds(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	silent, writer := io.Pipe()
	defer writer.Close()
	enough := errors.New("enough")
	cancel(enough)
	if n, err := (&untilDone{ctx: ctx, r: silent}).Read(make([]byte, 10)); n != 0 || !errors.Is(err, enough) {
		t.Errorf("read %d bytes, %v, want %v", n, err, enough)
	}
}

// TestReplayOfSilentInputEnds: the first signal ends a replay that waits for somebody to write.
func TestReplayOfSilentInputEnds(t *testing.T) {
	silent, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr strings.Builder
	if code := run(ctx, []string{"replay", "-"}, silent, &stdout, &stderr); code != exitFailed {
		t.Errorf("exit code %d, want %d:\n%s", code, exitFailed, stderr.String())
	}
}

// TestServeHoldsNoWriterUp: standard input that is no text is read to its end nevertheless.
func TestServeHoldsNoWriterUp(t *testing.T) {
	in, out := io.Pipe()
	defer in.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	g := &genmeter{log: &lockedBuffer{}, code: make(chan int, 1)}
	go func() {
		g.code <- run(ctx, []string{"serve", "--web.listen-address=127.0.0.1:0", "-"}, in, g.log, g.log)
	}()
	written := make(chan error, 1)
	go func() {
		_, err := out.Write(make([]byte, 1<<20))
		written <- errors.Join(err, out.Close())
	}()
	select {
	case err := <-written:
		must(t, err)
	case <-time.After(patience):
		t.Fatalf("who writes waits:\n%s", g.log)
	}
	g.waitLog(t, "found binary data")
	g.waitLog(t, `msg="standard input ended" events=0`)
	cancel()
	if code := <-g.code; code != exitGood {
		t.Errorf("exit code %d:\n%s", code, g.log)
	}
}
