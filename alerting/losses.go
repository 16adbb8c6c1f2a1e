package alerting

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// losses tells what was lost in a window from totals since the start, which is all there is: a total for each evaluation in
// the window, and the one before.
type losses struct {
	window time.Duration
	totals []lossTotal
}

type lossTotal struct {
	at time.Time
	monitor.Losses
}

// add takes the total as of now and returns what came to it in the window.
func (l *losses) add(now time.Time, total monitor.Losses) monitor.Losses {
	for n := len(l.totals); n > 0 && l.totals[n-1].at.After(now); n-- { // the clock was set back
		l.totals[n-1].at = now
	}
	if n := len(l.totals); n > 1 && l.totals[n-1].at.Equal(now) {
		l.totals[n-1].Losses = total
	} else {
		l.totals = append(l.totals, lossTotal{now, total})
	}
	outdated := 0
	for outdated+1 < len(l.totals) && !l.totals[outdated+1].at.After(now.Add(-l.window)) {
		outdated++
	}
	l.totals = append(l.totals[:0], l.totals[outdated:]...)
	first := l.totals[0]
	return monitor.Losses{Rejected: total.Rejected - first.Rejected, Dropped: total.Dropped - first.Dropped}
}
