package ingest

import (
	"cmp"
	"log/slog"
	"math"
	"slices"
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// opens reports whether a sample of that name begins an event.
func opens(name string) bool { return name == "generation_time" || name == "evaluation_time" }

// assemble makes events of the samples of one timestamp. A generation_time begins a call, an evaluation_time an
// evaluation, and the samples that belong to such are given to them; what is left is a metric for itself, such as the
// bare error_rate that afterimage records on the way up. genmeter leaves the time of an unmeasured call out: there
// success_rate and error_rate together begin it.
//
// Of several events at one microsecond, a sample goes to one that lacks it and does not contradict it (another model,
// a failure of what succeeded). Of those that are left, it is the first where the writers took turns (two
// generation_time in a row), and the last where one wrote all its samples before the other. That is right for any
// two writers that are in step; a sample that only one of two events in turns has may go to the wrong one.
func assemble(g *group) (events []monitor.Event, bad []*LineError) {
	a := assembly{}
	rest := a.pass(g.samples, func(s *sample) bool { return opens(s.name) })
	if len(rest) > 1 {
		rest = a.pass(rest, unmeasured(rest))
	}
	for _, s := range rest {
		a.alone(s)
	}
	slices.SortStableFunc(a.parts, func(x, y *part) int { return cmp.Compare(x.line, y.line) })
	for _, p := range a.parts {
		p.finish()
		p.ev.Time = g.at
		p.from.name(&p.ev, p.at)
		events = append(events, p.ev)
	}
	return events, a.bad
}

// assembly is the events of one timestamp under way.
type assembly struct {
	parts []*part
	bad   []*LineError
}

// pass begins an event at each sample that opens one, gives it what belongs to it, and returns what belongs to none.
func (a *assembly) pass(samples []sample, opens func(*sample) bool) (rest []sample) {
	for i := range samples {
		s := &samples[i]
		p := a.owner(s)
		if opens(s) {
			p = a.open(s)
		}
		if p == nil {
			rest = append(rest, *s)
			continue
		}
		a.put(p, s)
	}
	return rest
}

// unmeasured returns what begins events that have no time, among samples that belong to no other event.
func unmeasured(samples []sample) func(*sample) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(samples, func(s sample) bool { return s.name == name })
	}
	call := has("success_rate") && has("error_rate")
	return func(s *sample) bool {
		return call && s.name == "success_rate" || s.name == "evaluation_error_rate" && s.has("success")
	}
}

func (a *assembly) open(s *sample) *part {
	p := &part{line: s.line, from: s.from, at: s.at}
	p.ev.Kind = monitor.KindGeneration
	if strings.HasPrefix(s.name, "evaluation_") {
		p.ev.Kind = monitor.KindEvaluation
	}
	if n := len(a.parts); n > 0 {
		last := a.parts[n-1]
		if p.turn = last.turn; len(last.have) > 1 {
			p.turn++
		}
	}
	a.parts = append(a.parts, p)
	return p
}

// owner returns the event that a sample belongs to, nil when there is none.
func (a *assembly) owner(s *sample) *part {
	model := s.text("model_name")
	if m, ok := strings.CutPrefix(s.name, "model_usage:"); ok {
		model = m
	}
	var best *part
	sure := false // best is of the sample's own model
	for _, p := range a.parts {
		if !p.takes(s, model) {
			continue
		}
		same := model != "" && p.ev.Model == model
		if best == nil || same && !sure || same == sure && p.turn > best.turn {
			best, sure = p, same
		}
	}
	return best
}

// alone makes an event of a sample that belongs to none.
func (a *assembly) alone(s sample) {
	p := &part{line: s.line, from: s.from, at: s.at, done: true}
	if outcome := s.text("outcome"); s.name == "acceptance_rate" && outcome != "" { // genmeter's sample of a record
		p.record(&s, outcome)
	} else {
		p.ev = monitor.Event{Kind: monitor.KindMetric, Name: s.name, Value: s.value, Attrs: s.attrs}
	}
	a.parts = append(a.parts, p)
}

// put stores a sample in its event.
func (a *assembly) put(p *part, s *sample) {
	reason, expected := p.set(s)
	name, _, _ := slot(s.name)
	p.have = append(p.have, name)
	p.lift(s)
	if reason != "" {
		a.bad = append(a.bad, &LineError{
			Line: s.line, Key: s.name, Reason: reason, Found: slog.Float64Value(s.value).String(), Expected: expected,
		})
	}
}

func (s *sample) has(key string) bool {
	return slices.ContainsFunc(s.attrs, func(a slog.Attr) bool { return a.Key == key })
}

// text returns a string attribute; null and Python's None are none.
func (s *sample) text(key string) string {
	for _, at := range s.attrs {
		if at.Key == key && at.Value.Kind() == slog.KindString {
			if v := at.Value.String(); v != "null" && v != "None" {
				return v
			}
		}
	}
	return ""
}

// count returns a sample's value as a count; a total of tokens may be twice as large as any other.
func (s *sample) count(to *int64) (reason, expected string) {
	want, most := "a whole number from 0 to 2^40", float64(1<<40)
	if s.name == "total_token_count" {
		want, most = "a whole number from 0 to 2^41", 1<<41
	}
	switch {
	case s.value < 0:
		return monitor.ReasonNegative, want
	case s.value > most:
		return monitor.ReasonOutOfRange, want
	case s.value != math.Trunc(s.value):
		return monitor.ReasonWrongType, want
	}
	*to = int64(s.value)
	return "", ""
}
