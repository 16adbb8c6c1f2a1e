package eventline

import (
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Append appends ev's line, with its newline, and returns the longer slice. Fields that are zero, which means "not
// reported", are left out, but for success, outcome, value and records. It allocates nothing but what dst needs.
//
// Where ev came from (Source) and its span are not written. Text that is not UTF-8 is mended with U+FFFD. A time that
// RFC 3339 cannot say (before the year 0, after 9999) is left out.
func Append(dst []byte, ev *monitor.Event) []byte {
	o := object{append(dst, `{"event":"`...)}
	o.b = append(o.b, ev.Kind.String()...)
	o.b = append(o.b, '"')
	o.text(fieldID, ev.ID)
	if printable(ev.Time) {
		o.key(fieldTime)
		o.b = appendTime(o.b, ev.Time)
	}
	switch ev.Kind {
	case monitor.KindGeneration, monitor.KindEvaluation:
		o.call(ev)
	case monitor.KindBegin:
		o.subject(ev)
		o.count(fieldAttempt, int64(ev.Attempt))
		o.text(fieldRecordID, ev.RecordID)
	case monitor.KindUsage:
		o.subject(ev)
		o.used(ev)
		o.cost(ev)
		o.text(fieldRecordID, ev.RecordID)
	case monitor.KindRecord:
		o.key(fieldOutcome)
		o.b = append(append(append(o.b, '"'), ev.Outcome.String()...), '"')
		o.text(fieldReason, ev.Name)
	case monitor.KindTarget:
		o.key(fieldRecords)
		o.b = appendFloat(o.b, ev.Value, false)
	case monitor.KindMetric:
		o.text(fieldMetric, ev.Name)
		o.key(fieldValue)
		o.b = appendFloat(o.b, ev.Value, false)
	}
	o.attrs(ev)
	return append(o.b, '}', '\n')
}

// object is a JSON object under way.
type object struct{ b []byte }

func (o *object) key(f field) {
	o.b = append(o.b, ',', '"')
	o.b = append(o.b, fieldInfo[f].key...)
	o.b = append(o.b, '"', ':')
}

func (o *object) text(f field, s string) {
	if s != "" {
		o.key(f)
		o.b = AppendString(o.b, s)
	}
}

func (o *object) count(f field, n int64) {
	if n != 0 {
		o.key(f)
		o.b = strconv.AppendInt(o.b, n, 10)
	}
}

func (o *object) seconds(f field, d time.Duration) {
	if d != 0 {
		o.key(f)
		o.b = appendSeconds(o.b, d)
	}
}

func (o *object) flag(f field, set bool) {
	if set {
		o.key(f)
		o.b = append(o.b, "true"...)
	}
}

// subject writes what a call is about.
func (o *object) subject(ev *monitor.Event) {
	o.text(fieldModel, ev.Model)
	o.text(fieldProvider, ev.Provider)
	o.text(fieldOperation, ev.Operation)
	o.text(fieldStep, ev.Step)
}

// used writes the tokens of an event.
func (o *object) used(ev *monitor.Event) {
	o.count(fieldPromptTokens, ev.PromptTokens)
	o.count(fieldCompletionTokens, ev.CompletionTokens)
	o.count(fieldTotalTokens, ev.TotalTokens)
	o.count(fieldCachedTokens, ev.CachedTokens)
	o.count(fieldCacheWriteTokens, ev.CacheWriteTokens)
	o.count(fieldReasoningTokens, ev.ReasoningTokens)
}

func (o *object) cost(ev *monitor.Event) {
	if ev.CostUSD != 0 {
		o.key(fieldCost)
		o.b = appendFloat(o.b, ev.CostUSD, false)
	}
}

// call writes a generation or evaluation.
func (o *object) call(ev *monitor.Event) {
	o.seconds(fieldDuration, ev.Duration)
	o.key(fieldSuccess)
	o.b = strconv.AppendBool(o.b, ev.Success)
	o.subject(ev)
	o.used(ev)
	o.text(fieldFinishReason, ev.FinishReason)
	o.count(fieldTurns, int64(ev.Turns))
	o.text(fieldError, ev.Error)
	o.text(fieldErrorType, ev.ErrorType)
	o.cost(ev)
	o.flag(fieldCacheHit, ev.CacheHit)
	o.flag(fieldBatch, ev.Batch)
	o.seconds(fieldFirstToken, ev.TimeToFirstToken)
	o.count(fieldAttempt, int64(ev.Attempt))
	o.text(fieldRecordID, ev.RecordID)
	if ev.Kind == monitor.KindEvaluation {
		o.text(fieldEvaluator, ev.Name)
		o.scores(ev.Scores)
	}
}

func (o *object) scores(scores []monitor.Score) {
	if len(scores) == 0 {
		return
	}
	o.key(fieldScores)
	sep := byte('{')
	for _, sc := range scores {
		o.b = AppendString(append(o.b, sep), sc.Name)
		o.b = append(o.b, ':')
		if sc.Feedback == "" {
			o.b = appendFloat(o.b, sc.Value, false)
		} else {
			o.b = appendFloat(append(o.b, `{"score":`...), sc.Value, false)
			o.b = AppendString(append(o.b, `,"feedback":`...), sc.Feedback)
			o.b = append(o.b, '}')
		}
		sep = ','
	}
	o.b = append(o.b, '}')
}

// attrs writes attributes flat, as the clients write them; all of them in an object of their own when one has a name
// that would be taken for something else.
func (o *object) attrs(ev *monitor.Event) {
	if len(ev.Attrs) == 0 {
		return
	}
	nested := slices.ContainsFunc(ev.Attrs, func(a slog.Attr) bool { return fieldOf([]byte(a.Key), ev.Kind) != fieldNone })
	sep := byte(',')
	if nested {
		o.key(fieldAttributes)
		sep = '{'
	}
	for _, a := range ev.Attrs {
		o.b = AppendString(append(o.b, sep), a.Key)
		o.b = AppendValue(append(o.b, ':'), a.Value)
		sep = ','
	}
	if nested {
		o.b = append(o.b, '}')
	}
}
