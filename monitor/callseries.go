package monitor

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
)

// callKey names the caller's labels of a call: numbers of provider, model, operation and step.
type callKey struct{ provider, model, operation, step uint16 }

// callSeries is all that a call with one callKey touches, found with one look-up.
type callSeries struct {
	*modelSeries           // P M
	op           *opSeries // P M O
	step         *stepSeries

	byModel    *dimension
	byStep     *dimension // nil without a step
	tokens     *tokenRollup
	modelUsage *rollup // model_usage:<model>
}

// modelSeries are the series by provider and model, and what is known of the pair.
type modelSeries struct {
	labels       labels
	perToken     *secondsSeries
	turns        *sizesSeries
	usageReports *intSeries
	cacheHits    *intSeries
	details      [len(tokenDetails)]*intSeries

	observeOpts observeOptions
	inProgress  int64
	begun       bool // has ever been in progress: its gauge exists
	lastSuccess time.Time
}

// opSeries are the series by provider, model and operation.
type opSeries struct {
	labels   labels
	duration [1 + len(errorTypes)]*secondsSeries // index 0: success
	first    *secondsSeries
	input    *sizesSeries
	output   *sizesSeries
}

// stepSeries are the series by provider, model and step.
type stepSeries struct {
	labels   labels
	started  bool // has had a call
	calls    [len(callOutcomes)][len(finishReasons)]*intSeries
	failures [len(errorTypes)]*intSeries
	tokens   [len(tokenTypes)]*intSeries
	cost     *floatSeries
	unpriced *intSeries
}

var (
	callOutcomes = [...]string{OutcomeSuccess, OutcomeError, OutcomeRejected}
	tokenTypes   = [...]string{"input", "output", "unsplit"}
	tokenDetails = [...]string{"cache_read", "cache_write", "reasoning"}
)

// call returns the series for the labels of an event.
func (p *pump) call(provider, model, operation, step string) *callSeries {
	key, ok := p.key(provider, model, operation, step)
	if key == p.lastKey && p.lastCall != nil && ok {
		return p.lastCall
	}
	s := p.calls[key]
	if s == nil {
		if len(p.calls) >= maxSeries && !key.bounded() {
			p.count(p.overflow("genmeter.generations"), 1)
			return p.newCallSeries(key, callKey{1, 1, key.operation, min(key.step, 1)})
		}
		s = p.newCallSeries(key, key)
		p.calls[key] = s
	}
	if !ok {
		p.count(p.overflow("genmeter.generations"), 1)
		return s
	}
	p.lastKey, p.lastCall = key, s
	return s
}

// bounded reports whether the key is one of the few that stand in for the others.
func (k callKey) bounded() bool { return k.provider <= 1 && k.model <= 1 && k.step <= 1 }

// key returns the numbers of the labels, and false when one of them is past its bound.
func (p *pump) key(provider, model, operation, step string) (callKey, bool) {
	var k callKey
	var ok1, ok2, ok3 bool
	k.provider, ok1 = p.providers.id(provider)
	k.model, ok2 = p.models.id(model)
	k.step, ok3 = p.steps.id(step)
	if operation != p.lastOperation {
		p.lastOperation = operation
		p.lastOperationID, _ = p.operations.id(classifyOperation(operation))
	}
	k.operation = p.lastOperationID
	return k, ok1 && ok2 && ok3
}

// newCallSeries returns the rollups of k and the instruments' series of label: past the bound on combinations the
// labels become "other", while the usage of each model stays exact.
func (p *pump) newCallSeries(k, label callKey) *callSeries {
	s := &callSeries{
		modelSeries: p.modelSeriesOf(label),
		op:          p.opSeriesOf(label),
		step:        p.stepSeriesOf(label),
		byModel:     p.stats.dimension(p.stats.byModel, p.models.name(k.model)),
		tokens:      p.stats.tokensOf(p.models.name(k.model)),
		modelUsage:  p.stats.all.name(prefixModelUsage + p.models.name(k.model)),
	}
	if k.step != 0 {
		s.byStep = p.stats.dimension(p.stats.byStep, p.steps.name(k.step))
	}
	return s
}

// modelLabels returns the labels that all of a call's series have.
func (p *pump) modelLabels(k callKey) labels {
	return labels{[]attribute.KeyValue{
		attrProvider.String(p.providers.name(k.provider)), attrModel.String(p.models.name(k.model)),
	}, 2}
}

func (p *pump) modelSeriesOf(k callKey) *modelSeries {
	k.operation, k.step = 0, 0
	if s := p.byModel[k]; s != nil {
		return s
	}
	l := p.modelLabels(k)
	s := &modelSeries{labels: l, observeOpts: newObserveOptions(attrs(l.kv...))}
	p.byModel[k] = s
	p.modelList = append(p.modelList, s)
	return s
}

func (p *pump) opSeriesOf(k callKey) *opSeries {
	k.step = 0
	if s := p.byOp[k]; s != nil {
		return s
	}
	s := &opSeries{labels: p.modelLabels(k).with(attrOperation.String(p.operations.name(k.operation)))}
	p.byOp[k] = s
	return s
}

func (p *pump) stepSeriesOf(k callKey) *stepSeries {
	k.operation = 0
	if s := p.byStep[k]; s != nil {
		return s
	}
	l := p.modelLabels(k)
	if k.step != 0 {
		l = labels{append(l.kv, attrStep.String(p.steps.name(k.step))), 3}
	}
	s := &stepSeries{labels: l}
	p.byStep[k] = s
	return s
}

// startCalls makes the series that the first failure, or the first cached token, of a call's model would make, at its
// first call: they start at 0, so that Prometheus sees the first increase too. That is for as long as instruments have
// room: series that may never count must not push out those that do.
func (p *pump) startCalls(s *callSeries) {
	s.step.started = true
	if p.in.generations.ample() {
		p.zero(s.step.callsOf(p, 1, 0), s.step.callsOf(p, 2, 0))
	}
	if p.in.generationFailures.ample() {
		for class := range errorTypes {
			p.zero(s.step.failuresOf(p, class))
		}
	}
	if p.in.cacheHits.ample() {
		p.zero(s.cacheHitsOf(p))
	}
	if p.in.tokenDetails.ample() {
		for detail := range tokenDetails {
			p.zero(s.detailsOf(p, detail))
		}
	}
}

// The methods below make the series at first use: most calls of a key touch few of them.

func (s *opSeries) durationOf(p *pump, class int) *secondsSeries {
	d := s.duration[class]
	if d == nil {
		l := s.labels
		if class > 0 {
			l = l.with(attrErrorType.String(string(errorTypes[class-1])))
		}
		d = p.newSeconds(&p.in.operationDuration, l)
		s.duration[class] = d
	}
	return d
}

func (s *opSeries) firstChunk(p *pump) *secondsSeries {
	if s.first == nil {
		s.first = p.newSeconds(&p.in.timeToFirstChunk, s.labels)
	}
	return s.first
}

func (s *opSeries) inputTokens(p *pump) *sizesSeries {
	if s.input == nil {
		s.input = p.newSizes(&p.in.tokenUsage, s.labels.with(attrTokenType.String("input")))
	}
	return s.input
}

func (s *opSeries) outputTokens(p *pump) *sizesSeries {
	if s.output == nil {
		s.output = p.newSizes(&p.in.tokenUsage, s.labels.with(attrTokenType.String("output")))
	}
	return s.output
}

func (s *stepSeries) callsOf(p *pump, outcome, finish int) *intSeries {
	c := s.calls[outcome][finish]
	if c == nil {
		l := s.labels.with(attrOutcome.String(callOutcomes[outcome]))
		if finish > 0 {
			l = l.with(attrFinishReason.String(finishReasons[finish]))
		}
		c = p.newInt(&p.in.generations, l)
		s.calls[outcome][finish] = c
	}
	return c
}

func (s *stepSeries) failuresOf(p *pump, class int) *intSeries {
	f := s.failures[class]
	if f == nil {
		f = p.newInt(&p.in.generationFailures, s.labels.with(attrErrorType.String(string(errorTypes[class]))))
		s.failures[class] = f
	}
	return f
}

func (s *stepSeries) tokensOf(p *pump, typ int) *intSeries {
	t := s.tokens[typ]
	if t == nil {
		t = p.newInt(&p.in.tokens, s.labels.with(attrType.String(tokenTypes[typ])))
		s.tokens[typ] = t
	}
	return t
}

func (s *stepSeries) costOf(p *pump) *floatSeries {
	if s.cost == nil {
		s.cost = p.newFloat(&p.in.costUSD, s.labels)
	}
	return s.cost
}

func (s *stepSeries) unpricedOf(p *pump) *intSeries {
	if s.unpriced == nil {
		s.unpriced = p.newInt(&p.in.unpricedTokens, s.labels)
	}
	return s.unpriced
}

func (s *modelSeries) perTokenOf(p *pump) *secondsSeries {
	if s.perToken == nil {
		s.perToken = p.newSeconds(&p.in.timePerOutputToken, s.labels)
	}
	return s.perToken
}

func (s *modelSeries) turnsOf(p *pump) *sizesSeries {
	if s.turns == nil {
		s.turns = p.newSizes(&p.in.conversationTurns, s.labels)
	}
	return s.turns
}

func (s *modelSeries) reportsOf(p *pump) *intSeries {
	if s.usageReports == nil {
		s.usageReports = p.newInt(&p.in.usageReports, s.labels)
	}
	return s.usageReports
}

func (s *modelSeries) cacheHitsOf(p *pump) *intSeries {
	if s.cacheHits == nil {
		s.cacheHits = p.newInt(&p.in.cacheHits, s.labels)
	}
	return s.cacheHits
}

func (s *modelSeries) detailsOf(p *pump, detail int) *intSeries {
	d := s.details[detail]
	if d == nil {
		d = p.newInt(&p.in.tokenDetails, s.labels.with(attrType.String(tokenDetails[detail])))
		s.details[detail] = d
	}
	return d
}
