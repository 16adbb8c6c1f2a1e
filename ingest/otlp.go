package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/internal/otlp"
	"github.com/genmeter/genmeter/monitor"
)

// DefaultOTLPHold is how long an agent's usage waits for its calls unless [OTLPOptions] says otherwise. Batches leave an
// SDK every 5 s, and the calls of another process in another batch.
const DefaultOTLPHold = 30 * time.Second

// OTLPOptions are what can be told to [NewOTLP]; the zero value is good.
type OTLPOptions struct {
	Hold      time.Duration // how long usage waits for the spans inside it; 0 is DefaultOTLPHold
	MaxEvents int           // the most events of one body; 0 is 100,000
}

// OTLPEncoding is how a body is written.
type OTLPEncoding = otlp.Encoding

// The encodings of OTLP/HTTP: application/x-protobuf and application/json.
const (
	OTLPProtobuf = otlp.Protobuf
	OTLPJSON     = otlp.JSON
)

// OTLP makes events of the bodies of OTLP/HTTP requests. It is safe for concurrent use, and remembers at most 65,536 spans
// of the last traces.
//
// # What becomes of a span
//
// A span of a call to a model (chat, generate_content, text_completion, embeddings) becomes a generation, unless it is
// around another such span: then it repeats what that says, as the span of a framework around the span of a client does.
//
//	attribute (the conventions' name; others in otlpSpellings)      field
//	gen_ai.provider.name                                            Provider, in lower case
//	gen_ai.request.model, else gen_ai.response.model                Model
//	gen_ai.operation.name                                           Operation
//	genmeter.step, else gen_ai.agent.name                           Step
//	start and end                                                   Duration; Time is the end
//	gen_ai.response.time_to_first_chunk                             TimeToFirstToken
//	gen_ai.usage.input_tokens, .output_tokens, .total_tokens        PromptTokens, CompletionTokens, TotalTokens
//	gen_ai.usage.cache_read.input_tokens, .cache_creation.…         CachedTokens, CacheWriteTokens
//	gen_ai.usage.reasoning.output_tokens                            ReasoningTokens
//	gen_ai.usage.cost                                               CostUSD
//	gen_ai.response.finish_reasons, the first                       FinishReason
//	status ERROR, error.type, an exception event                    Success, ErrorType, Error
//	genmeter.record_id, .attempt, .cache_hit, .batch                RecordID, Attempt, CacheHit, Batch
//	gen_ai.response.id, .response.model if another, conversation.id Attrs
//	trace id and span id                                            ID
//
// The model is the requested one, since that is the label of the live metrics and does not change when a provider moves an
// alias to a new version; the model that answered is kept as an attribute. The time is the end, when the outcome was known
// and the tokens were used; a long call would else fall into windows that have been judged. Turns are never guessed. Nothing
// else is kept: no prompt and no completion, whatever its key, and not service.name.
//
// PromptTokens counts cached tokens, as the conventions want. Where the numbers show that the cached ones are not in it (as
// in Anthropic's own), they are added.
//
// # Agents
//
// The span of an agent, a workflow or a tool may repeat the usage of the calls inside it, have it when they do not report
// any, or when they are not traced at all. So such usage is held for some time, and then counts, as tokens only
// ([monitor.KindUsage]), if nothing inside has reported any; [OTLP.Flush] gives it. It does not count in part: when the
// calls inside report less than the agent does, theirs is what counts. Exporters leave spans out: usage whose way up to the
// root is broken is taken for an agent's if it lies within the agent's time.
//
// What was counted cannot be taken back. A call that arrives later than the hold, or than the trace is remembered, is
// counted although its agent's usage was; so is the outer one of two calls when it arrives in an earlier body than the
// inner. Inner spans end first, and exporters send them in that order. What is held is in memory only; an
// [OTLPIntake] can keep it on disk too.
//
// # Log records
//
// An event gen_ai.evaluation.result becomes an evaluation. A record with usage or of the name
// gen_ai.client.inference.operation.details becomes a generation, if its span does not come to say the same and better: it
// is held as agents' usage is. Several in one span that is no call are several calls. Log records have no duration.
type OTLP struct {
	hold      time.Duration
	maxEvents int

	mu   sync.Mutex
	tree *otlpTree
}

// OTLPResult is what a body holds. Each of its spans or log records is one event, or one of the counts.
type OTLPResult struct {
	Events []monitor.Event // to be recorded; they may include usage that was held and could wait no longer

	Seen     int // spans or log records in the body
	Held     int // usage and calls that wait for other spans
	Outer    int // they repeat what spans inside them report
	Repeated int // log records that repeat their span
	Other    int // they are not about a model, or about one and report nothing

	Problems []*OTLPError   // values that are left out, the first 10
	Refused  map[string]int // how many, by monitor's Reason… constants, for CountRejected; nil for none

	version uint64 // of what is to be on disk, when this body may have changed it
}

// OTLPError tells of a value that is left out of a span or log record.
type OTLPError struct {
	Span     string // trace id and span id; empty when it has none
	Key      string
	Found    string
	Expected string
	Reason   string // one of monitor's Reason… constants
}

// Error returns one sentence with what was found and what was expected.
func (e *OTLPError) Error() string {
	return cmp.Or(e.Span, "a record without ids") + ": " + e.Key + ": found " + e.Found + ", expected " + e.Expected +
		"; the value is left out"
}

// Warning is what a sender is told of values that are left out, "" when there are none: the message of a partial success.
func (r *OTLPResult) Warning() string {
	n := 0
	for _, k := range r.Refused {
		n += k
	}
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " values are left out; the first: " + r.Problems[0].Error()
}

// NewOTLP returns a reader of OTLP that has seen no traces.
func NewOTLP(opts OTLPOptions) *OTLP {
	if opts.Hold <= 0 {
		opts.Hold = DefaultOTLPHold
	}
	if opts.MaxEvents <= 0 {
		opts.MaxEvents = 100_000
	}
	return &OTLP{hold: opts.Hold, maxEvents: opts.MaxEvents, tree: newOTLPTree()}
}

// Traces reads the body of an export of traces that arrives now. The error is [ErrTooManyEvents], or says where the body is
// broken and what was found; then nothing of it counts, and nothing is remembered. A body that is sent again gives the same
// events again, under the same ids.
func (o *OTLP) Traces(now time.Time, body []byte, enc OTLPEncoding) (OTLPResult, error) {
	return o.read(now, body, enc, otlp.Traces, false)
}

// Logs reads the body of an export of logs; see [OTLP.Traces].
func (o *OTLP) Logs(now time.Time, body []byte, enc OTLPEncoding) (OTLPResult, error) {
	return o.read(now, body, enc, otlp.Logs, true)
}

// Flush returns the events that were held and whose time is up: usage of agents of whose calls nothing came, calls of log
// records whose span did not come. Call it about every second, and keep the events until they are recorded: they are not
// given again.
func (o *OTLP) Flush(now time.Time) []monitor.Event {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tree.due(nil, now)
}

// Drain is Flush for the end: it returns all that is held, whatever its time, and forgets all traces.
func (o *OTLP) Drain() []monitor.Event {
	o.mu.Lock()
	defer o.mu.Unlock()
	var events []monitor.Event
	for o.tree.used.Len() > 0 {
		events = o.tree.forget(events)
	}
	o.tree.queue = nil
	maps.DeleteFunc(o.tree.leaving, func(_ string, k otlpKept) bool { return k.Unless != "" })
	o.tree.version++
	return events
}

type otlpWalk func(body []byte, enc otlp.Encoding, v otlp.Visitor) error

func (o *OTLP) read(now time.Time, body []byte, enc otlp.Encoding, walk otlpWalk, logs bool) (OTLPResult, error) {
	if enc > otlp.JSON {
		return OTLPResult{}, fmt.Errorf("found encoding %d, expected OTLPProtobuf or OTLPJSON", enc)
	}
	r := otlpReader{logs: logs, most: o.maxEvents}
	if err := walk(body, enc, &r); err != nil {
		return OTLPResult{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.place(now, &r)
	return r.result, nil
}

// otlpReader gathers what a body holds, before any of it is remembered.
type otlpReader struct {
	otlpFacts
	logs      bool
	most      int
	result    OTLPResult
	sightings []otlpSighting
	events    []monitor.Event // of the sightings
	count     int             // of all events
	words     map[string]string
}

// otlpSighting is a span or log record that has a place in a trace.
type otlpSighting struct {
	trace        otlp.TraceID
	span, parent otlp.SpanID
	start, end   uint64
	role         otlpRole
	uses         bool
	event        int // its number among the events, from 1; 0 when there is nothing to count
}

// Attr, EventName, EventAttr and Record are the reader's as an otlp.Visitor.
func (r *otlpReader) Attr(key []byte, v otlp.Value) { r.take(key, v) }

// EventName takes the name of a span's event.
func (r *otlpReader) EventName(name otlp.Value) { r.exception = r.exception || name.Is("exception") }

// EventAttr takes an attribute of a span's event.
func (r *otlpReader) EventAttr(key []byte, v otlp.Value) { r.takeException(key, v) }

// Record takes a span or log record, whose attributes were told.
func (r *otlpReader) Record(rec *otlp.Record) error {
	r.result.Seen++
	e := otlpEvent{r, rec}
	if rec.BadID {
		r.refuse(rec, "traceId or spanId", nil, monitor.ReasonMalformed, "16 or 8 bytes in hexadecimal or base64")
	}
	if r.logs {
		r.log(&e)
	} else {
		r.span(&e)
	}
	r.otlpFacts = otlpFacts{}
	if r.count > r.most {
		return fmt.Errorf("%w: at most %d", ErrTooManyEvents, r.most)
	}
	return nil
}

// refuse notes a value that is left out. Only values that are read at all are quoted, so no prompt is.
func (r *otlpReader) refuse(rec *otlp.Record, key string, v *otlp.Value, reason, expected string) {
	if r.result.Refused == nil {
		r.result.Refused = make(map[string]int)
	}
	r.result.Refused[reason]++
	if len(r.result.Problems) == 10 {
		return
	}
	found := "another"
	if v != nil {
		found = eventline.Quote([]byte(v.Text()))
	}
	r.result.Problems = append(r.result.Problems, &OTLPError{otlpID(rec), key, found, expected, reason})
}

func (r *otlpReader) span(e *otlpEvent) {
	role, operation := r.role()
	s := r.sight(e.record, role)
	switch {
	case role == otlpCall:
		s.event = r.keepEvent(e.call(operation))
	case role == otlpAgent && s.uses:
		s.event = r.keepEvent(e.usage(monitor.KindUsage))
	}
	r.add(s)
}

func (r *otlpReader) log(e *otlpEvent) {
	name := e.record.Name.Text()
	if name == "" {
		name = r.values[otlpEventName].Text()
	}
	if name == "gen_ai.evaluation.result" {
		ev := e.evaluation()
		r.count++
		r.result.Events = append(r.result.Events, ev)
		return
	}
	role, operation := r.role()
	s := r.sight(e.record, role)
	s.start = s.end
	switch {
	case role == otlpCall && (s.uses || name == "gen_ai.client.inference.operation.details"):
		s.event = r.keepEvent(e.call(operation))
	case role == otlpAgent && s.uses:
		s.event = r.keepEvent(e.usage(monitor.KindUsage))
	}
	r.add(s)
}

// keepEvent returns the number of an event of a sighting.
func (r *otlpReader) keepEvent(ev monitor.Event) int {
	r.events = append(r.events, ev)
	return len(r.events)
}

func (r *otlpReader) sight(rec *otlp.Record, role otlpRole) otlpSighting {
	if rec.ParentID == rec.SpanID {
		rec.ParentID = otlp.SpanID{}
	}
	return otlpSighting{
		trace: rec.TraceID, span: rec.SpanID, parent: rec.ParentID, start: rec.Start, end: rec.End,
		role: role, uses: role != otlpOther && r.uses(),
	}
}

// add takes what has a place in a trace, and the call of what has none.
func (r *otlpReader) add(s otlpSighting) {
	if s.event > 0 {
		r.count++
	}
	switch {
	case s.trace != otlp.TraceID{} && s.span != otlp.SpanID{}:
		r.sightings = append(r.sightings, s)
	case s.event > 0 && s.role == otlpCall:
		r.result.Events = append(r.result.Events, r.events[s.event-1])
	default:
		r.result.Other++ // of an agent without an id nobody can say whether its calls are here
	}
}

// place finds out where in its trace everything of a body stands, and what of it counts.
func (o *OTLP) place(now time.Time, r *otlpReader) {
	version := o.tree.version
	for i := range r.sightings {
		if s := &r.sightings[i]; s.event > 0 {
			o.tree.trace(s.trace, true)
		}
	}
	if !r.logs {
		for i := range r.sightings {
			if tr := o.tree.trace(r.sightings[i].trace, false); tr != nil {
				o.tree.arrive(tr, &r.sightings[i])
			}
		}
	}
	due := now.Add(o.hold)
	r.result.Events = slices.Grow(r.result.Events, len(r.events))
	for i := range r.sightings {
		s := &r.sightings[i]
		switch {
		case s.event == 0:
			r.result.Other++
		case r.logs:
			o.placeLog(due, s, &r.events[s.event-1], &r.result)
		default:
			o.placeSpan(due, s, &r.events[s.event-1], &r.result)
		}
	}
	r.result.Events = o.tree.shrink(r.result.Events)
	if o.tree.version != version {
		r.result.version = o.tree.version
	}
}

func (o *OTLP) placeSpan(due time.Time, s *otlpSighting, ev *monitor.Event, result *OTLPResult) {
	tr := o.tree.trace(s.trace, false)
	key := otlpHeldKey{span: s.span}
	n := tr.nodes[s.span]
	switch {
	case s.role == otlpCall && (n == nil || !n.callInside):
		o.tree.dropLogs(tr, s.span)
		result.Events = append(result.Events, *ev)
		return
	case n == nil:
		result.Outer++
		return
	case n.useInside != (otlp.SpanID{}) || !s.uses:
		o.tree.giveWay(tr, key, tr.innermost(n.useInside))
		result.Outer++
		return
	}
	usage := *ev
	if s.role == otlpCall {
		usage = onlyUsage(ev) // around calls that report none
	}
	o.tree.hold(tr, key, otlpHeld{usage, s.start, s.end, due, false})
	result.Held++
}

// onlyUsage returns what a call reports of tokens.
func onlyUsage(ev *monitor.Event) monitor.Event {
	return monitor.Event{
		Kind: monitor.KindUsage, ID: ev.ID, Time: ev.Time, Provider: ev.Provider, Model: ev.Model, Step: ev.Step,
		PromptTokens: ev.PromptTokens, CompletionTokens: ev.CompletionTokens, TotalTokens: ev.TotalTokens,
		CachedTokens: ev.CachedTokens, CacheWriteTokens: ev.CacheWriteTokens, ReasoningTokens: ev.ReasoningTokens,
		CostUSD: ev.CostUSD, RecordID: ev.RecordID, Attrs: ev.Attrs,
	}
}

// placeLog places a log record, which stands in a span.
func (o *OTLP) placeLog(due time.Time, s *otlpSighting, ev *monitor.Event, result *OTLPResult) {
	tr := o.tree.trace(s.trace, false)
	n := o.tree.node(tr, s.span)
	if n == nil {
		result.Events = append(result.Events, *ev)
		return
	}
	key := otlpHeldKey{span: s.span}
	if s.role == otlpCall {
		i := slices.Index(n.logs, s.end)
		if i < 0 {
			if i = len(n.logs); i < otlpMaxLogs {
				n.logs = append(n.logs, s.end)
			}
		}
		if i > 0 { // another call in the same span
			key.at = s.end
			ev.ID += "/" + strconv.FormatUint(s.end, 10)
		}
		if i == otlpMaxLogs && !n.call {
			result.Events = append(result.Events, *ev)
			return
		}
	}
	if n.call || s.role == otlpAgent && n.known && n.uses {
		result.Repeated++
		return
	}
	if s.uses && !n.uses {
		n.uses = true
		if !n.known {
			n.start, n.end = s.start, s.end
		}
		o.tree.tellAbove(tr, n.parent, false, s.span)
	}
	o.tree.hold(tr, key, otlpHeld{*ev, s.start, s.end, due, false})
	result.Held++
}
