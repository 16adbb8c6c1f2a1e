// Package alerting says when a run of generation goes wrong, while it runs and
// without a Prometheus: rules over a monitor's recent past, judged once a
// minute, told to handlers when they begin to fire and when that is over. The
// same rules, printed by [WriteRules], fire alike in Prometheus.
//
//	mon, err := monitor.New(provider)
//	// …
//	pager, err := alerting.Webhook("https://hooks.example.com/genmeter")
//	// …
//	al, err := alerting.New(mon, alerting.DefaultThresholds(),
//		alerting.WithHandlers(alerting.Log(logger), pager))
//	// …
//	go al.Run(ctx)
//	defer al.Shutdown(ctx) // before the monitor's: it judges once more
//
// # Rules
//
// [Thresholds] are the limits that every run should have: the seven of Python's
// afterimage.monitoring, with their defaults, and three more. Each is a field;
// nil switches it off.
//
//	thresholds := alerting.DefaultThresholds()
//	thresholds.MaxCostUSD = new(50.0) // over_budget
//	thresholds.MaxConversationLengthMean = nil
//
// A [Rule] of your own looks at any metric that [monitor.Monitor.Aggregate]
// knows: its mean, a quantile, its rate; of all calls, of one model or of one
// step of the pipeline.
//
//	alerting.WithRules(alerting.Rule{
//		Name: "slow_first_token", Metric: "time_to_first_token", Statistic: alerting.P95, Threshold: 2,
//		For: time.Minute, Level: alerting.Warning, Model: "gpt-4o-mini",
//	})
//
// [LoadFile] reads both from a YAML file, which the genmeter command takes as
// --alerts.file.
//
// # When a rule fires
//
// Its value is past the threshold, not at it, on enough samples ([Rule].MinSamples,
// 5 unless told otherwise), for as long as [Rule].For asks. No samples in the
// window mean no alert. Handlers hear of it when it begins, once every
// [WithRepeatEvery] while it lasts, and when it is over. That is also so for a
// clock that is set back, and a process that was stopped does not count as a
// stall.
//
// [Alerter.Evaluate] judges by hand; the outcome depends on the time that it is
// given, on what the monitor has recorded, and on the evaluations before. A
// thousand rules take a few milliseconds.
//
// # Handlers
//
// [Log], [Webhook], [Alertmanager] and [Func] are here; [Handler] is one method.
// Each has a goroutine and a queue of its own. One that fails, hangs or panics
// is counted (genmeter_handler_errors_total, genmeter_events_dropped_total), and
// delays neither the others, nor the evaluation, nor recording.
package alerting
