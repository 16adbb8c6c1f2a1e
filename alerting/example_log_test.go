package alerting_test

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

// What Log makes of an alert. An Alerter is given it by WithHandlers; here the alert is made by hand.
func ExampleLog() {
	noTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: noTime}))
	_ = alerting.Log(logger).HandleAlert(context.Background(), alerting.Alert{
		Name: "low_success_rate", Level: alerting.Warning, State: alerting.Firing,
		Message: "success rate is low", Value: 0.5, Threshold: 0.8,
		StartsAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Labels:   map[string]string{"alertname": "GenmeterLowSuccessRate"},
	})
	// Output:
	// level=WARN msg="success rate is low" alert=low_success_rate state=firing severity=warning value=0.5 threshold=0.8 starts_at=2026-03-01T12:00:00.000Z labels.alertname=GenmeterLowSuccessRate
}
