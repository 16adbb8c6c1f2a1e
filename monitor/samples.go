package monitor

import (
	"cmp"
	"strings"
	"time"
)

// values calls f with the event's samples of the metric of that canonical name. Under a built-in name those given to
// RecordMetric do not count.
func (e *Event) values(name string, f func(float64)) {
	if i, ok := builtinIndexes[name]; ok {
		if v, ok := e.builtin(i); ok {
			f(v)
		}
		return
	}
	switch e.Kind {
	case KindGeneration:
		if model, ok := strings.CutPrefix(name, prefixModelUsage); ok && model != "" && model == e.Model {
			f(1)
		}
		if reason, ok := strings.CutPrefix(name, prefixFinishReason); ok && reason != "" &&
			reason == ClassifyFinishReason(e.FinishReason) {
			f(1)
		}
	case KindEvaluation:
		score, ok := strings.CutPrefix(name, prefixScore)
		for i := range e.Scores {
			if ok && score == cmp.Or(e.Scores[i].Name, labelUnknown) {
				f(e.Scores[i].Value)
			}
		}
	case KindMetric:
		if !builtin(name) && cmp.Or(e.Name, labelUnknown) == name {
			f(e.Value)
		}
	}
}

// builtin returns the event's sample of a metric with a fixed name.
func (e *Event) builtin(metric int) (float64, bool) {
	call := e.Kind == KindGeneration
	evaluation := e.Kind == KindEvaluation
	uses := call || evaluation || e.Kind == KindUsage
	latency := call && !e.Batch
	switch metric {
	case metricGenerationTime:
		return inSeconds(e.Duration), latency && e.Duration > 0
	case metricSuccessRate:
		return bit(e.Success), call
	case metricErrorRate:
		return bit(e.CallOutcome() == OutcomeError), call
	case metricPromptTokens:
		return float64(e.PromptTokens), uses && e.PromptTokens > 0
	case metricCompletionTokens:
		return float64(e.CompletionTokens), uses && e.CompletionTokens > 0
	case metricTotalTokens:
		return float64(e.TotalTokens), uses && e.TotalTokens > 0
	case metricConversationLength:
		return float64(e.Turns), call && e.Turns > 0
	case metricTimeToFirstToken:
		return inSeconds(e.TimeToFirstToken), latency && e.TimeToFirstToken > 0
	case metricCost:
		return e.CostUSD, uses && e.CostUSD > 0
	case metricEvaluationTime:
		return inSeconds(e.Duration), evaluation && e.Duration > 0
	case metricEvaluationErrorRate:
		return bit(!e.Success), evaluation
	case metricAcceptanceRate:
		return bit(e.Outcome == Accepted), e.Kind == KindRecord
	}
	return 0, false
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Metrics calls yield with each sample that the event stands for, under the names of the in-process API, until yield
// returns false: what metric handlers and metrics.jsonl get. The attributes of an event go with each of its samples;
// those that the event has by itself (model_name, evaluator_type, …) come first.
func (e *Event) Metrics(yield func(Metric) bool) {
	switch e.Kind {
	case KindGeneration, KindUsage:
		e.callMetrics(yield)
	case KindEvaluation:
		e.evaluationMetrics(yield)
	case KindMetric:
		yield(Metric{Name: e.Name, Value: e.Value, Time: e.Time, Attrs: e.Attrs})
	case KindRecord:
		attrs := make([]Attr, 0, 3+len(e.Attrs))
		attrs = appendString(attrs, "outcome", e.Outcome.String())
		attrs = appendString(attrs, "reason", e.Name)
		attrs = appendString(attrs, "record_id", e.ID)
		yield(Metric{builtinNames[metricAcceptanceRate], bit(e.Outcome == Accepted), e.Time, append(attrs, e.Attrs...)})
	}
}

// callOrder is the order in which the seed writes the samples of one call. Usage has those of tokens and cost.
var callOrder = [...]int{
	metricGenerationTime, metricSuccessRate, metricErrorRate, metricPromptTokens, metricCompletionTokens,
	metricTotalTokens, metricConversationLength, metricTimeToFirstToken, metricCost,
}

func (e *Event) callMetrics(yield func(Metric) bool) {
	attrs := make([]Attr, 0, 8+len(e.Attrs))
	attrs = appendString(attrs, "model_name", e.Model)
	attrs = appendString(attrs, "provider", e.Provider)
	attrs = appendString(attrs, "operation", e.Operation)
	attrs = appendString(attrs, "step", e.Step)
	attrs = appendString(attrs, "record_id", e.RecordID)
	if class := e.ErrorClass(); class != "" {
		attrs = appendString(attrs, "error_type", string(class))
		attrs = appendString(attrs, "error", e.Error)
	}
	attrs = append(attrs, e.Attrs...)
	emit := func(name string, v float64) bool { return yield(Metric{name, v, e.Time, attrs}) }
	for _, metric := range callOrder {
		if v, ok := e.builtin(metric); ok && !emit(builtinNames[metric], v) {
			return
		}
		if metric != metricErrorRate || e.Kind == KindUsage {
			continue
		}
		if e.Model != "" && !emit(prefixModelUsage+e.Model, 1) {
			return
		}
		if finishIndex(e.FinishReason) > 0 && !emit(prefixFinishReason+e.FinishReason, 1) {
			return
		}
	}
}

func (e *Event) evaluationMetrics(yield func(Metric) bool) {
	attrs := make([]Attr, 0, 5+len(e.Attrs))
	attrs = appendString(attrs, "evaluator_type", e.Name)
	attrs = append(attrs, Bool("success", e.Success))
	attrs = appendString(attrs, "model_name", e.Model)
	attrs = appendString(attrs, "provider", e.Provider)
	attrs = appendString(attrs, "record_id", e.RecordID)
	attrs = append(attrs, e.Attrs...)
	for _, metric := range [...]int{
		metricEvaluationTime, metricEvaluationErrorRate, metricPromptTokens, metricCompletionTokens, metricTotalTokens,
		metricCost,
	} {
		if v, ok := e.builtin(metric); ok && !yield(Metric{builtinNames[metric], v, e.Time, attrs}) {
			return
		}
	}
	for i := range e.Scores {
		s := &e.Scores[i]
		scored := attrs
		if s.Feedback != "" {
			scored = appendString(attrs[:len(attrs):len(attrs)], "feedback", s.Feedback)
		}
		if !yield(Metric{prefixScore + s.Name, s.Value, e.Time, scored}) {
			return
		}
	}
}

func appendString(attrs []Attr, key, value string) []Attr {
	if value == "" {
		return attrs
	}
	return append(attrs, String(key, value))
}

// Snapshot returns the events of the last window that the ring holds, in the order of arrival, as of those recorded
// before the call; a window of 0 is all that it holds. Like Aggregate it leaves out of a window what is ahead of the
// clock. The events are copied: the Source stays as it is.
func (m *Monitor) Snapshot(window time.Duration) Source {
	if m == nil {
		return func(func(Event, error) bool) {}
	}
	from, to := newQuery(window, m.clock.now(), 1).seconds()
	var events []Event
	if window <= 0 { // all at once: growing to tens of megabytes would take five times as much
		oldest, end := m.ring.bounds()
		events = make([]Event, 0, end-oldest)
	}
	m.ring.visit(func(e *Event) {
		if sec := e.Time.Unix(); sec >= from && sec <= to {
			events = append(events, *e)
		}
	})
	m.prices.fill(events)
	return func(yield func(Event, error) bool) {
		for i := range events {
			if !yield(events[i], nil) {
				return
			}
		}
	}
}

// inSeconds is the number nearest to a length of time, that which was written in seconds: Duration.Seconds makes 1.8599999999999999
// of 1.86 s.
func inSeconds(d time.Duration) float64 { return float64(d) / 1e9 }
