package alerting

import (
	"fmt"
	"maps"
	"time"
)

// Level says how much an alert matters.
type Level uint8

// The levels. For Prometheus, Error is severity "critical"; the other two keep their names.
const (
	Info Level = iota
	Warning
	Error
)

var levelNames = [...]string{"info", "warning", "error"}

func (l Level) String() string { return nameOf(levelNames[:], int(l)) }

// Severity returns the level as Prometheus rules and Alertmanager routes name it: info, warning or critical.
func (l Level) Severity() string {
	if l == Error {
		return "critical"
	}
	return l.String()
}

// State is where an alert is in its life.
type State uint8

// The states. A rule is Pending while its condition holds for less than its For; handlers hear of Firing and Resolved only.
const (
	Inactive State = iota
	Pending
	Firing
	Resolved
)

var stateNames = [...]string{"inactive", "pending", "firing", "resolved"}

func (s State) String() string { return nameOf(stateNames[:], int(s)) }

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}

// Alert is what a rule has to say at one time.
type Alert struct {
	Name    string // of the rule, such as low_success_rate
	Message string // for a person: what was measured, over what, and what was wanted
	Level   Level
	State   State

	Time     time.Time // of the evaluation
	StartsAt time.Time // since when the alert fires; while pending, since when its condition holds
	EndsAt   time.Time // when it was resolved; zero before
	Reminder bool      // nothing is new: it has fired for another [WithRepeatEvery]

	Value     float64 // what was compared: a mean, a quantile, seconds, US dollars, a count; NaN while inactive for want of samples
	Threshold float64 // what it was compared with, in the same unit

	// Labels identify the alert beside its name: alertname is the name of the rule in Prometheus, severity its level there;
	// model and step are there for a rule that looks at one of them, and those of [WithLabels].
	Labels map[string]string

	// Data is what the message was made of: mean, count, sum and more of the metric in the window, by name. Numbers,
	// strings and times; it can be encoded as JSON.
	Data map[string]any
}

// clone returns the alert with maps of its own.
func (a *Alert) clone() Alert {
	c := *a
	c.Labels, c.Data = maps.Clone(a.Labels), maps.Clone(a.Data)
	return c
}
