package monitor

import "sync"

// losses counts what was lost at a place (a source or a handler), by reason. It is off the common path: a lock will do.
type losses struct {
	mu     sync.Mutex
	counts map[lossKey]int64
}

type lossKey struct{ place, reason string }

// maxLossKeys bounds the pairs that are told apart; places come from the caller.
const maxLossKeys = 200

func newLosses() *losses { return &losses{counts: make(map[lossKey]int64)} }

func newRejected() *losses {
	r := newLosses()
	for _, reason := range []string{
		ReasonNotFinite, ReasonNegative, ReasonOutOfRange, ReasonFuture, ReasonClosed,
	} {
		r.add(SourceAPI, reason, 0) // seen by Prometheus before the first
	}
	return r
}

func (l *losses) add(place, reason string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := lossKey{validText(cut(place, maxText)), validText(cut(reason, maxText))}
	if _, ok := l.counts[key]; !ok && len(l.counts) >= maxLossKeys {
		key = lossKey{labelOther, labelOther}
	}
	l.counts[key] += int64(n)
}

// each calls f with every count.
func (l *losses) each(f func(place, reason string, n int64)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, n := range l.counts {
		f(key.place, key.reason, n)
	}
}

// CountRejected adds n to genmeter_events_rejected_total{source,reason}, for a road whose line or value could not
// become an event or part of one. With n 0 the series appears, so that its first increase is seen. An empty source is "api"; reason is one of the Reason constants. It is safe for
// concurrent use.
func (m *Monitor) CountRejected(source, reason string, n int) {
	if m == nil || n < 0 {
		return
	}
	if source == "" {
		source = SourceAPI
	}
	m.rejected.add(source, reason, n)
}

// CountDropped adds n to genmeter_events_dropped_total{handler,reason}, for a handler outside the monitor that did not keep
// events which are recorded, such as a journal. With n 0 the series appears. It is safe for concurrent use.
func (m *Monitor) CountDropped(handler, reason string, n int) {
	if m == nil || n < 0 {
		return
	}
	m.dropped.add(handler, reason, n)
}
