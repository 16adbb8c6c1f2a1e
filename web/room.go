package web

import (
	"net/http"
	"sync/atomic"
)

// room bounds the bytes of large bodies under way: a few clients must not fill the memory.
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
