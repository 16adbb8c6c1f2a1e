// Package monitor meters LLM generation: a program that makes synthetic data tells it of every call to a model, every
// evaluation and every finished record, and it turns them into OpenTelemetry measurements and into answers about the
// recent past.
//
//	prov, err := exporter.New() // a MeterProvider that Prometheus scrapes; or your own
//	if err != nil { … }
//	mon, err := monitor.New(prov.MeterProvider()) // nil works too
//	if err != nil { … }
//	defer prov.Shutdown(ctx)
//	defer mon.Shutdown(ctx) // before the provider's, so that it has everything
//
//	mon.TrackGeneration(ctx, monitor.Generation{Duration: d, Success: true, Model: "gpt-4o-mini",
//		PromptTokens: 512, CompletionTokens: 128, FinishReason: "stop"})
//
// # Recording
//
// [Monitor.TrackGeneration] records a call to a model, [Monitor.TrackEvaluation] a judgement of an answer,
// [Monitor.TrackRecord] a finished row of the data set, and [Monitor.RecordMetric] a number of your own.
// [Monitor.Begin] and [Call.End] bracket a call, which then counts as in progress between them. [Monitor.SetTarget] says
// how many records are wanted, for progress and time to go.
//
// Recording stamps one event, copies it into a ring in memory and returns: about 100 ns, no allocation, no I/O, no wait,
// no error, no panic. It ignores the context's cancellation and takes only its span. What cannot be (a NaN, a negative
// count, an event from tomorrow) is left out and counted in genmeter_events_rejected_total. A zero token count, duration
// or cost means "not reported", never 0.
//
// # One ring, one pump, many cursors
//
// A pump follows the ring and feeds everything that must agree in one pass: totals, per-second rollups and instruments.
// It is never lapped: a caller that would overwrite what it has not seen passes a small batch itself
// (genmeter_pump_assists_total). A collect drains it first, so a scrape has every event that was recorded before it, and
// so do the answers below.
//
// Handlers follow the ring with a cursor each, from goroutines of their own: [FileMetricHandler] and [FileLogHandler]
// ([WithLogDir] turns both on), any [MetricHandler], any slog.Handler ([WithLogHandlers]), and your own code by
// [Monitor.Follow]. One that is slow, fails or panics hurts itself alone; what it misses is counted in
// genmeter_events_dropped_total. [Monitor.Flush] waits until all have caught up, and [Monitor.Shutdown] delivers
// everything, or says what it could not.
//
// # Answers
//
// [Monitor.Aggregate] describes a metric over a window: count, sum, mean, minimum, maximum and quantiles.
// [Monitor.TokenUsage] gives tokens and cost by model, [Monitor.Progress] how far the run is and when it will be done,
// [Monitor.Snapshot] the events themselves. Windows take the time that events bring along, or else their arrival.
// Totals since the start are exact, whatever the ring has overwritten.
//
// # Bounds
//
// Memory is bounded: 65,536 events of at most 384 bytes and their strings ([WithRingSize]), an hour of rollups within 64
// MiB, and labels: 200 models, 20 providers, 50 steps, evaluators, scores and metric names, at most 1,900 series an
// instrument. Past them a label becomes "other", counted in genmeter_series_overflow_total: sums stay exact. Error texts
// are kept in ring and files, and never become labels.
//
// # Cost
//
// A call that brings its CostUSD costs that. Others are priced by a file in LiteLLM's format ([LoadPrices],
// [WithPrices]); the tokens of models that have no price are counted in genmeter_unpriced_tokens_total: an unknown price
// is not zero.
package monitor
