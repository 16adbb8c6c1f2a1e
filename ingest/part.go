package ingest

import (
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// part is an event that is being put together from samples.
type part struct {
	ev      monitor.Event
	line    int     // of its first sample
	from    *origin // likewise, and where that begins; see line
	at      int64
	turn    int      // events of one turn were begun in a row, by writers that take turns
	have    []string // slots of the samples that it has
	failed  bool     // a rate says that it failed with an error
	success int8     // what success_rate says: 1, -1, or 0 for nothing
	done    bool     // needs no finish
}

// slot returns under what a sample is kept, so that no event gets two of them, and which kinds of events have it.
func slot(name string) (slot string, call, evaluation bool) {
	switch name {
	case "generation_time", "success_rate", "error_rate", "conversation_length", "time_to_first_token":
		return name, true, false
	case "evaluation_time", "evaluation_error_rate":
		return name, false, true
	case "prompt_token_count", "completion_token_count", "total_token_count", "cost_usd":
		return name, true, true
	}
	switch {
	case strings.HasPrefix(name, "model_usage:"):
		return "model_usage:", true, false
	case strings.HasPrefix(name, "finish_reason:"):
		return "finish_reason:", true, false
	case strings.HasPrefix(name, "evaluation_score_"):
		return name, false, true
	}
	return "", false, false
}

// takes reports whether a sample may belong to the event.
func (p *part) takes(s *sample, model string) bool {
	name, call, evaluation := slot(s.name)
	isCall := p.ev.Kind == monitor.KindGeneration
	switch {
	case p.done, isCall && !call, !isCall && !evaluation:
		return false
	case slices.Contains(p.have, name):
		return false
	case !agree(model, p.ev.Model):
		return false
	case s.name == "error_rate" && s.value > 0 && p.success > 0, s.name == "success_rate" && s.value > 0 && p.failed:
		return false // afterimage's bare sample beside a success
	}
	return agree(s.text("evaluator_type"), p.ev.Name) && agree(s.text("record_id"), p.ev.RecordID)
}

// agree reports whether two names may be of one event: they are equal, or one is not known.
func agree(a, b string) bool { return a == "" || b == "" || a == b }

// set stores a sample's value, or says why it cannot be.
func (p *part) set(s *sample) (reason, expected string) {
	ev := &p.ev
	switch s.name {
	case "generation_time", "evaluation_time":
		return s.seconds(&ev.Duration)
	case "time_to_first_token":
		return s.seconds(&ev.TimeToFirstToken)
	case "success_rate":
		p.success = -1
		if s.value > 0 {
			p.success = 1
		}
	case "error_rate", "evaluation_error_rate":
		p.failed = s.value > 0
	case "prompt_token_count":
		return s.count(&ev.PromptTokens)
	case "completion_token_count":
		return s.count(&ev.CompletionTokens)
	case "total_token_count":
		return s.count(&ev.TotalTokens)
	case "conversation_length":
		var turns int64
		reason, expected = s.count(&turns)
		ev.Turns = int32(min(turns, math.MaxInt32))
		return reason, expected
	case "cost_usd":
		if s.value < 0 {
			return monitor.ReasonNegative, "a number of dollars"
		}
		ev.CostUSD = s.value
	default:
		if model, ok := strings.CutPrefix(s.name, "model_usage:"); ok && model != "None" {
			ev.Model = model
		} else if finish, ok := strings.CutPrefix(s.name, "finish_reason:"); ok {
			ev.FinishReason = finish
		} else if name, ok := strings.CutPrefix(s.name, "evaluation_score_"); ok {
			ev.Scores = append(ev.Scores, monitor.Score{Name: name, Value: s.value, Feedback: s.text("feedback")})
		}
	}
	return "", ""
}

// seconds returns a sample's value as a duration.
func (s *sample) seconds(to *time.Duration) (reason, expected string) {
	const want = "a number of seconds"
	switch ns := math.Round(s.value * 1e9); {
	case ns < 0:
		return monitor.ReasonNegative, want
	case ns >= math.MaxInt64:
		return monitor.ReasonOutOfRange, want
	default:
		*to = time.Duration(ns)
	}
	return "", ""
}

// lift takes what a sample's attributes say about its event; those of the caller's own become the event's, once.
func (p *part) lift(s *sample) {
	ev := &p.ev
	for _, a := range s.attrs {
		var to *string
		switch a.Key {
		case "model_name":
			to = &ev.Model
		case "provider":
			to = &ev.Provider
		case "operation":
			to = &ev.Operation
		case "step":
			to = &ev.Step
		case "record_id":
			to = &ev.RecordID
		case "error":
			to = &ev.Error
		case "error_type":
			to = &ev.ErrorType
		case "evaluator_type":
			to = &ev.Name
		case "feedback":
			continue
		case "success":
			if a.Value.Kind() == slog.KindBool && p.success == 0 {
				p.success = -1
				if a.Value.Bool() {
					p.success = 1
				}
			}
			continue
		}
		switch {
		case to != nil && *to == "":
			*to = s.text(a.Key)
		case to == nil && !slices.ContainsFunc(ev.Attrs, func(b slog.Attr) bool { return a.Key == b.Key }):
			ev.Attrs = append(ev.Attrs, a)
		}
	}
}

// finish decides how the event ended. A failure of which only a rate tells is one with an error that nobody knows.
func (p *part) finish() {
	if p.done {
		return
	}
	ev := &p.ev
	ev.Success = p.success > 0 || p.success == 0 && !p.failed
	if !ev.Success && p.failed && ev.Error == "" && ev.ErrorType == "" {
		ev.ErrorType = string(monitor.ErrorOther)
	}
}

// record makes a record of genmeter's sample of one.
func (p *part) record(s *sample, outcome string) {
	p.ev = monitor.Event{Kind: monitor.KindRecord, Name: s.text("reason"), ID: s.text("record_id")}
	switch outcome {
	case "rejected":
		p.ev.Outcome = monitor.Rejected
	case "failed":
		p.ev.Outcome = monitor.Failed
	}
	for _, a := range s.attrs {
		switch a.Key {
		case "outcome", "reason", "record_id":
		default:
			p.ev.Attrs = append(p.ev.Attrs, a)
		}
	}
}
