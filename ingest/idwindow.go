package ingest

import (
	"hash/maphash"
	"sync"

	"github.com/genmeter/genmeter/monitor"
)

// DefaultIDs is how many ids an [IDWindow] remembers unless it is told otherwise.
const DefaultIDs = 65_536

// IDWindow remembers the last ids, so that what is sent twice counts once. An id is of a kind: the begin and the
// generation of a call share theirs, and a record may have the number of a call. Events without an id are always new.
//
// An [Intake] claims the ids of a batch, and gives them to the window when the batch is durable: until then they are not in
// it, and are nobody else's. The window is safe for concurrent use.
type IDWindow struct {
	mu     sync.Mutex
	seen   map[idKey]uint64         // the number of the claim that each came by, 0 for one that was added
	open   map[uint64]chan struct{} // claims that are not settled, by number; closed when they are
	claims uint64
	last   []idKey // a ring of those that are in the window; next is the oldest once it is full
	next   int
	size   int
}

// NewIDWindow returns a window of so many ids, [DefaultIDs] when size is not positive. A full window of that size takes about
// 5 MB, however long its ids are.
func NewIDWindow(size int) *IDWindow {
	if size <= 0 {
		size = DefaultIDs
	}
	return &IDWindow{seen: make(map[idKey]uint64), open: make(map[uint64]chan struct{}), size: size}
}

// Has reports whether ev's id is in the window.
func (w *IDWindow) Has(ev *monitor.Event) bool {
	key := keyOf(ev)
	w.mu.Lock()
	defer w.mu.Unlock()
	claim, ok := w.seen[key]
	return ok && w.open[claim] == nil
}

// Add puts ev's id into the window, in the place of the oldest when it is full, and reports whether it is new there.
func (w *IDWindow) Add(ev *monitor.Event) bool {
	key := keyOf(ev)
	if key == noID {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.seen[key]; ok {
		return false
	}
	w.seen[key] = 0
	w.push(key)
	return true
}

// push makes a key that was seen the newest of the window.
func (w *IDWindow) push(key idKey) {
	if len(w.last) < w.size {
		w.last = append(w.last, key)
		return
	}
	delete(w.seen, w.last[w.next])
	w.last[w.next] = key
	w.next = (w.next + 1) % w.size
}

// idClaim is ids on their way into the window.
type idClaim struct {
	number uint64
	keys   []idKey
}

// claim claims all ids of events that are new, and returns the places of the others; or it claims none, and returns the
// channel of the claim that has one of them, which is closed when that is settled.
func (w *IDWindow) claim(events []monitor.Event) (c idClaim, known []int, other <-chan struct{}) {
	keys := make([]idKey, len(events))
	for i := range events {
		keys[i] = keyOf(&events[i])
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.claims++
	c = idClaim{number: w.claims, keys: keys[:0]}
	for i, key := range keys {
		if key == noID {
			continue
		}
		if claim, ok := w.seen[key]; ok {
			if other := w.open[claim]; other != nil {
				w.forget(c)
				return idClaim{}, nil, other
			}
			known = append(known, i) // in the window, or earlier in these events
			continue
		}
		w.seen[key] = c.number
		c.keys = append(c.keys, key)
	}
	w.open[c.number] = make(chan struct{})
	return c, known, nil
}

// settle gives a claim's ids to the window when their events are durable, and up when they are not.
func (w *IDWindow) settle(c idClaim, durable bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if durable {
		for _, key := range c.keys {
			w.push(key)
		}
	} else {
		w.forget(c)
	}
	close(w.open[c.number])
	delete(w.open, c.number)
}

func (w *IDWindow) forget(c idClaim) {
	for _, key := range c.keys {
		delete(w.seen, key)
	}
}

// idKey stands for an id and its kind: two hashes of 64 bits under secret seeds, so that nobody can make ids that meet. The
// ids themselves would be memory without bound, which the garbage collector walks through.
type idKey [2]uint64

// noID is the key of an event without an id.
var noID idKey

var idSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func keyOf(ev *monitor.Event) idKey {
	if ev.ID == "" {
		return noID
	}
	return idKey{maphash.String(idSeeds[0], ev.ID) ^ uint64(ev.Kind), maphash.String(idSeeds[1], ev.ID)}
}
