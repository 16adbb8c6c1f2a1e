package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// alertsIn returns the alerts of an answer by name.
func alertsIn(t *testing.T, answer map[string]any) map[string]map[string]any {
	t.Helper()
	list, ok := answer["alerts"].([]any)
	if !ok {
		t.Fatalf("alerts is %v, want a list", answer["alerts"])
	}
	alerts := make(map[string]map[string]any)
	for _, a := range list {
		alert := a.(map[string]any)
		alerts[alert["name"].(string)] = alert
	}
	return alerts
}

func TestAlerts(t *testing.T) {
	c := &clock{t: time.Date(2026, 3, 1, 13, 0, 0, 0, time.FixedZone("", 3600))}
	mon := newMonitor(t, monitor.WithClock(c.now))
	al, err := alerting.New(mon, alerting.Thresholds{MinSuccessRate: new(0.8), MaxCostUSD: new(5.0), EventsLost: true},
		alerting.WithClock(c.now), alerting.WithInterval(0), alerting.WithLabels(map[string]string{"job": "genmeter"}),
		alerting.WithRules(alerting.Rule{Name: "slow", Metric: "generation_time", Threshold: 1, For: time.Hour}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = al.Shutdown(t.Context()) })
	h := web.Handler(mon, web.WithAlerts(al))

	const path = "/api/v1/alerts"
	_, answer := get(t, h, path)
	want(t, path, answer, map[string]any{"evaluated_at": nil})
	if n := len(alertsIn(t, answer)); n != 0 {
		t.Errorf("%d alerts before the first evaluation", n)
	}

	for range 10 {
		mon.TrackGeneration(t.Context(), monitor.Generation{Duration: 2 * time.Second, Model: "a", Error: "timed out"})
	}
	c.add(time.Minute)
	al.Evaluate(c.now())
	_, answer = get(t, h, path)
	want(t, path, answer, map[string]any{"evaluated_at": "2026-03-01T12:01:00Z"})
	alerts := alertsIn(t, answer)
	if len(alerts) != 2 {
		t.Errorf("got %v, want low_success_rate and slow", alerts)
	}
	want(t, path, alerts["low_success_rate"], map[string]any{
		"alertname": "GenmeterLowSuccessRate", "level": "warning", "state": "firing", "value": 0.0, "threshold": 0.8,
		"message":   "success rate 0 % over 5 min (10 of 10 failed, mostly timeout), threshold 80 %",
		"starts_at": "2026-03-01T12:01:00Z", "ends_at": nil,
	})
	want(t, path, alerts["low_success_rate"]["labels"].(map[string]any), map[string]any{"job": "genmeter", "severity": "warning"})
	want(t, path, alerts["low_success_rate"]["data"].(map[string]any), map[string]any{"count": 10.0, "mostly": "timeout"})
	want(t, path, alerts["slow"], map[string]any{"state": "pending", "value": 2.0, "ends_at": nil})

	for query, names := range map[string]string{
		"?state=all":      "low_success_rate over_budget events_lost slow",
		"?state=firing":   "low_success_rate",
		"?state=pending":  "slow",
		"?state=resolved": "",
		"?state=inactive": "over_budget events_lost",
	} {
		_, answer := get(t, h, path+query)
		alerts := alertsIn(t, answer)
		for _, name := range strings.Fields(names) {
			if alerts[name] == nil {
				t.Errorf("%s lacks %s", query, name)
			}
		}
		if len(alerts) != len(strings.Fields(names)) {
			t.Errorf("%s: got %v, want %s", query, alerts, names)
		}
	}

	c.add(time.Hour) // without a sample in the window: its value is not known
	al.Evaluate(c.now())
	_, answer = get(t, h, path+"?state=all")
	alerts = alertsIn(t, answer)
	want(t, path, alerts["low_success_rate"], map[string]any{
		"state": "resolved", "value": nil, "starts_at": "2026-03-01T12:01:00Z", "ends_at": "2026-03-01T13:01:00Z",
	})
	want(t, path, alerts["slow"], map[string]any{
		"state": "inactive", "value": nil, "message": nil, "starts_at": nil, "ends_at": nil, "data": nil, "threshold": 1.0,
	})
	want(t, path, alerts["events_lost"], map[string]any{"state": "inactive", "value": 0.0})
}

func TestAlertsErrors(t *testing.T) {
	mon := newMonitor(t)
	if status, answer := get(t, web.Handler(mon), "/api/v1/alerts"); status != http.StatusNotFound {
		t.Errorf("without rules: status %d: %v", status, answer)
	}
	al, err := alerting.New(mon, alerting.DefaultThresholds())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = al.Shutdown(t.Context()) })
	h := web.Handler(mon, web.WithAlerts(al))
	for path, text := range map[string]string{
		"/api/v1/alerts?state=on":     `state "on": want inactive, pending, firing, resolved or all`,
		"/api/v1/alerts?status=all":   `unknown parameter "status": allowed are state`,
		"/api/v1/alerts?state=&state": "parameter state is given 2 times",
	} {
		if status, answer := get(t, h, path); status != http.StatusBadRequest || !strings.Contains(answer["error"].(string), text) {
			t.Errorf("GET %s: status %d: %v", path, status, answer)
		}
	}
}
