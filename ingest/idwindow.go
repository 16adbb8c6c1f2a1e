package ingest

import (
	"crypto/sha256"
	"sync"

	"github.com/genmeter/genmeter/monitor"
)

// DefaultIDs is how many ids an [IDWindow] remembers unless it is told otherwise.
const DefaultIDs = 65_536

// IDWindow remembers the last ids, so that what is sent twice counts once. An id is of a kind: the begin and the
// generation of a call share theirs, and a record may have the number of a call. Events without an id are always new.
//
// A road that writes ahead asks [IDWindow.Has] first and calls [IDWindow.Add] when the event is durable. The window is
// safe for concurrent use.
type IDWindow struct {
	mu   sync.Mutex
	seen map[idKey]struct{}
	last []idKey // a ring; next is the oldest once it is full
	next int
	size int
}

type idKey struct {
	kind monitor.Kind
	id   string
}

// NewIDWindow returns a window of so many ids, [DefaultIDs] when size is not positive. A full window of ids of 36 bytes
// takes about 10 MB.
func NewIDWindow(size int) *IDWindow {
	if size <= 0 {
		size = DefaultIDs
	}
	return &IDWindow{seen: make(map[idKey]struct{}), size: size}
}

// Has reports whether ev's id is in the window.
func (w *IDWindow) Has(ev *monitor.Event) bool {
	if ev.ID == "" {
		return false
	}
	key := keyOf(ev)
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.seen[key]
	return ok
}

// Add puts ev's id into the window, in the place of the oldest when it is full, and reports whether it is new there.
func (w *IDWindow) Add(ev *monitor.Event) bool {
	if ev.ID == "" {
		return true
	}
	key := keyOf(ev)
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.seen[key]; ok {
		return false
	}
	w.seen[key] = struct{}{}
	if len(w.last) < w.size {
		w.last = append(w.last, key)
		return true
	}
	delete(w.seen, w.last[w.next])
	w.last[w.next] = key
	w.next = (w.next + 1) % w.size
	return true
}

// maxID is the longest id that is kept as it is; of a longer one the hash is, so that the window's memory is bounded.
const maxID = 128

func keyOf(ev *monitor.Event) idKey {
	if len(ev.ID) <= maxID {
		return idKey{ev.Kind, ev.ID}
	}
	sum := sha256.Sum256([]byte(ev.ID))
	return idKey{ev.Kind, string(sum[:])}
}
