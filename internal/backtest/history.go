package backtest

import "github.com/genmeter/genmeter/alerting"

// maxHistory bounds what is remembered of a run that goes on for ever.
const maxHistory = 10_000

// History is the alerts of a run that fired, one for each time that a rule began to, in that order.
type History struct {
	Fired []alerting.Alert // as they began; EndsAt is zero while they fire
	More  int              // that it had no room for
}

// Add takes what handlers are told.
func (h *History) Add(a alerting.Alert) {
	switch {
	case a.Reminder:
	case a.State == alerting.Firing && len(h.Fired) == maxHistory:
		h.More++
	case a.State == alerting.Firing:
		h.Fired = append(h.Fired, a)
	case a.State == alerting.Resolved:
		for i := len(h.Fired) - 1; i >= 0; i-- {
			if f := &h.Fired[i]; f.Name == a.Name {
				if f.EndsAt.IsZero() {
					f.EndsAt = a.EndsAt
				}
				return
			}
		}
	}
}
