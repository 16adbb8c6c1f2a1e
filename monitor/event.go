package monitor

import (
	"iter"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// Kind says what an [Event] is.
type Kind uint8

// The kinds of events.
const (
	KindGeneration Kind = iota + 1 // one call to a model
	KindEvaluation                 // one judgement of an answer
	KindRecord                     // one finished row, however many calls it took
	KindMetric                     // one sample given to RecordMetric
	KindBegin                      // a call that has begun
	KindTarget                     // the number of records wanted
	KindUsage                      // tokens of calls that are not known one by one, such as the sum that an agent reports
)

var kindNames = [...]string{"", "generation", "evaluation", "record", "metric", "begin", "target", "usage"}

// String returns the name that event lines and the kind label use, or "unknown".
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// Event is one entry of the ring: a wide row in which the kinds share fields. The comment beside a field names the
// kinds that use it; elsewhere it is zero. Zero numbers and empty strings mean "not reported". Strings, Scores and Attrs
// are shared with the ring: read them, do not change them.
//
// Embedders record through [Monitor.TrackGeneration] and its siblings. Event is what readers get back: handlers
// through [Monitor.Follow], exports through [Monitor.Snapshot]. Programs that bring events from elsewhere hand whole
// Events to [Monitor.Track].
type Event struct {
	Kind Kind

	Success  bool          // generation, evaluation
	CacheHit bool          // generation: answered by a local cache, nothing billed
	Batch    bool          // generation: from a provider's batch API; its duration is no latency
	Outcome  RecordOutcome // record

	traceFlags trace.TraceFlags

	// Time is when the event happened: its own time where it brought one (zone kept), else its arrival in UTC.
	Time time.Time

	Duration         time.Duration // generation, evaluation; 0 is "not measured"
	TimeToFirstToken time.Duration // generation

	Provider  string // generation, evaluation, begin, usage
	Model     string // generation, evaluation, begin, usage; empty counts as "unknown"
	Operation string // generation, begin, usage; empty counts as "chat"
	Step      string // generation, usage: the step of the pipeline

	FinishReason string // generation, as the provider wrote it
	Error        string // generation, evaluation: free text, at most 1 KiB, never a label
	ErrorType    string // generation, evaluation, as it was given; see [Event.ErrorClass]

	PromptTokens     int64 // generation, evaluation, usage
	CompletionTokens int64 // generation, evaluation, usage
	TotalTokens      int64 // generation, evaluation, usage: never below prompt + completion
	CachedTokens     int64 // generation, usage: part of PromptTokens
	CacheWriteTokens int64 // generation, usage: part of PromptTokens
	ReasoningTokens  int64 // generation, usage: part of CompletionTokens

	CostUSD float64 // generation, evaluation, usage: known cost, otherwise priced

	Turns   int32 // generation: turns of the conversation
	Attempt int32 // generation: 1 is the first try

	// ID makes delivery idempotent; of a record it is the row's own id.
	ID       string
	RecordID string // generation, evaluation, usage: the record it worked for

	// Name is the evaluator of an evaluation, the name of a metric, the reason of a record's outcome.
	Name  string
	Value float64 // metric: the value; target: the number of records

	Scores []Score // evaluation
	Attrs  []Attr  // generation, evaluation, record, metric, usage: at most 16

	// Source is the road the event came by: "api" for the Track methods, or what [Monitor.Track] was given.
	Source string

	traceID trace.TraceID
	spanID  trace.SpanID
	call    uint64 // the Begin that this event opens or ends, 0 when none
}

// SpanContext returns the span that was current when the event was recorded; it is invalid when there was none.
func (e *Event) SpanContext() trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: e.traceID, SpanID: e.spanID, TraceFlags: e.traceFlags})
}

// Outcomes of a call, as [Event.CallOutcome] and the outcome label give them.
const (
	OutcomeSuccess  = "success"
	OutcomeError    = "error"
	OutcomeRejected = "rejected"
)

// CallOutcome returns "success"; "error" when a generation or evaluation failed with an Error or ErrorType; or
// "rejected" when it failed without one, as when a judge said no.
func (e *Event) CallOutcome() string {
	switch {
	case e.Success:
		return OutcomeSuccess
	case e.Error != "" || e.ErrorType != "":
		return OutcomeError
	default:
		return OutcomeRejected
	}
}

// ErrorClass returns the closed class of a failure, as the error_type label has it: from ErrorType when that says it,
// else from the text of Error. It is empty when the event did not fail with an error.
func (e *Event) ErrorClass() ErrorType {
	if e.Success || e.Error == "" && e.ErrorType == "" {
		return ""
	}
	return ClassifyError(e.ErrorType, e.Error)
}

// A Source gives events in the order they arrived. It can be ranged over again, each time from the start. An error
// tells of an event that could not be read; where the Source says so, more events follow it.
type Source iter.Seq2[Event, error]
