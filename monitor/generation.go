package monitor

import (
	"log/slog"
	"time"
)

// Generation is one call to a model, as [Monitor.TrackGeneration] takes it. Every zero field means "not reported", but
// for Success, whose zero is a failure.
type Generation struct {
	// Duration is the time from request to last token. 0 means not measured: the call counts, and enters no latency.
	// A call begun with [Monitor.Begin] is measured when it is 0.
	Duration time.Duration

	// Success is whether the call gave a usable answer. A failure with Error or ErrorType set has outcome "error"; one
	// without has outcome "rejected": the model answered, and a judge said no.
	Success bool

	Provider  string // such as "openai"; empty counts as "unknown"
	Model     string // such as "gpt-4o-mini"; empty counts as "unknown"
	Operation string // chat, text_completion, embeddings, generate_content …; empty counts as "chat"
	Step      string // the step of your pipeline; a label, so keep to few (50 at most, then "other")

	PromptTokens     int64 // all input tokens, cached ones included
	CompletionTokens int64 // all output tokens
	TotalTokens      int64 // 0 is prompt + completion; what it holds beyond them is "unsplit"
	CachedTokens     int64 // part of PromptTokens that was read from the provider's cache
	CacheWriteTokens int64 // part of PromptTokens that was written to the provider's cache
	ReasoningTokens  int64 // part of CompletionTokens that was spent on reasoning; never added again

	CostUSD float64 // what the call cost when you know; 0 means priced from the price file

	FinishReason string    // as the provider says it; the label has one of a closed set
	Error        string    // free text: kept in ring, files and log (1 KiB), never in a label
	ErrorType    ErrorType // a class of failure; empty is derived from Error

	CacheHit bool // answered from a local cache: counts as a call, without tokens, cost or latency
	Batch    bool // from a provider's batch API: its duration is no latency; batch prices where there are any

	Turns            int           // turns of the conversation
	TimeToFirstToken time.Duration // streaming calls only
	Attempt          int           // 1 for the first try, 2 for the first retry …
	RecordID         string        // the record that the call worked for
	ID               string        // makes delivery idempotent where the road knows ids
	Time             time.Time     // when it happened; zero is now
	Attrs            []Attr        // at most 16; kept in ring and files, never labels
}

// Evaluation is one judgement of an answer, as [Monitor.TrackEvaluation] takes it. Every zero field means "not
// reported", but for Success, whose zero is a failure.
type Evaluation struct {
	Duration  time.Duration // 0 means not measured
	Success   bool          // whether the evaluation itself worked, whatever the scores say
	Evaluator string        // such as "coherence"; a label, so keep to few (50 at most, then "other")
	Scores    []Score       // at most 64

	// The evaluating model and what it used: counted in token usage, and in genmeter_tokens_total, under this model.
	Provider, Model                             string
	PromptTokens, CompletionTokens, TotalTokens int64
	CostUSD                                     float64

	Error     string
	ErrorType ErrorType
	RecordID  string
	ID        string
	Time      time.Time
	Attrs     []Attr
}

// Score is one result of an evaluation.
type Score struct {
	Name     string  // such as "coherence"; a label (50 at most, then "other")
	Value    float64 // any finite number, negative ones too; NaN and infinities are refused and counted
	Feedback string  // the judge's words, kept in ring and files (256 bytes)
}

// RecordOutcome says what became of a finished record. Its zero value is [Accepted].
type RecordOutcome uint8

// What becomes of a record.
const (
	Accepted RecordOutcome = iota // it is in the data set: progress counts these
	Rejected                      // it was finished, and judged not good enough
	Failed                        // it could not be finished
)

var recordOutcomeNames = [...]string{"accepted", "rejected", "failed"}

// String returns the name that event lines and the outcome label use.
func (o RecordOutcome) String() string {
	if int(o) >= len(recordOutcomeNames) {
		return "failed"
	}
	return recordOutcomeNames[o]
}

// Record is one finished row of the data set, as [Monitor.TrackRecord] takes it, however many calls and attempts it
// took.
type Record struct {
	ID      string        // the row's own id; makes delivery idempotent where the road knows ids
	Outcome RecordOutcome // zero is Accepted
	Reason  string        // why it was rejected or failed; a label, so keep to few (50 at most, then "other")
	Time    time.Time     // when it was finished; zero is now
	Attrs   []Attr
}

// Attr is a key and a value that an event carries along. Strings, integers, floats, booleans, times and durations are
// kept as they are; any other value is kept as its text.
type Attr = slog.Attr

// String returns an Attr with a string value.
func String(key, value string) Attr { return slog.String(key, value) }

// Int returns an Attr with an integer value.
func Int(key string, value int) Attr { return slog.Int(key, value) }

// Float64 returns an Attr with a floating-point value.
func Float64(key string, value float64) Attr { return slog.Float64(key, value) }

// Bool returns an Attr with a boolean value.
func Bool(key string, value bool) Attr { return slog.Bool(key, value) }
