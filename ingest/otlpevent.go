package ingest

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/genmeter/genmeter/internal/otlp"
	"github.com/genmeter/genmeter/monitor"
)

// otlpEvent makes an event of one record.
type otlpEvent struct {
	*otlpReader
	record *otlp.Record
}

// tell notes a value that is left out; v is nil for one that is no attribute's.
func (e *otlpEvent) tell(key string, v *otlp.Value, reason, expected string) {
	e.refuse(e.record, key, v, reason, expected)
}

// call returns the call that a span or log record tells of.
func (e *otlpEvent) call(operation string) monitor.Event {
	ev := e.usage(monitor.KindGeneration)
	ev.Operation = operation
	e.times(&ev)
	e.failure(&ev)
	ev.FinishReason = firstReason(e.word(otlpFinish))
	ev.Attempt = int32(min(e.count(otlpAttempt), math.MaxInt32))
	ev.CacheHit, _ = e.values[otlpCacheHit].Bool()
	ev.Batch, _ = e.values[otlpBatch].Bool()
	return ev
}

// usage returns an event of this kind with what a record says of model and tokens.
func (e *otlpEvent) usage(kind monitor.Kind) monitor.Event {
	ev := monitor.Event{
		Kind: kind, ID: otlpID(e.record), Time: nanoTime(e.record.End),
		Provider: strings.ToLower(e.word(otlpProvider)), Model: e.word(otlpRequestModel), Step: e.word(otlpStep),
		PromptTokens: e.count(otlpInput), CompletionTokens: e.count(otlpOutput), TotalTokens: e.count(otlpTotal),
		CachedTokens: e.count(otlpCached), CacheWriteTokens: e.count(otlpCacheWrite), ReasoningTokens: e.count(otlpReasoning),
		RecordID: e.values[otlpRecordID].Text(),
	}
	if e.has(otlpVercelOperation) {
		ev.Provider, _, _ = strings.Cut(ev.Provider, ".") // openai.chat, openai.responses …
	}
	answered := e.word(otlpResponseModel)
	if ev.Model == "" {
		ev.Model, answered = answered, ""
	}
	if answered != "" && answered != ev.Model {
		e.keep(&ev, otlpResponseModel)
	}
	e.keep(&ev, otlpResponseID)
	e.keep(&ev, otlpConversation)
	ev.CostUSD = e.number(otlpCost, "a number of dollars")
	wholePrompt(&ev)
	return ev
}

// maxWord and maxWords bound which texts, and how many of a body, are looked for before they are copied: names come again
// and again.
const (
	maxWord  = 48
	maxWords = 1_000
)

// word returns a text that may have come before.
func (e *otlpEvent) word(field otlpField) string {
	v := &e.values[field]
	text, ok := v.Bytes()
	if !ok || len(text) > maxWord {
		return v.Text()
	}
	if s, ok := e.words[string(text)]; ok {
		return s
	}
	s := string(text)
	if len(e.words) < maxWords {
		if e.words == nil {
			e.words = make(map[string]string)
		}
		e.words[s] = s
	}
	return s
}

// keep keeps an attribute under the convention's own name.
func (e *otlpEvent) keep(ev *monitor.Event, field otlpField) {
	if text := e.values[field].Text(); text != "" {
		if ev.Attrs == nil {
			ev.Attrs = make([]monitor.Attr, 0, 3) // seldom more
		}
		ev.Attrs = append(ev.Attrs, monitor.String(otlpSpellings[field][0], text))
	}
}

// wholePrompt makes PromptTokens all tokens of the input. The conventions count cached ones in it, and Anthropic's own
// numbers, which some instrumentations pass on, do not: that is seen where the parts are more than the whole, or where the
// total is right only with them.
func wholePrompt(ev *monitor.Event) {
	in, parts := ev.PromptTokens, max(ev.CachedTokens, 0)+max(ev.CacheWriteTokens, 0)
	if in < 0 || parts == 0 || parts > math.MaxInt32 || in > math.MaxInt32 {
		return // nonsense is the monitor's to refuse
	}
	if parts > in || ev.TotalTokens > 0 && ev.TotalTokens == in+ev.CompletionTokens+parts {
		ev.PromptTokens = in + parts
	}
}

// times sets when a call ended, how long it took, and how long its first token did.
func (e *otlpEvent) times(ev *monitor.Event) {
	if r := e.record; r.Start > 0 && r.End > 0 {
		switch d := r.End - r.Start; {
		case r.End < r.Start:
			e.tell("endTimeUnixNano", nil, monitor.ReasonNegative, "an end behind the start")
		case d > math.MaxInt64:
			e.tell("startTimeUnixNano", nil, monitor.ReasonOutOfRange, "a duration of less than 292 years")
		default:
			ev.Duration = time.Duration(d)
		}
	}
	first := e.number(otlpFirstSeconds, "a number of seconds")
	if first == 0 {
		first = e.number(otlpFirstMillis, "a number of milliseconds") / 1000
	}
	if first *= float64(time.Second); math.Abs(first) < math.MaxInt64 {
		ev.TimeToFirstToken = time.Duration(math.Round(first))
	}
}

// failure sets whether a call succeeded. It failed when its status or error.type says so, or an exception event does and
// the status does not say that all was well in the end.
func (e *otlpEvent) failure(ev *monitor.Event) {
	failed := e.record.Status == otlp.StatusError || e.has(otlpErrorType) ||
		e.exception && e.record.Status != otlp.StatusOK
	if ev.Success = !failed; ev.Success {
		return
	}
	ev.Error = e.record.Message.Text()
	if ev.Error == "" {
		ev.Error = e.values[otlpExceptionText].Text()
	}
	ev.ErrorType = e.values[otlpErrorType].Text()
	if ev.ErrorType == "" || ev.ErrorType == "_OTHER" {
		ev.ErrorType = e.values[otlpExceptionType].Text()
	}
	if n, err := strconv.Atoi(ev.ErrorType); err == nil && n >= 400 && n < 600 { // an HTTP status
		ev.ErrorType = string(monitor.ClassifyError("", "status "+ev.ErrorType))
	}
	if ev.Error == "" && ev.ErrorType == "" {
		ev.ErrorType = string(monitor.ErrorOther) // else it would count as a judge's refusal
	}
}

// evaluation returns the evaluation that a gen_ai.evaluation.result tells of.
func (e *otlpEvent) evaluation() monitor.Event {
	ev := e.usage(monitor.KindEvaluation)
	e.failure(&ev)
	ev.Name = e.values[otlpEvaluator].Text()
	if e.has(otlpScore) {
		if score, ok := e.values[otlpScore].Float(); ok {
			ev.Scores = []monitor.Score{{Name: ev.Name, Value: score, Feedback: e.values[otlpExplanation].Text()}}
		} else {
			e.tell("gen_ai.evaluation.score.value", &e.values[otlpScore], monitor.ReasonWrongType, "a number")
		}
	}
	e.keep(&ev, otlpScoreLabel)
	if ev.ID == "" {
		ev.ID = e.values[otlpResponseID].Text()
	}
	if ev.ID != "" { // one span may be judged by several, and again
		ev.ID += "/" + ev.Name + "/" + strconv.FormatUint(e.record.End, 10)
	}
	return ev
}

// count returns a number of tokens or the like, 0 where there is none. A negative one is the monitor's to refuse.
func (e *otlpEvent) count(field otlpField) int64 {
	if !e.has(field) {
		return 0
	}
	v := &e.values[field]
	n, ok := v.Int()
	if !ok {
		e.tell(otlpSpellings[field][e.ranks[field]-1], v, monitor.ReasonWrongType, "a whole number")
	}
	return n
}

// number is count for any number.
func (e *otlpEvent) number(field otlpField, expected string) float64 {
	if !e.has(field) {
		return 0
	}
	v := &e.values[field]
	n, ok := v.Float()
	if !ok {
		e.tell(otlpSpellings[field][e.ranks[field]-1], v, monitor.ReasonWrongType, expected)
	}
	return n
}

// firstReason returns the first finish reason: of an array, or of an array that was written as JSON text.
func firstReason(text string) string {
	if rest, ok := strings.CutPrefix(text, `["`); ok {
		text, _, _ = strings.Cut(rest, `"`)
	}
	if text == "[]" {
		return ""
	}
	return text
}

// otlpID returns the id of what a span tells of: trace id and span id; "" without one of them.
func otlpID(r *otlp.Record) string {
	return spanID(r.TraceID, r.SpanID)
}

func spanID(trace otlp.TraceID, span otlp.SpanID) string {
	if trace == (otlp.TraceID{}) || span == (otlp.SpanID{}) {
		return ""
	}
	var id [2*len(trace) + 1 + 2*len(span)]byte
	hex.Encode(id[:], trace[:])
	id[2*len(trace)] = '-'
	hex.Encode(id[2*len(trace)+1:], span[:])
	return string(id[:])
}

// nanoTime returns the time so many nanoseconds after 1970, zero for 0.
func nanoTime(n uint64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(int64(n/1e9), int64(n%1e9)).UTC()
}

// nanos is the other way round.
func nanos(t time.Time) uint64 { return uint64(max(t.UnixNano(), 0)) }
