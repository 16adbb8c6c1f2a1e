package monitor

import (
	"strings"
	"time"
)

const (
	retention    = time.Hour // how long rollups are kept
	rollupBudget = 60 << 20  // bytes of cells in all; with what holds them, 64 MiB
	coarse       = 10        // seconds a cell of the rollups by model and by step
)

// The metrics whose names are fixed. Others are model_usage:<model>, finish_reason:<reason>, evaluation_score_<name>
// and what RecordMetric is given.
const (
	metricGenerationTime = iota
	metricSuccessRate
	metricErrorRate
	metricPromptTokens
	metricCompletionTokens
	metricTotalTokens
	metricConversationLength
	metricTimeToFirstToken
	metricCost
	metricEvaluationTime
	metricEvaluationErrorRate
	metricAcceptanceRate
	builtinMetrics
)

var builtinNames = [builtinMetrics]string{
	"generation_time", "success_rate", "error_rate", "prompt_token_count", "completion_token_count",
	"total_token_count", "conversation_length", "time_to_first_token", "cost_usd", "evaluation_time",
	"evaluation_error_rate", "acceptance_rate",
}

const (
	prefixModelUsage   = "model_usage:"
	prefixFinishReason = "finish_reason:"
	prefixScore        = "evaluation_score_"
)

var builtinIndexes = func() map[string]int {
	indexes := make(map[string]int, builtinMetrics)
	for i, name := range builtinNames {
		indexes[name] = i
	}
	return indexes
}()

// builtin reports whether only calls, evaluations and records may feed the metric of that name.
func builtin(name string) bool {
	_, ok := builtinIndexes[name]
	return ok || strings.HasPrefix(name, prefixModelUsage) || strings.HasPrefix(name, prefixFinishReason) ||
		strings.HasPrefix(name, prefixScore)
}

// dimension holds the rollups of everything, of one model or of one step.
type dimension struct {
	builtin [builtinMetrics]rollup
	named   map[string]*rollup
	span    int64
}

func newDimension(span int64) *dimension {
	d := &dimension{span: span, named: make(map[string]*rollup)}
	for i := range d.builtin {
		d.builtin[i].span = span
	}
	return d
}

// name returns the rollup of a metric without a fixed name, making it when needed.
func (d *dimension) name(name string) *rollup {
	r := d.named[name]
	if r == nil {
		r = &rollup{span: d.span}
		d.named[name] = r
	}
	return r
}

// find returns the rollup of a metric, or nil.
func (d *dimension) find(name string) *rollup {
	if i, ok := builtinIndexes[name]; ok {
		return &d.builtin[i]
	}
	return d.named[name]
}

func (d *dimension) each(f func(name string, r *rollup)) {
	for i := range d.builtin {
		f(builtinNames[i], &d.builtin[i])
	}
	for name, r := range d.named {
		f(name, r)
	}
}

// stats are the rollups and totals. The pump's lock guards them.
type stats struct {
	all     *dimension
	byModel map[string]*dimension
	byStep  map[string]*dimension
	tokens  map[string]*tokenRollup // by model

	now   int64 // Unix seconds, as of the present batch
	bytes int   // that all cells take
	since int64 // cells that ended before it were dropped to keep within the budget

	records            [len(recordOutcomeNames)]uint64
	calls, failures    uint64
	failed             [len(errorTypes)]FailureClass // failures by class, as errorTypes has them
	inProgress         int64
	target             int64
	first, lastSuccess time.Time
}

func newStats() *stats {
	return &stats{
		all:     newDimension(1),
		byModel: make(map[string]*dimension),
		byStep:  make(map[string]*dimension),
		tokens:  make(map[string]*tokenRollup),
	}
}

func (s *stats) dimension(in map[string]*dimension, name string) *dimension {
	d := in[name]
	if d == nil {
		d = newDimension(coarse)
		in[name] = d
	}
	return d
}

func (s *stats) tokensOf(model string) *tokenRollup {
	t := s.tokens[model]
	if t == nil {
		t = &tokenRollup{span: coarse}
		s.tokens[model] = t
	}
	return t
}

// moment is the time of an event, as rollups take it.
type moment struct {
	sec    int64
	recent bool // within the retention: enters rollups; older ones enter totals only
}

func (s *stats) moment(t time.Time) moment {
	sec := t.Unix()
	return moment{sec, sec >= s.outdated()}
}

// outdated returns the Unix second before which rollups have nothing.
func (s *stats) outdated() int64 { return s.now - int64(retention/time.Second) }

// add adds one sample of a metric.
func (s *stats) add(r *rollup, at moment, v float64) {
	r.total.add(v)
	if !at.recent {
		return
	}
	cell, grown := r.at(at.sec, s.outdated())
	cell.add(v)
	s.grow(grown)
}

// use adds the usage of one call.
func (s *stats) use(t *tokenRollup, at moment, u usage) {
	t.total.merge(u)
	if !at.recent {
		return
	}
	cell, grown := t.at(at.sec, s.outdated())
	cell.merge(u)
	s.grow(grown)
}

// grow accounts for new cells, and drops the oldest when there are too many.
func (s *stats) grow(bytes int) {
	s.bytes += bytes
	for s.bytes > rollupBudget {
		s.drop()
	}
}

// drop forgets what is past the retention, and where that is nothing the oldest sixteenth of the time that the
// rollups reach back, and at least one span of cells.
func (s *stats) drop() {
	oldest := s.now + 1<<40
	s.timelines(func(first int64, _ func(int64) int) { oldest = min(oldest, first) })
	until := max(s.outdated(), oldest+max(coarse, (s.now-oldest)/16))
	s.timelines(func(_ int64, forget func(int64) int) { s.bytes -= forget(until) })
	s.since = max(s.since, until)
}

// timelines calls f with the start of each timeline that has cells and the means to make it forget.
func (s *stats) timelines(f func(first int64, forget func(until int64) int)) {
	dimensions := []*dimension{s.all}
	for _, d := range s.byModel {
		dimensions = append(dimensions, d)
	}
	for _, d := range s.byStep {
		dimensions = append(dimensions, d)
	}
	for _, d := range dimensions {
		d.each(func(_ string, r *rollup) {
			if len(r.cells) > 0 {
				f(r.cells[0].at, r.forget)
			}
		})
	}
	for _, t := range s.tokens {
		if len(t.cells) > 0 {
			f(t.cells[0].at, t.forget)
		}
	}
}
