package monitor

import (
	"math"
	"time"
)

// progressWindow is the time over which the rate of records is taken.
const progressWindow = 5 * time.Minute

// Progress says how far a run has come.
type Progress struct {
	Done, Rejected, Failed uint64 // records by outcome; Done are the accepted ones
	Target                 int64  // records wanted; 0 when none was set

	Calls, Failures uint64    // calls to models, and those that failed with an error
	InProgress      int64     // calls that have begun and not ended
	LastSuccess     time.Time // of the latest successful call; zero when there was none

	Start   time.Time     // of the first event; zero before it
	Elapsed time.Duration // since Start

	Rate float64       // accepted records a second, over the last 5 min or since Start when that is shorter
	ETA  time.Duration // until Target is reached at that Rate; 0 when it is reached or cannot be told

	TotalTokens      int64   // so far
	CostUSD          float64 // so far
	ProjectedCostUSD float64 // at Target, at the cost per accepted record so far; 0 when it cannot be told
	UnpricedTokens   int64   // tokens whose cost is in neither
}

// Progress returns how far the run has come, as of the events recorded before the call.
func (m *Monitor) Progress() Progress {
	if m == nil {
		return Progress{}
	}
	now := m.clock.now()
	m.pump.drain()
	p := m.pump
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats.progress(now)
}

func (s *stats) progress(now time.Time) Progress {
	p := Progress{
		Done: s.records[Accepted], Rejected: s.records[Rejected], Failed: s.records[Failed], Target: s.target,
		Calls: s.calls, Failures: s.failures, InProgress: s.inProgress, LastSuccess: s.lastSuccess, Start: s.first,
	}
	if !s.first.IsZero() {
		p.Elapsed = max(0, now.Sub(s.first))
	}
	total := s.usage()
	p.TotalTokens, p.CostUSD, p.UnpricedTokens = total.total, total.cost, total.unpriced
	p.Rate = s.acceptedRate(now, p.Elapsed)
	if left := float64(p.Target) - float64(p.Done); p.Rate > 0 && left > 0 {
		if eta := left / p.Rate * float64(time.Second); eta < math.MaxInt64 {
			p.ETA = time.Duration(eta)
		}
	}
	if p.Done > 0 && p.Target > 0 {
		p.ProjectedCostUSD = p.CostUSD / float64(p.Done) * max(float64(p.Target), float64(p.Done))
	}
	return p
}

// acceptedRate returns the accepted records a second of the last five minutes.
func (s *stats) acceptedRate(now time.Time, elapsed time.Duration) float64 {
	window := min(progressWindow, elapsed)
	if window <= 0 {
		return 0
	}
	q := newQuery(window, now, 1)
	s.place(q, now)
	var sum summary
	s.all.builtin[metricAcceptanceRate].between(q.from, q.to, sum.merge)
	return sum.sum / max(window.Seconds(), 1)
}

// usage returns the usage of all models since the start.
func (s *stats) usage() usage {
	var total usage
	for _, t := range s.tokens {
		total.merge(t.total)
	}
	return total
}
