package report

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Calls counts the calls to models.
type Calls struct {
	Total       uint64   `json:"total"`
	Succeeded   uint64   `json:"succeeded"`
	Failed      uint64   `json:"failed"`   // with an error
	Rejected    uint64   `json:"rejected"` // without one: a judge said no
	SuccessRate *float64 `json:"success_rate"`

	CacheHits uint64 `json:"cache_hits"` // answered by a local cache: no tokens, cost or latency
	Batch     uint64 `json:"batch"`      // from a batch API: no latency
	Retries   uint64 `json:"retries"`    // second and further attempts, where calls tell them
	NotEnded  uint64 `json:"not_ended"`  // calls with an id that began, and whose end is not in the run

	// OutputTokensPerSecond is what calls with both a latency and output tokens gave while they ran.
	OutputTokensPerSecond *float64 `json:"output_tokens_per_second"`

	MeanTurns *float64 `json:"mean_turns"` // of the conversations that calls were about, where they tell
	MaxTurns  int64    `json:"max_turns"`
}

// outcomes counts calls, or evaluations, by what became of them.
type outcomes struct{ succeeded, failed, rejected uint64 }

func (o *outcomes) add(ev *monitor.Event) {
	switch ev.CallOutcome() {
	case monitor.OutcomeSuccess:
		o.succeeded++
	case monitor.OutcomeError:
		o.failed++
	default:
		o.rejected++
	}
}

func (o *outcomes) merge(other outcomes) {
	o.succeeded += other.succeeded
	o.failed += other.failed
	o.rejected += other.rejected
}

func (o *outcomes) total() uint64 { return o.succeeded + o.failed + o.rejected }

func (o *outcomes) successRate() *float64 { return ratio(float64(o.succeeded), float64(o.total())) }

// calls counts what Calls tells, but for outcomes and speed.
type calls struct {
	outcomes
	cacheHits, batch, retries uint64
	turned                    uint64 // calls that tell their turns
	turns, maxTurns           int64
	speed                     speed
	begun                     begun
}

func (c *calls) add(ev *monitor.Event) {
	c.outcomes.add(ev)
	if ev.CacheHit {
		c.cacheHits++
	}
	if ev.Batch {
		c.batch++
	}
	if ev.Attempt > 1 {
		c.retries++
	}
	if ev.Turns > 0 {
		c.turned++
		c.turns += int64(ev.Turns)
		c.maxTurns = max(c.maxTurns, int64(ev.Turns))
	}
	c.speed.add(ev)
	c.begun.end(ev.ID)
}

func (c *calls) result() Calls {
	return Calls{
		Total: c.total(), Succeeded: c.succeeded, Failed: c.failed, Rejected: c.rejected, SuccessRate: c.successRate(),
		CacheHits: c.cacheHits, Batch: c.batch, Retries: c.retries, NotEnded: c.begun.left(),
		OutputTokensPerSecond: c.speed.rate(),
		MeanTurns:             ratio(float64(c.turns), float64(c.turned)), MaxTurns: c.maxTurns,
	}
}

// latency returns how long a call took, as the metric generation_time has it: a batch answers when it likes, and a cache at
// once.
func latency(ev *monitor.Event) (time.Duration, bool) {
	return ev.Duration, ev.Kind == monitor.KindGeneration && !ev.Batch && !ev.CacheHit && ev.Duration > 0
}

// firstToken returns the time to the first token, as the metric time_to_first_token has it.
func firstToken(ev *monitor.Event) (time.Duration, bool) {
	return ev.TimeToFirstToken, !ev.Batch && !ev.CacheHit && ev.TimeToFirstToken > 0
}

// speed is output tokens over the time they took.
type speed struct {
	tokens  int64
	seconds float64
}

func (s *speed) add(ev *monitor.Event) {
	if took, ok := latency(ev); ok && ev.CompletionTokens > 0 {
		s.tokens += ev.CompletionTokens
		s.seconds += seconds(took)
	}
}

func (s *speed) merge(o speed) {
	s.tokens += o.tokens
	s.seconds += o.seconds
}

func (s *speed) rate() *float64 { return ratio(float64(s.tokens), s.seconds) }
