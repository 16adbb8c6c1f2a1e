package monitor

// Resume counts an event of an earlier part of the run, recorded by a process that has ended, such as a journal holds it: it
// enters TokenUsage, Progress, the genmeter_run_… gauges, alert rules over the whole run, and aggregates where it is
// recent enough. It does not enter ring, handlers and the other instruments: counters are this process's own and begin at 0.
// Call it in the order of the events, before anything else is recorded. An event from the future, because the clock was set
// back, happened now. It reports whether the event was taken.
func (m *Monitor) Resume(e Event) bool {
	if m == nil || e.mend(refusals{}) != "" {
		return false
	}
	if now := m.clock.now(); e.Time.IsZero() || e.Time.After(now) {
		e.Time = now
	}
	p := m.pump
	p.mu.Lock()
	defer p.mu.Unlock()
	p.muted = true
	p.stats.now = m.clock.now().Unix()
	p.guard(func() { p.process(&e) })
	p.muted = false
	return true
}
