package plot

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// slot is what happened within a bin of time.
type slot struct {
	first, last time.Time

	calls, successes, errors, evaluations, usages uint64
	records                                       [3]uint64 // by monitor.RecordOutcome
	failures                                      map[monitor.ErrorType]uint64

	latencies                             []uint32 // counts by latencyRow
	prompt, completion, total, firstToken cell
	scores                                []cell    // by number of the score's name
	cost                                  []float64 // US$ by number of the model
}

// events is how many events the slot holds.
func (s *slot) events() uint64 {
	return s.calls + s.evaluations + s.usages + s.records[0] + s.records[1] + s.records[2]
}

func (s *slot) see(t time.Time) {
	if s.first.IsZero() || t.Before(s.first) {
		s.first = t
	}
	if s.last.IsZero() || t.After(s.last) {
		s.last = t
	}
}

func (s *slot) failed(class monitor.ErrorType) {
	if s.failures == nil {
		s.failures = make(map[monitor.ErrorType]uint64)
	}
	s.failures[class]++
}

// Rows of the heat map: eight for each tenfold, from a millisecond to the longest duration there is.
const (
	rowsPerDecade = 8
	latencyRows   = 13 * rowsPerDecade
)

func latencyRow(v float64) int {
	row := int(math.Floor((math.Log10(v) + 3) * rowsPerDecade))
	return min(max(row, 0), latencyRows-1)
}

// rowLow returns the least duration of a row, in seconds.
func rowLow(row int) float64 { return math.Pow(10, float64(row)/rowsPerDecade-3) }

func (s *slot) latency(v float64) { *at(&s.latencies, latencyRow(v))++ }

func (s *slot) merge(o *slot) {
	if !o.first.IsZero() {
		s.see(o.first)
		s.see(o.last)
	}
	s.calls += o.calls
	s.successes += o.successes
	s.errors += o.errors
	s.evaluations += o.evaluations
	s.usages += o.usages
	for i, n := range o.records {
		s.records[i] += n
	}
	for class, n := range o.failures {
		if s.failures == nil {
			s.failures = make(map[monitor.ErrorType]uint64)
		}
		s.failures[class] += n
	}
	for i, n := range o.latencies {
		*at(&s.latencies, i) += n
	}
	s.prompt.merge(o.prompt)
	s.completion.merge(o.completion)
	s.total.merge(o.total)
	s.firstToken.merge(o.firstToken)
	for i, c := range o.scores {
		at(&s.scores, i).merge(c)
	}
	for i, v := range o.cost {
		*at(&s.cost, i) += v
	}
}

// clone returns a copy that can be merged into.
func (s *slot) clone() *slot {
	c := *s
	c.failures = maps.Clone(s.failures)
	c.latencies, c.scores, c.cost = slices.Clone(s.latencies), slices.Clone(s.scores), slices.Clone(s.cost)
	return &c
}
