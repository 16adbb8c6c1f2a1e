package eventline

import (
	"hash/maphash"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Decoder reads event lines. It remembers strings that come again, so use one for many lines; it is not safe for
// concurrent use. Nothing that it gives out refers to the lines that it was given.
type Decoder struct {
	s        scanner
	zones    zones
	strings  interner
	buf      []byte // for texts with escapes
	problems []Problem
	refused  *Problem // why the line is lost, when it is not its JSON
	valued   bool     // the value of a metric or target was there
	input    bool     // PromptTokens is what "input_tokens" says
	apart    bool     // cached tokens are what Anthropic's names say
	path     [][]byte // keys of the usage objects around what is read

	watched map[watchedKey]string // what is thought of keys that no field has; nil when nobody asks
	hints   []Hint
}

// NewDecoder returns a decoder that takes timestamps without a zone for times in location; nil is [time.Local].
func NewDecoder(location *time.Location) *Decoder {
	return &Decoder{zones: zones{local: location}, strings: interner{seed: maphash.MakeSeed()}}
}

// Decode reads a line whose "event" key says of which kind it is. A nil error means that ev is an event, perhaps
// without the values that [Decoder.Problems] names; otherwise the line is lost and the error is a [*Problem]. When that
// is about the one value of a metric, the rest of ev is there nevertheless. White space around the object, and so a
// line's end, does not matter.
//
// A generation or evaluation that does not say whether it was a "success" was one, unless it has an error; one that says
// it in a way that cannot be read was none. Missing timestamps stay zero.
func (d *Decoder) Decode(line []byte, ev *monitor.Event) error {
	d.reset(line)
	kind, ok := d.kind()
	if !ok {
		return d.lost()
	}
	return d.DecodeAs(kind, line, ev)
}

// DecodeAs reads an object that says elsewhere what it is, such as the data of a log line.
func (d *Decoder) DecodeAs(kind monitor.Kind, line []byte, ev *monitor.Event) error {
	d.reset(line)
	*ev = monitor.Event{Kind: kind}
	if !d.object(ev) || !d.s.end() || !d.complete(ev) {
		return d.lost()
	}
	return nil
}

func (d *Decoder) reset(line []byte) {
	d.problems, d.hints, d.path = d.problems[:0], d.hints[:0], d.path[:0]
	d.refused, d.valued, d.input, d.apart = nil, false, false, false
	d.s = scanner{b: line}
}

// Problems returns what was lost of the last event. It is valid until the next call to d.
func (d *Decoder) Problems() []Problem { return d.problems }

// lost makes an error of where the scanner stands and what it wants there.
func (d *Decoder) lost() error {
	if d.s.want == "" && d.refused != nil {
		return d.refused
	}
	at := min(d.s.i, len(d.s.b))
	p := &Problem{Reason: monitor.ReasonMalformed, Expected: d.s.want, Offset: at, AtEnd: at == len(d.s.b)}
	if p.Found = Quote(d.s.b[at:]); p.AtEnd {
		p.Found = "the end of the line"
	}
	return p
}

const wantEvent = `an "event" of generation, evaluation, record, metric, begin or target`

// kind finds the event key. Writers put it first, and then nothing else is read.
func (d *Decoder) kind() (kind monitor.Kind, ok bool) {
	s := &d.s
	if !s.first() {
		return 0, false
	}
	for start := true; ; start = false {
		key, more, ok := s.next(start)
		if !ok {
			return 0, false
		}
		if !more {
			s.i = 0
			return 0, s.fail(wantEvent)
		}
		if string(key.raw) != "event" {
			if !s.value(0) {
				return 0, false
			}
			continue
		}
		at := s.i
		name, ok := s.text()
		if kind = kindOf(name.raw); !ok && s.i < len(s.b) || ok && kind == 0 {
			s.i = at
			return 0, s.fail(wantEvent)
		}
		return kind, ok
	}
}

// object reads the top-level object into ev.
func (d *Decoder) object(ev *monitor.Event) bool {
	s := &d.s
	if !s.first() {
		return false
	}
	told := false // whether it succeeded
	for start := true; ; start = false {
		key, more, ok := s.next(start)
		if !ok {
			return false
		}
		if !more {
			break
		}
		name := key.raw
		if key.escaped || key.wide {
			name = key.bytes(nil)
		}
		f := fieldOf(name, ev.Kind)
		if f == fieldSuccess && d.peek() != 'n' { // null says nothing; what cannot be read is no success
			told = true
		}
		if !d.field(f, name, ev) {
			return false
		}
	}
	d.wholePrompt(ev)
	if !told && (ev.Kind == monitor.KindGeneration || ev.Kind == monitor.KindEvaluation) {
		ev.Success = ev.Error == "" && ev.ErrorType == ""
	}
	return true
}

// field reads one value into its place.
func (d *Decoder) field(f field, key []byte, ev *monitor.Event) bool {
	switch f {
	case fieldNone:
		d.watch(key, ev.Kind)
		return d.attr(key, ev)
	case fieldEvent:
		return d.s.value(0)
	case fieldID:
		return d.id(key, &ev.ID)
	case fieldTime:
		return d.time(key, &ev.Time)
	case fieldDuration:
		return d.duration(key, &ev.Duration)
	case fieldDurationMillis:
		return d.millis(key, &ev.Duration)
	case fieldSuccess:
		return d.bool(key, &ev.Success)
	case fieldModel:
		return d.name(key, &ev.Model)
	case fieldProvider:
		return d.name(key, &ev.Provider)
	case fieldOperation:
		return d.name(key, &ev.Operation)
	case fieldStep:
		return d.name(key, &ev.Step)
	case fieldPromptTokens:
		d.input = d.input && d.peek() == 'n' // it says so itself, unless it is null
		return d.count(key, &ev.PromptTokens, maxCount)
	case fieldTotalTokens:
		return d.count(key, &ev.TotalTokens, maxTotal)
	case fieldCompletionTokens, fieldCachedTokens, fieldCacheWriteTokens, fieldReasoningTokens:
		return d.count(key, reportedTo(f, ev), maxCount)
	case fieldReportedPrompt, fieldReportedInput, fieldReportedOutput, fieldReportedTotal, fieldReportedCached,
		fieldReportedCacheRead, fieldReportedCacheWrite, fieldReportedReasoning:
		return d.reported(f, key, ev)
	case fieldUsage, fieldReportedDetails:
		return d.usage(key, ev)
	case fieldFinishReason:
		return d.name(key, &ev.FinishReason)
	case fieldTurns:
		return d.small(key, &ev.Turns)
	case fieldError:
		return d.errorText(&ev.Error)
	case fieldErrorType:
		return d.name(key, &ev.ErrorType)
	case fieldCost:
		return d.cost(key, &ev.CostUSD)
	case fieldCacheHit:
		return d.bool(key, &ev.CacheHit)
	case fieldBatch:
		return d.bool(key, &ev.Batch)
	case fieldFirstToken:
		return d.duration(key, &ev.TimeToFirstToken)
	case fieldAttempt:
		return d.small(key, &ev.Attempt)
	case fieldRecordID:
		return d.id(key, &ev.RecordID)
	case fieldEvaluator, fieldReason, fieldMetric:
		return d.name(key, &ev.Name)
	case fieldScores:
		return d.scores(ev)
	case fieldOutcome:
		return d.outcome(&ev.Outcome)
	case fieldRecords, fieldValue:
		return d.needed(f, &ev.Value)
	case fieldMetadata:
		return d.metadata(key, ev)
	default:
		return d.attributes(key, ev)
	}
}
