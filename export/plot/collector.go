package plot

import (
	"github.com/genmeter/genmeter/monitor"
)

// Collector sums up events for the pictures of a run. It takes any number of them, of any times and in any order, in memory
// that does not grow with their number: some megabytes. It is for one goroutine at a time.
type Collector struct {
	opts  Options
	lines *timeline[slot]

	undated slot // what has no time: it counts, and has no place on a time axis

	models, scores names

	durations, evaluationTimes  exact  // seconds
	prompt, completion, total   sketch // tokens of a call
	firstToken                  sketch // seconds
	usage                       []modelUsage
	calls, evaluations, records uint64
	unpriced                    uint64 // calls, evaluations and usage reports with tokens and without a cost
	target                      float64
}

// modelUsage are the tokens of one model.
type modelUsage struct{ input, output, unsplit int64 }

func (u modelUsage) total() int64 { return u.input + u.output + u.unsplit }

// NewCollector returns a Collector without events.
func NewCollector(o Options) *Collector {
	return &Collector{
		opts: o.withDefaults(setHeight), lines: newTimeline((*slot).merge),
		models: newNames(200), scores: newNames(50),
	}
}

// Add counts an event. It keeps nothing of it but names.
func (c *Collector) Add(e *monitor.Event) {
	switch e.Kind {
	case monitor.KindGeneration, monitor.KindEvaluation, monitor.KindRecord, monitor.KindUsage:
	case monitor.KindTarget:
		if finite(e.Value) && e.Value >= 0 {
			c.target = e.Value
		}
		return
	default:
		return
	}
	s := &c.undated
	if datable(e.Time) {
		s = c.lines.at(e.Time)
		s.see(e.Time)
	}
	switch e.Kind {
	case monitor.KindGeneration:
		c.addCall(s, e)
	case monitor.KindEvaluation:
		c.addEvaluation(s, e)
	case monitor.KindRecord:
		c.records++
		s.records[min(e.Outcome, monitor.Failed)]++
	case monitor.KindUsage:
		s.usages++
		c.addUsage(s, e)
	}
}

func (c *Collector) addCall(s *slot, e *monitor.Event) {
	c.calls++
	s.calls++
	switch e.CallOutcome() {
	case monitor.OutcomeSuccess:
		s.successes++
	case monitor.OutcomeError:
		s.errors++
		s.failed(e.ErrorClass())
	}
	timed := !e.Batch && !e.CacheHit // a batch answers when it likes, and a cache at once
	if e.Duration > 0 && timed {
		v := float64(e.Duration) / 1e9
		c.durations.add(v)
		s.latency(v)
	}
	if e.TimeToFirstToken > 0 && timed {
		v := float64(e.TimeToFirstToken) / 1e9
		c.firstToken.add(v)
		s.firstToken.add(v)
	}
	c.addUsage(s, e)
}

func (c *Collector) addEvaluation(s *slot, e *monitor.Event) {
	c.evaluations++
	s.evaluations++
	if e.Duration > 0 {
		c.evaluationTimes.add(float64(e.Duration) / 1e9)
	}
	for i := range e.Scores {
		if v := e.Scores[i].Value; finite(v) {
			at(&s.scores, c.scores.index(e.Scores[i].Name)).add(v)
		}
	}
	c.addUsage(s, e)
}

// addUsage counts tokens and cost, which belong to the model that was called or that judged, or whose calls are known by their sum
// alone.
func (c *Collector) addUsage(s *slot, e *monitor.Event) {
	addTokens(&c.prompt, &s.prompt, e.PromptTokens)
	addTokens(&c.completion, &s.completion, e.CompletionTokens)
	addTokens(&c.total, &s.total, e.TotalTokens)
	input, output := max(e.PromptTokens, 0), max(e.CompletionTokens, 0)
	unsplit := max(e.TotalTokens-input-output, 0)
	priced := e.CostUSD > 0 && finite(e.CostUSD)
	used := input > 0 || output > 0 || unsplit > 0
	if !used && !priced {
		return
	}
	model := c.models.index(e.Model)
	u := at(&c.usage, model)
	u.input, u.output, u.unsplit = u.input+input, u.output+output, u.unsplit+unsplit
	if priced {
		*at(&s.cost, model) += e.CostUSD
	} else {
		c.unpriced++
	}
}

func addTokens(all *sketch, here *cell, n int64) {
	if n > 0 {
		all.add(float64(n))
		here.add(float64(n))
	}
}

// at returns the i-th of a list, which grows when it is shorter.
func at[T any](list *[]T, i int) *T {
	for len(*list) <= i {
		*list = append(*list, *new(T))
	}
	return &(*list)[i]
}

// Figures draws what has been added, in the order of [Names]. Pictures without data are left out; more events may be
// added afterwards.
func (c *Collector) Figures() []Figure {
	r := newRun(c)
	var figures []Figure
	for _, d := range drawers {
		if f, ok := d.draw(r, c.opts); ok {
			f.Name = d.name
			figures = append(figures, f)
		}
	}
	return figures
}
