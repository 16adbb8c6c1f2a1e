package monitor

import (
	"errors"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// scopeName is the instrumentation scope of every instrument here.
const scopeName = "github.com/genmeter/genmeter/monitor"

// Bucket boundaries are advice on the instruments, so that they hold in anyone's provider. LLM calls take from a cached
// 50 ms to an hour in batch.
var (
	durationBuckets = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600}
	perTokenBuckets = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1}
	tokenBuckets    = []float64{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864}
	scoreBuckets    = []float64{
		-1, -0.5, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 50, 100,
	}
	turnBuckets = []float64{1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50}
)

// instruments are all of the monitor's OpenTelemetry instruments, made once.
type instruments struct {
	operationDuration, timeToFirstChunk, timePerOutputToken seconds
	evaluationDuration, evaluationScore                     seconds
	tokenUsage, conversationTurns                           sizes

	usageReports, generations, generationFailures, tokens, tokenDetails, unpricedTokens counter
	evaluations, records, metricObservations, events, cacheHits, begunExpired           counter
	seriesOverflow                                                                      counter

	costUSD          amount
	metricValueTotal metric.Float64UpDownCounter
	metricValue      metric.Float64Gauge

	// Observed in the one collect callback.
	recordsTarget, inProgress, ringEvents, ringCapacity, pumpLag metric.Int64ObservableGauge
	lastSuccess, runRecords, runTokens, runCost, runStart        metric.Float64ObservableGauge
	eventsRejected, eventsDropped, handlerErrors                 metric.Int64ObservableCounter
	ringEvicted, pumpAssists                                     metric.Int64ObservableCounter
}

// counter, amount, seconds and sizes are instruments with the count of series that the pump has given them.
type counter struct {
	metric.Int64Counter
	budget
}

type amount struct {
	metric.Float64Counter
	budget
}

type seconds struct {
	metric.Float64Histogram
	budget
}

type sizes struct {
	metric.Int64Histogram
	budget
}

// instrumentMaker makes instruments and collects the errors of all.
type instrumentMaker struct {
	meter metric.Meter
	errs  []error
}

func newInstruments(meter metric.Meter) (*instruments, error) {
	m := &instrumentMaker{meter: meter}
	in := &instruments{
		operationDuration: m.seconds(semconvOperationDuration, "s", "Duration of calls to models.", durationBuckets),
		timeToFirstChunk: m.seconds(semconvTimeToFirstChunk, "s",
			"Time to the first chunk of a streamed answer.", durationBuckets),
		timePerOutputToken: m.seconds("genmeter.time_per_output_token", "s",
			"Time per output token after the first, of streamed answers.", perTokenBuckets),
		evaluationDuration: m.seconds("genmeter.evaluation_duration", "s", "Duration of evaluations.", durationBuckets),
		evaluationScore:    m.seconds("genmeter.evaluation_score", "", "Scores that evaluations gave.", scoreBuckets),
		tokenUsage:         m.sizes(semconvTokenUsage, "{token}", "Input and output tokens of a call.", tokenBuckets),
		conversationTurns: m.sizes("genmeter.conversation_turns", "{turn}",
			"Turns of the conversations that calls belonged to.", turnBuckets),

		usageReports: m.counter("genmeter.usage_reports", "{report}",
			"Calls and evaluations that reported any tokens."),
		generations:        m.counter("genmeter.generations", "{generation}", "Calls to models, by how they ended."),
		generationFailures: m.counter("genmeter.generation_failures", "{generation}", "Calls that failed with an error."),
		tokens:             m.counter("genmeter.tokens", "{token}", "Tokens; the sum over types is the total."),
		tokenDetails: m.counter("genmeter.token_details", "{token}",
			"Parts of genmeter_tokens_total that have a name of their own."),
		unpricedTokens: m.counter("genmeter.unpriced_tokens", "{token}",
			"Tokens of calls whose cost is neither known nor in the price file."),
		evaluations: m.counter("genmeter.evaluations", "{evaluation}", "Evaluations, by how they ended."),
		records:     m.counter("genmeter.records", "{record}", "Finished records, by outcome."),
		metricObservations: m.counter("genmeter.metric_observations", "{observation}",
			"Samples given to RecordMetric."),
		events:    m.counter("genmeter.events", "{event}", "Events recorded."),
		cacheHits: m.counter("genmeter.cache_hits", "{generation}", "Calls answered by a local cache."),
		begunExpired: m.counter("genmeter.begins_expired", "{generation}",
			"Calls that began and did not end within an hour."),
		seriesOverflow: m.counter("genmeter.series_overflow", "{measurement}",
			"Measurements that went to the series \"other\" because the bound on label values or series was reached."),

		costUSD: m.amount("genmeter.cost_usd", "", "Cost in US dollars, known or from the price file."),
		metricValueTotal: get(m, func() (metric.Float64UpDownCounter, error) {
			return meter.Float64UpDownCounter("genmeter.metric_value_accumulated",
				metric.WithDescription("Sum of the samples given to RecordMetric."))
		}),
		metricValue: get(m, func() (metric.Float64Gauge, error) {
			return meter.Float64Gauge("genmeter.metric_value",
				metric.WithDescription("Last sample given to RecordMetric."))
		}),

		recordsTarget: m.gauge("genmeter.records_target", "{record}", "Records wanted."),
		inProgress: m.gauge("genmeter.generations_in_progress", "{generation}",
			"Calls that have begun and not ended."),
		ringEvents:   m.gauge("genmeter.ring_events", "{event}", "Events that the ring holds."),
		ringCapacity: m.gauge("genmeter.ring_capacity_events", "{event}", "Events that the ring can hold."),
		pumpLag: m.gauge("genmeter.pump_lag_events", "{event}",
			"Events that waited for the pump when the collect began."),
		lastSuccess: m.floatGauge("genmeter.last_success_timestamp", "s", "Time of the latest successful call."),
		runRecords:  m.floatGauge("genmeter.run_records", "{record}", "Accepted records of the run."),
		runTokens:   m.floatGauge("genmeter.run_tokens", "{token}", "Tokens of the run."),
		runCost:     m.floatGauge("genmeter.run_cost_usd", "", "Cost of the run in US dollars."),
		runStart:    m.floatGauge("genmeter.run_start_timestamp", "s", "Time of the run's first event."),
		eventsRejected: m.observableCounter("genmeter.events_rejected", "{event}",
			"Events, or values of events, that were refused."),
		eventsDropped: m.observableCounter("genmeter.events_dropped", "{event}",
			"Events that a handler did not get."),
		handlerErrors: m.observableCounter("genmeter.handler_errors", "{error}", "Errors and panics of handlers."),
		ringEvicted: m.observableCounter("genmeter.ring_evicted", "{event}",
			"Events that the ring has overwritten with newer ones."),
		pumpAssists: m.observableCounter("genmeter.pump_assists", "{assist}",
			"Times that a caller drained a batch of the ring itself because the pump was behind."),
	}
	return in, errors.Join(m.errs...)
}

// observables are the instruments that the collect callback may observe.
func (in *instruments) observables() []metric.Observable {
	return []metric.Observable{
		in.recordsTarget, in.inProgress, in.ringEvents, in.ringCapacity, in.pumpLag,
		in.lastSuccess, in.runRecords, in.runTokens, in.runCost, in.runStart,
		in.eventsRejected, in.eventsDropped, in.handlerErrors, in.ringEvicted, in.pumpAssists,
	}
}

func get[T any](m *instrumentMaker, create func() (T, error)) T {
	instrument, err := create()
	if err != nil {
		m.errs = append(m.errs, err)
	}
	return instrument
}

func (m *instrumentMaker) counter(name, unit, desc string) counter {
	return counter{get(m, func() (metric.Int64Counter, error) {
		return m.meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(desc))
	}), budget{name: name}}
}

func (m *instrumentMaker) amount(name, unit, desc string) amount {
	return amount{get(m, func() (metric.Float64Counter, error) {
		return m.meter.Float64Counter(name, metric.WithUnit(unit), metric.WithDescription(desc))
	}), budget{name: name}}
}

func (m *instrumentMaker) seconds(name, unit, desc string, buckets []float64) seconds {
	return seconds{get(m, func() (metric.Float64Histogram, error) {
		return m.meter.Float64Histogram(name, metric.WithUnit(unit), metric.WithDescription(desc),
			metric.WithExplicitBucketBoundaries(buckets...))
	}), budget{name: name}}
}

func (m *instrumentMaker) sizes(name, unit, desc string, buckets []float64) sizes {
	return sizes{get(m, func() (metric.Int64Histogram, error) {
		return m.meter.Int64Histogram(name, metric.WithUnit(unit), metric.WithDescription(desc),
			metric.WithExplicitBucketBoundaries(buckets...))
	}), budget{name: name}}
}

func (m *instrumentMaker) gauge(name, unit, desc string) metric.Int64ObservableGauge {
	return get(m, func() (metric.Int64ObservableGauge, error) {
		return m.meter.Int64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(desc))
	})
}

func (m *instrumentMaker) floatGauge(name, unit, desc string) metric.Float64ObservableGauge {
	return get(m, func() (metric.Float64ObservableGauge, error) {
		return m.meter.Float64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(desc))
	})
}

func (m *instrumentMaker) observableCounter(name, unit, desc string) metric.Int64ObservableCounter {
	return get(m, func() (metric.Int64ObservableCounter, error) {
		return m.meter.Int64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(desc))
	})
}

// attrs returns the attribute set of a series. NewSet sorts in place what it is given: the order of labels must stay.
func attrs(kv ...attribute.KeyValue) attribute.Set { return attribute.NewSet(slices.Clone(kv)...) }
