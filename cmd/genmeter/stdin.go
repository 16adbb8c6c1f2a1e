package main

import (
	"context"
	"io"
)

// untilDone is standard input until ctx ends: a read that waits for a silent writer cannot be interrupted, but it can be
// left alone.
type untilDone struct {
	ctx    context.Context
	r      io.Reader
	chunks chan chunk // nil before the first read
	rest   []byte     // read and not yet handed on
	err    error      // after rest
}

type chunk struct {
	bytes []byte
	err   error
}

// Read is for one goroutine.
func (u *untilDone) Read(p []byte) (int, error) {
	if u.chunks == nil {
		u.chunks = make(chan chunk)
		go u.pump()
	}
	if len(u.rest) == 0 && u.err == nil {
		select {
		case c := <-u.chunks:
			u.rest, u.err = c.bytes, c.err
		case <-u.ctx.Done():
			return 0, context.Cause(u.ctx)
		}
	}
	n := copy(p, u.rest)
	if u.rest = u.rest[n:]; len(u.rest) == 0 {
		return n, u.err
	}
	return n, nil
}

// pump reads until the end of the input or of ctx.
func (u *untilDone) pump() {
	for {
		buf := make([]byte, 64<<10)
		n, err := u.r.Read(buf)
		select {
		case u.chunks <- chunk{buf[:n], err}:
		case <-u.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}
