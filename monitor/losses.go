package monitor

// Losses counts what did not become part of the record, since the start.
type Losses struct {
	Rejected uint64 // events, or values of events, that were refused: genmeter_events_rejected_total
	Dropped  uint64 // events that a handler did not get: genmeter_events_dropped_total
}

// Losses returns what has been lost so far.
func (m *Monitor) Losses() Losses {
	var l Losses
	if m == nil {
		return l
	}
	m.rejected.each(func(_, _ string, n int64) { l.Rejected += uint64(n) })
	m.eachDropped(func(_, _ string, n int64) { l.Dropped += uint64(n) })
	return l
}

// eachDropped calls f with each handler's counts of events that it did not get.
func (m *Monitor) eachDropped(f func(handler, reason string, n int64)) {
	m.dropped.each(f)
	m.followers.droppedByName(func(handler string, n uint64) { f(handler, reasonLapped, int64(n)) })
	for _, h := range m.handlers {
		f(h.cursor.name, reasonShutdown, h.lost.Load())
		if h.logs != nil {
			f(h.cursor.name, reasonQueue, h.overrun.Load())
		}
	}
}

// Evicted returns how many events the ring has overwritten with newer ones since the start: Snapshot lacks these, totals do not.
func (m *Monitor) Evicted() uint64 {
	if m == nil {
		return 0
	}
	oldest, _ := m.ring.bounds()
	return oldest
}
