package web

import (
	"bytes"
	"context"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// Bounds of the memory of what is posted.
const (
	maxBodies   = 256 << 20 // bytes of all bodies under way
	maxDecoding = 256 << 20 // bytes of what is made of them at the same time, by the estimates below
)

// room bounds the bytes of bodies under way: a few clients must not fill the memory.
type room struct{ taken atomic.Int64 }

// hold is what one body has of the room.
type hold struct {
	room  *room
	bytes int64
}

// grow takes more of it.
func (h *hold) grow(bytes int) error {
	h.bytes += int64(bytes)
	if h.room.taken.Add(int64(bytes)) > maxBodies {
		return problem(http.StatusTooManyRequests, "more than %d MiB of events are on their way: try again in a moment", maxBodies>>20)
	}
	return nil
}

// release gives all of it back.
func (h *hold) release() { h.room.taken.Add(-h.bytes) }

// decoding bounds what the bodies that have arrived become. Events take up to a hundred times the bytes of their lines,
// so it is not enough to bound those.
type decoding struct{ weighted *semaphore.Weighted }

func newDecoding() decoding { return decoding{semaphore.NewWeighted(maxDecoding)} }

// enter waits until there is memory for so many bytes; an error is ctx's. These waits end: what has entered waits for no
// further memory.
func (d decoding) enter(ctx context.Context, bytes int64) (leave func(), err error) {
	if err := d.weighted.Acquire(ctx, bytes); err != nil {
		return nil, err
	}
	return func() { d.weighted.Release(bytes) }, nil
}

// eventsWeight estimates, rather too high, the memory of the events of a body: an event that slices grew to, or what is said
// of one that cannot be read, takes 1,200 bytes. In an array every comma may part two of them.
func eventsWeight(body []byte) int64 {
	const each = 1200
	separator := []byte{'\n'}
	if rest := bytes.TrimLeft(body, "\xef\xbb\xbf \t\r\n"); len(rest) > 0 && rest[0] == '[' {
		separator[0] = ','
	}
	return each * int64(min(bytes.Count(body, separator)+1, maxBodyEvents))
}

// otlpWeight is the same for OTLP, whose shortest spans of calls have 60 bytes and become an event, twice, and a place in
// their trace.
func otlpWeight(body []byte) int64 {
	const each, most = 24, 192 << 20
	return min(each*int64(len(body)), most)
}
