package alerting

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const scopeName = "github.com/genmeter/genmeter/alerting"

// makeGauges shows in the metrics which alerts fire and what their thresholds are, and how the handlers fare. The counters of
// handlers are the monitor's, by name and meaning.
func (a *Alerter) makeGauges(mp metric.MeterProvider) error {
	meter := mp.Meter(scopeName)
	firing, err1 := meter.Int64ObservableGauge("genmeter.alert_firing", metric.WithUnit("{alert}"),
		metric.WithDescription("Whether the local alert fires, 0 or 1."))
	threshold, err2 := meter.Float64ObservableGauge("genmeter.alert_threshold",
		metric.WithDescription("Threshold of the local alert, in the unit of what it looks at."))
	failed, err3 := meter.Int64ObservableCounter("genmeter.handler_errors", metric.WithUnit("{error}"),
		metric.WithDescription("Errors and panics of handlers."))
	dropped, err4 := meter.Int64ObservableCounter("genmeter.events_dropped", metric.WithUnit("{event}"),
		metric.WithDescription("Events that a handler did not get."))
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	firingOf := make([]metric.ObserveOption, len(a.rules))
	thresholdOf := make([]metric.ObserveOption, len(a.rules))
	for i := range a.rules {
		name := attribute.String("alertname", a.rules[i].AlertName())
		firingOf[i] = metric.WithAttributeSet(attribute.NewSet(name, attribute.String("severity", a.rules[i].Level.Severity())))
		thresholdOf[i] = metric.WithAttributeSet(attribute.NewSet(name))
	}
	_, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for i := range a.rules {
			n := int64(0)
			if a.firing[i].Load() {
				n = 1
			}
			o.ObserveInt64(firing, n, firingOf[i])
			o.ObserveFloat64(threshold, a.rules[i].Threshold, thresholdOf[i])
		}
		for _, d := range a.deliveries {
			handler := attribute.String("handler", d.name)
			o.ObserveInt64(failed, d.failed(), metric.WithAttributes(handler))
			for reason, n := range map[string]int64{"queue": d.dropped.Load(), "shutdown": d.abandoned.Load()} {
				o.ObserveInt64(dropped, n, metric.WithAttributes(handler, attribute.String("reason", reason)))
			}
		}
		return nil
	}, firing, threshold, failed, dropped)
	return err
}
