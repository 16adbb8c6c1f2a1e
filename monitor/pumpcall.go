package monitor

import (
	"context"
	"time"
)

// failure remembers the class of the latest failure: failures come in runs of one text, and to classify one takes
// longer than all else.
type failure struct {
	errorType, text string
	class           int
}

// failureClass returns the index in errorTypes of a failure.
func (p *pump) failureClass(e *Event) int {
	if f := &p.lastFailure; f.errorType == e.ErrorType && f.text == e.Error && (f.text != "" || f.errorType != "") {
		return f.class
	}
	class := ClassifyError(e.ErrorType, e.Error)
	for i, c := range errorTypes {
		if c == class {
			p.lastFailure = failure{e.ErrorType, e.Error, i}
			return i
		}
	}
	return len(errorTypes) - 1
}

// generation passes one call.
func (p *pump) generation(e *Event, at moment) {
	s := p.call(e.Provider, e.Model, e.Operation, e.Step)
	if !s.step.started {
		p.startCalls(s)
	}
	ctx := e.spanContext()
	p.endBegin(e)

	outcome, class := 0, 0
	switch e.CallOutcome() {
	case OutcomeSuccess:
		if e.Time.After(s.lastSuccess) {
			s.lastSuccess = e.Time
		}
		if e.Time.After(p.stats.lastSuccess) {
			p.stats.lastSuccess = e.Time
		}
	case OutcomeError:
		outcome, class = 1, 1+p.failureClass(e)
		p.count(s.step.failuresOf(p, class-1), 1)
		p.stats.fail(class-1, e)
	case OutcomeRejected:
		outcome = 2
	}
	finish := finishIndex(e.FinishReason)
	p.count(s.step.callsOf(p, outcome, finish), 1)

	p.stats.calls++
	p.rate(s, at, metricSuccessRate, outcome == 0)
	p.rate(s, at, metricErrorRate, outcome == 1)
	if e.Model != "" {
		p.stats.add(s.modelUsage, at, 1)
	}
	if finish > 0 {
		p.stats.add(p.finish[finish], at, 1)
	}
	if e.Turns > 0 {
		p.size(ctx, s.turnsOf(p), int64(e.Turns))
		p.sample(s, at, metricConversationLength, float64(e.Turns))
	}
	if e.CacheHit {
		p.count(s.cacheHitsOf(p), 1)
		p.stats.use(s.tokens, at, usage{calls: 1})
		return
	}
	p.latency(ctx, s, e, at, class)
	p.usage(ctx, s, e, at, 1)
}

// latency passes how long a call took. A batch answers when it likes: that is no latency.
func (p *pump) latency(ctx context.Context, s *callSeries, e *Event, at moment, class int) {
	if e.Batch {
		return
	}
	if e.Duration > 0 {
		p.observe(ctx, s.op.durationOf(p, class), inSeconds(e.Duration))
		p.sample(s, at, metricGenerationTime, inSeconds(e.Duration))
	}
	if e.TimeToFirstToken <= 0 {
		return
	}
	p.observe(ctx, s.op.firstChunk(p), inSeconds(e.TimeToFirstToken))
	p.sample(s, at, metricTimeToFirstToken, inSeconds(e.TimeToFirstToken))
	if rest := e.Duration - e.TimeToFirstToken; rest >= 0 && e.CompletionTokens > 1 {
		p.observe(ctx, s.perTokenOf(p), inSeconds(rest/time.Duration(e.CompletionTokens-1)))
	}
}

// usage passes the tokens and the cost of a call, an evaluation, or of calls that are not known one by one.
func (p *pump) usage(ctx context.Context, s *callSeries, e *Event, at moment, calls uint64) {
	u := usage{
		calls: calls, prompt: e.PromptTokens, completion: e.CompletionTokens, total: e.TotalTokens,
		cached: e.CachedTokens, cacheWrite: e.CacheWriteTokens, reasoning: e.ReasoningTokens,
	}
	if u.prompt > 0 {
		p.size(ctx, s.op.inputTokens(p), u.prompt)
		p.count(s.step.tokensOf(p, 0), u.prompt)
		p.sample(s, at, metricPromptTokens, float64(u.prompt))
	}
	if u.completion > 0 {
		p.size(ctx, s.op.outputTokens(p), u.completion)
		p.count(s.step.tokensOf(p, 1), u.completion)
		p.sample(s, at, metricCompletionTokens, float64(u.completion))
	}
	if u.total > 0 {
		p.count(s.reportsOf(p), 1)
		if unsplit := u.total - u.prompt - u.completion; unsplit > 0 {
			p.count(s.step.tokensOf(p, 2), unsplit)
		}
		p.sample(s, at, metricTotalTokens, float64(u.total))
	}
	for i, n := range [...]int64{u.cached, u.cacheWrite, u.reasoning} {
		if n > 0 {
			p.count(s.detailsOf(p, i), n)
		}
	}
	u.cost, u.unpriced = p.m.prices.Cost(e)
	if u.cost > 0 {
		p.spend(s.step.costOf(p), u.cost)
		p.sample(s, at, metricCost, u.cost)
	}
	if u.unpriced > 0 {
		p.count(s.step.unpricedOf(p), u.unpriced)
	}
	p.stats.use(s.tokens, at, u)
}

// sample adds a sample of a metric with a fixed name to all its rollups.
func (p *pump) sample(s *callSeries, at moment, metric int, v float64) {
	p.stats.add(&p.stats.all.builtin[metric], at, v)
	p.stats.add(&s.byModel.builtin[metric], at, v)
	if s.byStep != nil {
		p.stats.add(&s.byStep.builtin[metric], at, v)
	}
}

// rate adds 1 or 0.
func (p *pump) rate(s *callSeries, at moment, metric int, hit bool) {
	v := 0.0
	if hit {
		v = 1
	}
	p.sample(s, at, metric, v)
}
