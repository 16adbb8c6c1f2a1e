package alerting

import (
	"slices"
	"sync"
	"time"
)

// queueSize bounds the alerts that wait for one handler.
const queueSize = 256

// queue holds the alerts that wait for one handler, in their order. It is locked for memory only, so that put never waits.
type queue struct {
	notify chan struct{} // has a token when something was put, or the queue was closed, since it was last looked at

	mu       sync.Mutex
	alerts   []queued
	closedAt time.Time // zero while open
}

type queued struct {
	Alert
	id identity
}

func newQueue() *queue { return &queue{notify: make(chan struct{}, 1)} }

// put returns false when the queue is full or closed. A reminder that waits is replaced by what is newer of the same
// alert: it has nothing left to say.
func (q *queue) put(a Alert) bool {
	id := identityOf(&a)
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closedAt.IsZero() {
		return false
	}
	q.alerts = slices.DeleteFunc(q.alerts, func(old queued) bool { return old.Reminder && old.id == id })
	if len(q.alerts) == queueSize {
		return false
	}
	q.alerts = append(q.alerts, queued{a, id})
	q.signal()
	return true
}

// take returns the oldest alert, and false when there is none.
func (q *queue) take() (a Alert, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.alerts) == 0 {
		return Alert{}, false
	}
	a = q.alerts[0].Alert
	q.alerts = slices.Delete(q.alerts, 0, 1)
	return a, true
}

// close makes every later put return false. What waits can still be taken.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closedAt.IsZero() {
		q.closedAt = time.Now()
	}
	q.signal()
}

// state returns how many alerts wait, and since when there are no more to come: zero while there are.
func (q *queue) state() (waiting int, closedAt time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.alerts), q.closedAt
}

func (q *queue) signal() {
	select {
	case q.notify <- struct{}{}:
	default: // there is a token
	}
}
