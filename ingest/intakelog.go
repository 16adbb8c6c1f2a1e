package ingest

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
)

// rejectLog is a problemLog for each road of an intake, and what was warned of.
type rejectLog struct {
	mu     sync.Mutex
	roads  map[string]*problemLog
	warned map[string]bool // by key
}

// TellRejected logs a line, value or event that a sender sent and that could not be taken: source is the source label of its road,
// reason one of monitor's Reason… constants. It is bounded: of each road and reason the first ten are logged by themselves,
// for which text is called, then how many there are whenever that has grown tenfold. It does not count them.
func (in *Intake) TellRejected(ctx context.Context, source, reason string, text func() string) {
	l := &in.rejected
	l.mu.Lock()
	defer l.mu.Unlock()
	road := l.roads[source]
	if road == nil {
		road = &problemLog{to: in.logger(source)}
		if l.roads == nil {
			l.roads = make(map[string]*problemLog)
		}
		l.roads[source] = road
	}
	road.problem(ctx, reason, text)
}

// logger returns a logger for a road. The attribute is not named source, as many logs name the line of the program so.
func (in *Intake) logger(source string) *slog.Logger {
	return (&problemLog{to: in.Logger}).logger().With(slog.String("road", source))
}

// maxWarned bounds the keys that are warned of.
const maxWarned = 100

// TellWarning logs a warning of a body: senders seldom read their answers. Each key is told of once, so many of them at most.
func (in *Intake) TellWarning(ctx context.Context, source string, w Warning) {
	l := &in.rejected
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.warned[w.Key] || len(l.warned) == maxWarned {
		return
	}
	if l.warned == nil {
		l.warned = make(map[string]bool)
	}
	l.warned[w.Key] = true
	in.logger(source).WarnContext(ctx, "line "+strconv.Itoa(w.Line)+": "+w.Text)
}

// tellValues tells of the values that were taken out of events. What became of whole ones is the caller's to tell.
func (b *batch) tellValues(ctx context.Context) {
	if b.reasons == nil {
		return
	}
	for _, refused := range b.taken.Refused {
		b.reasons[refused.Reason]--
	}
	for reason, n := range b.reasons {
		for range n {
			b.in.TellRejected(ctx, b.source, reason, func() string { return "a value of an event is left out: it cannot be" })
		}
	}
}
