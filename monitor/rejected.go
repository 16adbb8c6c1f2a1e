package monitor

import "sync"

// rejected counts what was refused, by source and reason. It is off the common path: a lock will do.
type rejected struct {
	mu     sync.Mutex
	counts map[rejectKey]int64
}

type rejectKey struct{ source, reason string }

// maxRejectKeys bounds the pairs that are told apart; sources come from the caller.
const maxRejectKeys = 200

func newRejected() *rejected {
	r := &rejected{counts: make(map[rejectKey]int64)}
	for _, reason := range []string{
		ReasonNotFinite, ReasonNegative, ReasonOutOfRange, ReasonFuture, ReasonClosed,
	} {
		r.counts[rejectKey{SourceAPI, reason}] = 0 // seen by Prometheus before the first
	}
	return r
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
	r := m.rejected
	r.mu.Lock()
	defer r.mu.Unlock()
	key := rejectKey{validText(cut(source, maxText)), validText(cut(reason, maxText))}
	if _, ok := r.counts[key]; !ok && len(r.counts) >= maxRejectKeys {
		key = rejectKey{labelOther, labelOther}
	}
	r.counts[key] += int64(n)
}

// each calls f with every count.
func (r *rejected) each(f func(source, reason string, n int64)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, n := range r.counts {
		f(key.source, key.reason, n)
	}
}
