package report

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// counter counts a run, event by event.
type counter struct {
	prices *monitor.Prices

	events      Events
	unreadable  Unreadable
	times       times
	timeline    timeline
	peaks       peaks
	calls       calls
	failures    failures
	finish      finishReasons
	first       durations // to the first token
	models      models
	steps       steps
	records     records
	evaluations evaluations
	metrics     ownMetrics
}

func newCounter(prices *monitor.Prices) *counter {
	return &counter{
		prices: prices,
		finish: make(finishReasons),
		models: models{ledger: newLedger[model](nameUnknown, maxModelsRead)},
		steps:  steps{newLedger[step]("", maxSteps)},
		records: records{
			reasons: newLedger[[recordOutcomes]uint64]("", maxReasons),
		},
		evaluations: evaluations{
			evaluators: newLedger[outcomes](nameUnknown, maxEvaluators),
			scores:     newLedger[score](nameUnknown, maxScores),
		},
		metrics: ownMetrics{newLedger[values](nameUnknown, maxMetrics)},
	}
}

func (c *counter) add(ev *monitor.Event) {
	c.events.add(ev)
	if at, ok := instant(ev.Time); ok {
		c.times.add(at)
		var n count
		n.add(ev)
		c.timeline.at(at).merge(n)
		c.peaks.add(at, n)
	} else {
		c.events.WithoutTime++
	}
	switch ev.Kind {
	case monitor.KindGeneration:
		c.call(ev)
	case monitor.KindEvaluation:
		c.evaluations.add(ev)
		cost, unpriced := c.prices.Cost(ev)
		c.models.add(ev, cost, unpriced)
	case monitor.KindUsage:
		cost, unpriced := c.prices.Cost(ev)
		c.models.add(ev, cost, unpriced)
		c.steps.add(ev, cost, unpriced)
	case monitor.KindRecord:
		c.records.add(ev)
	case monitor.KindMetric:
		c.metrics.of(ev.Name).add(ev.Value)
	case monitor.KindTarget:
		c.records.want(ev)
	case monitor.KindBegin:
		c.calls.begun.begin(ev.ID)
	}
}

func (c *counter) call(ev *monitor.Event) {
	c.calls.add(ev)
	c.failures.add(ev)
	c.finish.add(ev)
	if took, ok := firstToken(ev); ok {
		c.first.add(took)
	}
	cost, unpriced := c.prices.Cost(ev)
	c.models.add(ev, cost, unpriced)
	c.steps.add(ev, cost, unpriced)
}

// report tells what was counted.
func (c *counter) report(name string, zone *time.Location) *Report {
	folded := c.models.fold()
	total := c.models.usage()
	r := &Report{
		Name: name, Span: c.times.span(zone), Events: c.events,
		Calls: c.calls.result(), Failures: c.failures.list(), FinishReasons: c.finish.list(),
		TimeToFirstToken: c.first.distribution(), Usage: total.result(),
		Models: c.models.list(), OtherModels: folded, Steps: c.steps.list(), // sorted by now, as duration wants it
		Duration: c.models.duration(),
		Records:  c.records.result(), Evaluations: c.evaluations.result(), Metrics: c.metrics.list(), Unreadable: c.unreadable,
	}
	if r.Unreadable.Examples == nil {
		r.Unreadable.Examples = []string{}
	}
	r.unknownShares()
	r.Cost = newCost(&r.Usage, r.Records.Accepted, r.Calls.Succeeded)
	r.Throughput = c.throughput(r, zone)
	return r
}
