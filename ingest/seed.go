package ingest

import (
	"log/slog"
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// settle makes of what afterimage's callers write what it means. Event lines may come from the same callers, through
// any client, so that it is done to those, too; on what genmeter itself has written it changes nothing.
func settle(ev *monitor.Event) {
	if ev.Model == "None" { // Python's str(None)
		ev.Model = ""
	}
	if ev.FinishReason == "None" {
		ev.FinishReason = ""
	}
	for i := range ev.Scores {
		ev.Scores[i].Name = enumMember(ev.Scores[i].Name)
	}
	switch ev.Operation {
	case "generate": // afterimage's name for any call
		ev.Operation = ""
	case "conversation_generation":
		if ev.Kind == monitor.KindGeneration {
			*ev = conversation(ev)
		}
	}
}

// conversation makes a record of the generation by which afterimage tells of a finished conversation. Its calls are
// told, too, so that it is no call, its duration no latency and its tokens not used again; duration and turns are kept
// as attributes.
func conversation(ev *monitor.Event) monitor.Event {
	r := monitor.Event{Kind: monitor.KindRecord, Time: ev.Time, ID: ev.ID, Attrs: ev.Attrs}
	if r.ID == "" {
		r.ID = ev.RecordID
	}
	switch ev.CallOutcome() {
	case monitor.OutcomeError:
		// The reason is a label, so it is the class: the text could be anything.
		r.Outcome, r.Name = monitor.Failed, string(ev.ErrorClass())
	case monitor.OutcomeRejected:
		r.Outcome = monitor.Rejected
	}
	add := func(set bool, a slog.Attr) {
		if set {
			r.Attrs = append(r.Attrs, a)
		}
	}
	add(ev.Step != "", slog.String("step", ev.Step))
	add(ev.Duration > 0, slog.Float64("duration", float64(ev.Duration)/1e9))
	add(ev.Turns > 0, slog.Int("conversation_length", int(ev.Turns)))
	add(ev.Error != "", slog.String("error", ev.Error))
	return r
}

// enumMember returns "coherence" for "EvaluationMetric.COHERENCE", which is how Python prints a member of an
// enumeration, and anything else as it is.
func enumMember(name string) string {
	class, member, ok := strings.Cut(name, ".")
	if !ok || class == "" || member == "" || class[0] < 'A' || 'Z' < class[0] {
		return name
	}
	for _, c := range []byte(class) {
		if !isAlnum(c) {
			return name
		}
	}
	for _, c := range []byte(member) {
		if c != '_' && !isAlnum(c) || 'a' <= c && c <= 'z' {
			return name
		}
	}
	return strings.ToLower(member)
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
