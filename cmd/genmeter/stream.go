package main

import (
	"context"
	"io"
	"os"
)

// openStream returns what an input that can be read once gives, and its name for people: standard input for "-", a named
// pipe, what a shell's <(…) makes, a device. ok is false for every other. Reading it gives up when ctx ends, also while a
// pipe waits for its writer.
func openStream(ctx context.Context, e env, input string) (r io.Reader, name string, ok bool) {
	switch {
	case input == "-":
		r, name = e.stdin, "standard input"
	case readOnce(input):
		r, name = &lateFile{path: input}, input
	default:
		return nil, "", false
	}
	return &untilDone{ctx: ctx, r: r}, name, true
}

// readOnce reports whether input is there, and neither a file nor a directory.
func readOnce(input string) bool {
	info, err := os.Stat(input)
	return err == nil && !info.IsDir() && !info.Mode().IsRegular()
}

// lateFile is a file that its first Read opens: to open a pipe waits for its writer.
type lateFile struct {
	path string
	file *os.File
}

func (l *lateFile) Read(p []byte) (n int, err error) {
	if l.file == nil {
		if l.file, err = os.Open(l.path); err != nil {
			return 0, err
		}
	}
	if n, err = l.file.Read(p); err != nil {
		_ = l.file.Close() // only read: nothing can be lost
	}
	return n, err
}
