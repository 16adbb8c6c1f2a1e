package report

import (
	"strings"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/internal/backtest"
)

// Alerts are those that would have fired, had somebody watched the run.
type Alerts struct {
	Rules    int     `json:"rules"` // that the run was judged by
	Interval float64 `json:"interval_seconds"`
	Fired    []Alert `json:"fired"` // as they began, the first 10,000
	More     int     `json:"more"`  // that fired after those
}

// Alert is one that would have fired.
type Alert struct {
	Name      string     `json:"name"`
	Level     string     `json:"level"`          // info, warning or error
	From      *time.Time `json:"from"`           // null in a run without times
	To        *time.Time `json:"to"`             // null when it still fired at the end of the run
	Lasted    *float64   `json:"lasted_seconds"` // the same
	Value     float64    `json:"value"`          // what was compared
	Threshold float64    `json:"threshold"`      // with what
	Message   string     `json:"message"`
}

func newAlerts(h *backtest.History, rules int, every time.Duration, zone *time.Location, timed bool) *Alerts {
	a := &Alerts{Rules: rules, Interval: every.Seconds(), Fired: make([]Alert, len(h.Fired)), More: h.More}
	for i := range h.Fired {
		a.Fired[i] = newAlert(&h.Fired[i], zone, timed)
	}
	return a
}

func newAlert(f *alerting.Alert, zone *time.Location, timed bool) Alert {
	a := Alert{
		Name: strings.ToValidUTF8(f.Name, "\uFFFD"), Level: f.Level.String(), Value: finite(f.Value), Threshold: finite(f.Threshold),
		Message: oneLine(f.Message, maxExampleText),
	}
	if timed {
		a.From = new(f.StartsAt.In(zone))
		if !f.EndsAt.IsZero() {
			a.To, a.Lasted = new(f.EndsAt.In(zone)), new(f.EndsAt.Sub(f.StartsAt).Seconds())
		}
	}
	return a
}
