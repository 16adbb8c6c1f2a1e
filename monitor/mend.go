package monitor

import (
	"log/slog"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Values of the reason label of genmeter_events_rejected_total. The first four cost a value, and the event is kept;
// the others cost the event.
const (
	ReasonNotFinite  = "not_finite"   // NaN or an infinity
	ReasonNegative   = "negative"     // a negative duration, count or cost
	ReasonOutOfRange = "out_of_range" // a count or cost of more than 2^40, a time before 1990 or after 2200, more attributes or scores than are kept
	ReasonWrongType  = "wrong_type"   // a value of another type than its field has
	ReasonFuture     = "future"       // its time is more than 5 min ahead of the clock
	ReasonClosed     = "closed"       // recorded after Shutdown
	ReasonMalformed  = "malformed"    // no event
	ReasonTooLong    = "too_long"     // a line beyond the bound
)

// Bounds of what one event keeps.
const (
	maxText      = 256     // bytes of a string
	maxErrorText = 1 << 10 // bytes of Error
	maxAttrs     = 16
	maxScoreList = 64
	maxCount     = 1 << 40 // tokens, turns
	maxTotal     = 2 * maxCount
	maxCost      = 1 << 40 // dollars: no sum of such costs overflows
)

// suspect reports whether any field may need mending: one branch for all, since nearly every event is clean. The
// lengths are or-ed: below 256 none is above 255.
func (g *Generation) suspect() bool {
	counts := g.PromptTokens | g.CompletionTokens | g.TotalTokens | g.CachedTokens | g.CacheWriteTokens |
		g.ReasoningTokens
	small := int64(g.Turns) | int64(g.Attempt)
	lengths := len(g.Provider) | len(g.Model) | len(g.Operation) | len(g.Step) | len(g.FinishReason) | len(g.Error) |
		len(g.ErrorType) | len(g.ID) | len(g.RecordID)
	return uint64(counts) >= maxCount || uint64(small) > math.MaxInt32 ||
		g.Duration|g.TimeToFirstToken < 0 || !(g.CostUSD >= 0 && g.CostUSD <= maxCost) || lengths >= maxText
}

// mend takes out what cannot be, and counts it.
func (m *Monitor) mend(g *Generation) {
	r := refusals{m: m, source: SourceAPI}
	r.duration(&g.Duration)
	r.duration(&g.TimeToFirstToken)
	for _, n := range [...]*int64{
		&g.PromptTokens, &g.CompletionTokens, &g.CachedTokens, &g.CacheWriteTokens, &g.ReasoningTokens,
	} {
		r.count(n, maxCount)
	}
	r.count(&g.TotalTokens, maxTotal)
	turns, attempt := int64(g.Turns), int64(g.Attempt)
	r.count(&turns, math.MaxInt32)
	r.count(&attempt, math.MaxInt32)
	g.Turns, g.Attempt = int(turns), int(attempt)
	r.cost(&g.CostUSD)
	for _, s := range [...]*string{&g.Provider, &g.Model, &g.Operation, &g.Step, &g.FinishReason, &g.ID, &g.RecordID} {
		*s = cut(*s, maxText)
	}
	g.ErrorType = ErrorType(cut(string(g.ErrorType), maxText))
	g.Error = cut(g.Error, maxErrorText)
}

// Mend makes of e what [Monitor.Track] would record, so that readers of events from elsewhere, such as files, agree with a
// monitor that was given the same ones: what cannot be is taken out, texts and lists are cut to their bounds, a missing
// total is derived. Each value that is taken out calls refuse, which may be nil, with its Reason constant. It returns the
// reason when nothing is left to keep, else "". The time is not looked at. Scores and Attrs are copied.
func (e *Event) Mend(refuse func(reason string)) (reason string) {
	return e.mend(refusals{tell: refuse})
}

// mend takes out what cannot be, and tells r. It returns the reason when nothing is left to keep.
func (e *Event) mend(r refusals) (reason string) {
	if e.Kind < KindGeneration || e.Kind > KindUsage {
		return ReasonMalformed
	}
	if math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
		return ReasonNotFinite // a metric or a target is nothing without its value
	}
	if e.Kind == KindTarget && (e.Value < 0 || e.Value > maxCount) {
		return ReasonOutOfRange
	}
	r.duration(&e.Duration)
	r.duration(&e.TimeToFirstToken)
	for _, n := range [...]*int64{
		&e.PromptTokens, &e.CompletionTokens, &e.CachedTokens, &e.CacheWriteTokens, &e.ReasoningTokens,
	} {
		r.count(n, maxCount)
	}
	r.count(&e.TotalTokens, maxTotal)
	for _, n := range [...]*int32{&e.Turns, &e.Attempt} {
		if *n < 0 {
			r.refuse(ReasonNegative)
			*n = 0
		}
	}
	r.cost(&e.CostUSD)
	e.TotalTokens = max(e.TotalTokens, e.PromptTokens+e.CompletionTokens)
	e.Outcome = min(e.Outcome, Failed)
	for _, s := range [...]*string{
		&e.Provider, &e.Model, &e.Operation, &e.Step, &e.FinishReason, &e.ErrorType, &e.ID, &e.RecordID, &e.Name,
		&e.Source,
	} {
		*s = cut(*s, maxText)
	}
	e.Error = cut(e.Error, maxErrorText)
	e.Scores = r.scores(e.Scores)
	e.Attrs = r.attrs(e.Attrs)
	if e.CacheHit {
		e.bill()
	}
	return ""
}

// bill takes off a call that a local cache answered what it did not use: every reader agrees then.
func (e *Event) bill() {
	e.Duration, e.TimeToFirstToken, e.CostUSD = 0, 0, 0
	e.PromptTokens, e.CompletionTokens, e.TotalTokens = 0, 0, 0
	e.CachedTokens, e.CacheWriteTokens, e.ReasoningTokens = 0, 0, 0
}

// refusals mends values of events, and counts or tells what it refuses.
type refusals struct {
	m      *Monitor // counts it for source; nil for none
	source string
	tell   func(reason string) // nil for none
}

func (r refusals) refuse(reason string) {
	if r.m != nil {
		r.m.CountRejected(r.source, reason, 1)
	}
	if r.tell != nil {
		r.tell(reason)
	}
}

// plausible reports whether an event's own time can be one. Before 1990 it is that of a clock that was never set, which would
// move the start of the run; after 2200 nanoseconds since 1970 have no room for it.
func (r refusals) plausible(at time.Time) bool {
	if y := at.Year(); 1990 <= y && y <= 2200 {
		return true
	}
	r.refuse(ReasonOutOfRange)
	return false
}

func (r refusals) duration(d *time.Duration) {
	if *d < 0 {
		r.refuse(ReasonNegative)
		*d = 0
	}
}

func (r refusals) count(n *int64, limit int64) {
	switch {
	case *n < 0:
		r.refuse(ReasonNegative)
		*n = 0
	case *n > limit:
		r.refuse(ReasonOutOfRange)
		*n = 0
	}
}

func (r refusals) cost(v *float64) {
	switch {
	case math.IsNaN(*v) || math.IsInf(*v, 0):
		r.refuse(ReasonNotFinite)
		*v = 0
	case *v < 0:
		r.refuse(ReasonNegative)
		*v = 0
	case *v > maxCost:
		r.refuse(ReasonOutOfRange)
		*v = 0
	}
}

// scores returns a copy of the scores that can be.
func (r refusals) scores(list []Score) []Score {
	if len(list) == 0 {
		return nil
	}
	kept := make([]Score, 0, min(len(list), maxScoreList))
	for _, s := range list {
		switch {
		case math.IsNaN(s.Value) || math.IsInf(s.Value, 0):
			r.refuse(ReasonNotFinite)
		case len(kept) == maxScoreList:
			r.refuse(ReasonOutOfRange)
		default:
			kept = append(kept, Score{cut(s.Name, maxText), s.Value, cut(s.Feedback, maxText)})
		}
	}
	return kept
}

// attrs returns a copy of the attributes that holds nothing of the caller's but strings.
func (r refusals) attrs(attrs []Attr) []Attr {
	if len(attrs) == 0 {
		return nil
	}
	for len(attrs) > maxAttrs {
		r.refuse(ReasonOutOfRange)
		attrs = attrs[:len(attrs)-1]
	}
	kept := make([]Attr, len(attrs))
	for i, a := range attrs {
		kept[i] = Attr{Key: cut(a.Key, maxText), Value: plain(a.Value)}
	}
	return kept
}

// plain returns v when it is a plain value, else its text.
func plain(v slog.Value) slog.Value {
	switch v.Kind() {
	case slog.KindString:
		if s := v.String(); len(s) > maxText {
			return slog.StringValue(cut(s, maxText))
		}
		return v
	case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindDuration, slog.KindTime:
		return v
	default:
		return slog.StringValue(text(v))
	}
}

// text returns the text of any value; a value whose own method panics has none.
func text(v slog.Value) (s string) {
	defer func() {
		if recover() != nil {
			s = "!PANIC"
		}
	}()
	return cut(v.Resolve().String(), maxText)
}

// cut returns s when it has at most limit bytes, else a copy of as many whole characters as fit: a slice would keep
// all of s in memory.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > limit-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(s[:end])
}

// takeTimestamp returns the time that an Attr "timestamp" holds, and the other Attrs.
func takeTimestamp(attrs []Attr) (time.Time, []Attr) {
	for i, a := range attrs {
		if a.Key != "timestamp" {
			continue
		}
		var at time.Time
		switch a.Value.Kind() {
		case slog.KindTime:
			at = a.Value.Time()
		case slog.KindString:
			at, _ = time.Parse(time.RFC3339Nano, a.Value.String())
		}
		if at.IsZero() {
			return at, attrs
		}
		rest := append([]Attr(nil), attrs[:i]...)
		return at, append(rest, attrs[i+1:]...)
	}
	return time.Time{}, attrs
}
