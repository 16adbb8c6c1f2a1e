package monitor

import (
	"cmp"
	"slices"
	"time"
)

// FailureClass is what failed in one way.
type FailureClass struct {
	Type  ErrorType
	Calls uint64 // calls that failed so; evaluations are not among them

	// Of the latest of them to arrive.
	Time  time.Time
	Model string // empty when it was not reported
	Error string // free text, at most 1 KiB; empty when only an ErrorType was given
}

// Failures returns the calls that failed with an error since the start, by class, the most frequent first, as of the events
// recorded before the call. It is exact whatever the ring has overwritten: the sum is [Progress].Failures.
func (m *Monitor) Failures() []FailureClass {
	if m == nil {
		return nil
	}
	m.pump.drain()
	p := m.pump
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []FailureClass
	for _, f := range p.stats.failed {
		if f.Calls > 0 {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b FailureClass) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Type, b.Type))
	})
	return list
}

// fail counts a failed call of the class with that index in errorTypes.
func (s *stats) fail(class int, e *Event) {
	s.failures++
	f := &s.failed[class]
	f.Type = errorTypes[class]
	f.Calls++
	f.Time, f.Model, f.Error = e.Time, e.Model, e.Error
}
