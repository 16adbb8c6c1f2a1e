package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progressLine is a line on a terminal that is written over and over. A nil one does nothing.
type progressLine struct {
	w    io.Writer
	last time.Time
}

// newProgressLine returns nil when w is no terminal: a log file wants no such lines.
func newProgressLine(w io.Writer) *progressLine {
	if !isTerminal(w) {
		return nil
	}
	return &progressLine{w: w}
}

// isTerminal tells whether a reader or writer is a terminal.
func isTerminal(rw any) bool {
	f, ok := rw.(*os.File)
	if !ok {
		return false
	}
	conn, err := f.SyscallConn() // f.Fd would make f one that blocks
	if err != nil {
		return false
	}
	is := false
	err = conn.Control(func(fd uintptr) { is = term.IsTerminal(int(fd)) })
	return err == nil && is
}

func (l *progressLine) show(events int, into time.Duration) {
	const pause = 100 * time.Millisecond
	if l == nil || time.Since(l.last) < pause {
		return
	}
	l.last = time.Now()
	fmt.Fprintf(l.w, "\r%d events, %v into the run\x1b[K", events, into.Round(time.Second))
}

func (l *progressLine) clear() {
	if l != nil && !l.last.IsZero() {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}
