package web

import (
	"net/http"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

type alertsAnswer struct {
	EvaluatedAt *time.Time    `json:"evaluated_at"`
	Alerts      []alertAnswer `json:"alerts"`
}

type alertAnswer struct {
	Name      string            `json:"name"`
	AlertName string            `json:"alertname"`
	Level     string            `json:"level"`
	State     string            `json:"state"`
	Message   *string           `json:"message"`
	Value     *float64          `json:"value"`
	Threshold *float64          `json:"threshold"`
	StartsAt  *time.Time        `json:"starts_at"`
	EndsAt    *time.Time        `json:"ends_at"`
	Labels    map[string]string `json:"labels"`
	Data      map[string]any    `json:"data"`
}

func (h *handler) alerts(r *http.Request) (any, error) {
	if h.alerter == nil {
		return nil, problem(http.StatusNotFound, "no alert rules are evaluated here")
	}
	values, err := query(r, "state")
	if err != nil {
		return nil, err
	}
	wanted, err := stateFilter(values.Get("state"))
	if err != nil {
		return nil, err
	}
	a := alertsAnswer{Alerts: []alertAnswer{}} // [] and not null when there is none
	for _, alert := range h.alerter.Alerts() {
		a.EvaluatedAt = moment(alert.Time) // the same for all
		if wanted(alert.State) {
			a.Alerts = append(a.Alerts, newAlertAnswer(&alert))
		}
	}
	return a, nil
}

// stateFilter returns what a state in the query lets through. By default that is what there is something to say about.
func stateFilter(name string) (func(alerting.State) bool, error) {
	switch name {
	case "":
		return func(s alerting.State) bool { return s != alerting.Inactive }, nil
	case "all":
		return func(alerting.State) bool { return true }, nil
	}
	for state := alerting.Inactive; state <= alerting.Resolved; state++ {
		if name == state.String() {
			return func(s alerting.State) bool { return s == state }, nil
		}
	}
	return nil, badRequest("state %s: want inactive, pending, firing, resolved or all, or none for all but inactive", quoted(name))
}

func newAlertAnswer(a *alerting.Alert) alertAnswer {
	out := alertAnswer{
		Name: a.Name, AlertName: a.Labels["alertname"], Level: a.Level.String(), State: a.State.String(),
		Value: number(a.Value, hasSamples(a)), Threshold: number(a.Threshold, true),
		StartsAt: moment(a.StartsAt), EndsAt: moment(a.EndsAt), Labels: a.Labels, Data: a.Data,
	}
	if a.Message != "" {
		out.Message = &a.Message
	}
	return out
}

// hasSamples is false for an alert that was resolved for want of samples: its value is nobody's.
func hasSamples(a *alerting.Alert) bool {
	count, ok := a.Data["count"].(uint64)
	return !ok || count > 0
}
