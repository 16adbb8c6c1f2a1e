package ingest

import (
	"context"
	"log/slog"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// shownProblems is how many problems of one reason are logged one by one.
const shownProblems = 10

// problemLog logs problems, bounded: the first of each reason by themselves, then how many there are whenever that has
// grown tenfold, so that a stream of days is heard of too, and at the end.
type problemLog struct {
	to     *slog.Logger // nil is slog.Default
	lines  bool         // files are not logged
	counts map[string]int
	silent map[string]int // since the reason was last mentioned
}

func (p *problemLog) logger() *slog.Logger {
	if p.to == nil {
		return slog.Default()
	}
	return p.to
}

func (p *problemLog) line(ctx context.Context, e *LineError) {
	p.problem(ctx, e.Reason, e.Error)
}

// refused tells of an event that the monitor did not take, which is nearly always one from the future.
func (p *problemLog) refused(ctx context.Context, ev *monitor.Event) {
	p.problem(ctx, "refused", func() string {
		return "a " + ev.Kind.String() + " of " + ev.Time.Format(time.RFC3339) +
			" was refused: its time is more than 5 min in the future, or the monitor is shut down"
	})
}

func (p *problemLog) duplicate(ctx context.Context, ev *monitor.Event) {
	p.problem(ctx, "duplicate", func() string {
		return "a " + ev.Kind.String() + " whose id was seen before is left out: id " + eventline.Quote([]byte(ev.ID))
	})
}

// unkept tells of events that a journal did not take.
func (p *problemLog) unkept(ctx context.Context, err error) {
	p.problem(ctx, "journal", func() string {
		return "events are recorded and not in the journal, so that a resumed run lacks them: " + err.Error()
	})
}

func (p *problemLog) problem(ctx context.Context, reason string, text func() string) {
	if p.counts == nil {
		p.counts, p.silent = make(map[string]int), make(map[string]int)
	}
	p.counts[reason]++
	n := p.counts[reason]
	if n <= shownProblems {
		p.logger().WarnContext(ctx, text(), "reason", reason)
		return
	}
	p.silent[reason]++
	for n%10 == 0 && n > shownProblems {
		n /= 10
	}
	if n == 1 || n == shownProblems {
		p.more(ctx, reason)
	}
}

func (p *problemLog) file(ctx context.Context, err error) {
	if !p.lines {
		p.logger().WarnContext(ctx, err.Error())
	}
}

// more says what was not logged by itself.
func (p *problemLog) more(ctx context.Context, reason string) {
	p.logger().WarnContext(ctx, "more problems of this kind",
		"reason", reason, "more", p.silent[reason], "in_all", p.counts[reason])
	p.silent[reason] = 0
}

// summary closes the account.
func (p *problemLog) summary(ctx context.Context) {
	for reason, n := range p.silent {
		if n > 0 {
			p.more(ctx, reason)
		}
	}
}
