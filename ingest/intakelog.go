package ingest

import (
	"context"
	"log/slog"
	"sync"
)

// rejectLog is a problemLog for each road of an intake.
type rejectLog struct {
	mu    sync.Mutex
	roads map[string]*problemLog
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
		logger := (&problemLog{to: in.Logger}).logger()
		road = &problemLog{to: logger.With(slog.String("source", source))}
		if l.roads == nil {
			l.roads = make(map[string]*problemLog)
		}
		l.roads[source] = road
	}
	road.problem(ctx, reason, text)
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
