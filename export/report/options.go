package report

import (
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
)

// Options say what a report is made with. Its zero value is a report in UTC without prices and pictures, by the default
// alert rules.
type Options struct {
	Name   string          // of the run, as the report calls it; empty is "run"
	Prices *monitor.Prices // for calls that do not say what they cost; nil knows no price

	// Alerts are the rules by which the run is judged, as if somebody had watched it live; nil is
	// [alerting.DefaultThresholds] every minute. An Interval of 0 judges by none, as NoAlerts does.
	Alerts   *alerting.File
	NoAlerts bool

	// Plots draws the figures of package plot, which the HTML format shows.
	Plots bool

	// Empty makes a report of a run without events too, which is an error otherwise.
	Empty bool

	// Location is where the clock stands by which times are told; nil is UTC.
	Location *time.Location
}

const defaultInterval = time.Minute

// rules returns the alert rules and how often they are evaluated; 0 is never.
func (o *Options) rules() (alerting.File, time.Duration) {
	switch {
	case o.NoAlerts:
		return alerting.File{}, 0
	case o.Alerts == nil:
		return alerting.File{Thresholds: alerting.DefaultThresholds()}, defaultInterval
	case o.Alerts.Interval == nil:
		return *o.Alerts, defaultInterval
	}
	return *o.Alerts, max(0, *o.Alerts.Interval)
}

func (o *Options) location() *time.Location {
	if o.Location == nil {
		return time.UTC
	}
	return o.Location
}
