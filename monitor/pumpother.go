package monitor

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

type (
	recordKey struct {
		outcome RecordOutcome
		reason  uint16
	}
	eventKey struct {
		kind   Kind
		source uint16
	}
	metricKey struct {
		name uint16
		set  attribute.Distinct // of the allowed labels
	}
)

// evaluationSeries are the series of one evaluator.
type evaluationSeries struct {
	label    attribute.KeyValue
	outcomes [len(callOutcomes)]*intSeries
	duration [len(callOutcomes)]*secondsSeries
	scores   map[uint16]*scoreSeries
}

// scoreSeries is one score of one evaluator.
type scoreSeries struct {
	hist   *secondsSeries
	name   string // evaluation_score_<name>
	rollup *rollup
}

// metricSeries are the series of one metric given to RecordMetric.
type metricSeries struct {
	count *intSeries
	last  []metric.RecordOption
	sum   []metric.AddOption
}

// evaluation passes one evaluation.
func (p *pump) evaluation(e *Event, at moment) {
	ctx := e.spanContext()
	s := p.evaluator(e.Name)
	outcome, failed := 0, 0.0
	switch e.CallOutcome() {
	case OutcomeError:
		outcome, failed = 1, 1
	case OutcomeRejected:
		outcome, failed = 2, 1
	}
	p.count(s.outcomes[outcome], 1)
	p.stats.add(&p.stats.all.builtin[metricEvaluationErrorRate], at, failed)
	if e.Duration > 0 {
		p.observe(ctx, s.duration[outcome], inSeconds(e.Duration))
		p.stats.add(&p.stats.all.builtin[metricEvaluationTime], at, inSeconds(e.Duration))
	}
	var call *callSeries
	if e.usesModel() {
		call = p.call(e.Provider, e.Model, "", "")
		p.stats.add(&call.byModel.builtin[metricEvaluationErrorRate], at, failed)
		if e.Duration > 0 {
			p.stats.add(&call.byModel.builtin[metricEvaluationTime], at, inSeconds(e.Duration))
		}
		p.usage(ctx, call, e, at, 0)
	}
	for i := range e.Scores {
		p.score(ctx, s, call, e.Scores[i], at)
	}
}

func (p *pump) score(ctx context.Context, s *evaluationSeries, call *callSeries, score Score, at moment) {
	id, ok := p.scoreNames.id(score.Name)
	if !ok {
		p.count(p.overflow("genmeter.evaluation_score"), 1)
	}
	sc := s.scores[id]
	if sc == nil {
		name := p.scoreNames.name(id)
		sc = &scoreSeries{
			hist: p.newSeconds(&p.in.evaluationScore,
				labels{[]attribute.KeyValue{s.label, attrScore.String(name)}, 2}),
			name:   prefixScore + name,
			rollup: p.stats.all.name(prefixScore + name),
		}
		s.scores[id] = sc
	}
	p.observe(ctx, sc.hist, score.Value)
	p.stats.add(sc.rollup, at, score.Value)
	if call != nil {
		p.stats.add(call.byModel.name(sc.name), at, score.Value)
	}
}

func (p *pump) evaluator(name string) *evaluationSeries {
	id, ok := p.evaluators.id(name)
	if !ok {
		p.count(p.overflow("genmeter.evaluations"), 1)
	}
	s := p.evaluations[id]
	if s == nil {
		s = &evaluationSeries{label: attrEvaluator.String(p.evaluators.name(id)), scores: make(map[uint16]*scoreSeries)}
		for i, outcome := range callOutcomes {
			l := labels{[]attribute.KeyValue{s.label}, 1}.with(attrOutcome.String(outcome))
			s.outcomes[i] = p.newInt(&p.in.evaluations, l)
			s.duration[i] = p.newSeconds(&p.in.evaluationDuration, l)
		}
		p.zero(s.outcomes[:]...)
		p.evaluations[id] = s
	}
	return s
}

// record passes one finished record.
func (p *pump) record(e *Event, at moment) {
	reason, ok := p.reasons.id(e.Name)
	if !ok {
		p.count(p.overflow("genmeter.records"), 1)
	}
	p.count(p.recordsOf(e.Outcome, reason), 1)
	p.stats.records[e.Outcome]++
	accepted := 0.0
	if e.Outcome == Accepted {
		accepted = 1
	}
	p.stats.add(&p.stats.all.builtin[metricAcceptanceRate], at, accepted)
}

func (p *pump) recordsOf(outcome RecordOutcome, reason uint16) *intSeries {
	key := recordKey{outcome, reason}
	s := p.records[key]
	if s == nil {
		l := labels{nil, 0}
		if reason != 0 {
			l = labels{[]attribute.KeyValue{attrReason.String(p.reasons.name(reason))}, 1}
		}
		s = p.newInt(&p.in.records, l.with(attrOutcome.String(outcome.String())))
		p.records[key] = s
	}
	return s
}

func (p *pump) eventsOf(kind Kind, source uint16) *intSeries {
	key := eventKey{kind, source}
	s := p.events[key]
	if s == nil {
		l := labels{[]attribute.KeyValue{attrSource.String(p.sources.name(source))}, 1}
		s = p.newInt(&p.in.events, l.with(attrKind.String(kind.String())))
		p.events[key] = s
	}
	return s
}

// metric passes one sample given to RecordMetric. Under a built-in name it stays out of that metric's aggregates and
// of the instruments.
func (p *pump) metric(e *Event, at moment) {
	if builtin(e.Name) {
		return
	}
	id, ok := p.metricNames.id(e.Name)
	if !ok {
		p.count(p.overflow("genmeter.metric_value"), 1)
	}
	s := p.metricSeriesOf(id, e.Attrs)
	ctx := context.Background()
	if !p.muted {
		p.in.metricValue.Record(ctx, e.Value, s.last...)
		p.in.metricValueTotal.Add(ctx, e.Value, s.sum...)
	}
	p.count(s.count, 1)
	p.stats.add(p.stats.all.name(p.metricNames.name(id)), at, e.Value)
}

// metricSeriesOf returns the series of a metric and of those of its attributes that are labels.
func (p *pump) metricSeriesOf(name uint16, from []Attr) *metricSeries {
	key := metricKey{name: name}
	kv := p.metricAttrs(from)
	if len(kv) > 0 {
		set := attrs(kv...)
		key.set = set.Equivalent()
	}
	if s := p.metrics[key]; s != nil {
		return s
	}
	if !p.in.metricObservations.take() {
		return p.metricOther() // else anybody's labels would fill the map
	}
	s := p.newMetricSeries(attrs(append(kv, attrMetric.String(p.metricNames.name(name)))...))
	p.metrics[key] = s
	return s
}

// metricAttrs returns those attributes that WithMetricLabels names.
func (p *pump) metricAttrs(from []Attr) (kv []attribute.KeyValue) {
	for _, a := range from {
		if p.m.metricLabels[a.Key] {
			kv = append(kv, attribute.String(a.Key, validText(a.Value.String())))
		}
	}
	return kv
}

// metricOther returns the one series for all samples past the bound, whatever their labels are.
func (p *pump) metricOther() *metricSeries {
	if p.otherMetric == nil {
		p.otherMetric = p.newMetricSeries(attrs(attrMetric.String(labelOther)))
		p.otherMetric.count.over = p.overflow(p.in.metricObservations.name)
	}
	return p.otherMetric
}

func (p *pump) newMetricSeries(set attribute.Set) *metricSeries {
	return &metricSeries{
		count: &intSeries{inst: p.in.metricObservations.Int64Counter, opts: addOptions(set)},
		last:  recordOptions(set), sum: addOptions(set),
	}
}
