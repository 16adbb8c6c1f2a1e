package monitor

import (
	"math"
	"sort"
	"unsafe"
)

// summary is what can be said of samples without keeping them.
type summary struct {
	count         uint64
	sum, min, max float64
}

func (s *summary) add(v float64) {
	if s.count == 0 || v < s.min {
		s.min = v
	}
	if s.count == 0 || v > s.max {
		s.max = v
	}
	s.count++
	s.sum += v
}

func (s *summary) merge(o summary) {
	if o.count == 0 {
		return
	}
	if s.count == 0 {
		*s = o
		return
	}
	s.min = math.Min(s.min, o.min)
	s.max = math.Max(s.max, o.max)
	s.count += o.count
	s.sum += o.sum
}

// A timeline holds one cell per span of seconds in which something happened, in the order of time, and the total of
// everything, whenever it happened. C is summary or usage.
type timeline[C any] struct {
	span  int64 // seconds a cell
	total C
	cells []timed[C]
}

type timed[C any] struct {
	at   int64 // Unix seconds at the start of the span
	cell C
}

// at returns the cell for a time in Unix seconds, making it when needed, and how many bytes that took. The cell is
// valid until the next call.
func (t *timeline[C]) at(sec int64) (cell *C, grown int) {
	sec -= sec % t.span
	n := len(t.cells)
	if n > 0 && t.cells[n-1].at == sec { // nearly always
		return &t.cells[n-1].cell, 0
	}
	i := n
	if n > 0 && t.cells[n-1].at > sec {
		i = sort.Search(n, func(i int) bool { return t.cells[i].at >= sec })
		if t.cells[i].at == sec {
			return &t.cells[i].cell, 0
		}
	}
	t.cells = append(t.cells, timed[C]{})
	copy(t.cells[i+1:], t.cells[i:])
	t.cells[i] = timed[C]{at: sec}
	return &t.cells[i].cell, t.size(1)
}

func (t *timeline[C]) size(cells int) int { return cells * int(unsafe.Sizeof(timed[C]{})) }

// trim forgets the cells that end at or before sec, and returns how many bytes they were.
func (t *timeline[C]) trim(sec int64) (freed int) {
	i := 0
	for i < len(t.cells) && t.cells[i].at+t.span <= sec {
		i++
	}
	t.cells = t.cells[i:]
	return t.size(i)
}

// between calls f with each cell that overlaps the seconds from…to, both included.
func (t *timeline[C]) between(from, to int64, f func(C)) {
	i := sort.Search(len(t.cells), func(i int) bool { return t.cells[i].at+t.span > from })
	for ; i < len(t.cells) && t.cells[i].at <= to; i++ {
		f(t.cells[i].cell)
	}
}

// rollup is the timeline of one metric.
type rollup = timeline[summary]

// usage counts calls and tokens, exactly.
type usage struct {
	calls                         uint64
	prompt, completion, total     int64
	cached, cacheWrite, reasoning int64
	cost                          float64
	unpriced                      int64
}

func (u *usage) merge(o usage) {
	u.calls += o.calls
	u.prompt += o.prompt
	u.completion += o.completion
	u.total += o.total
	u.cached += o.cached
	u.cacheWrite += o.cacheWrite
	u.reasoning += o.reasoning
	u.cost += o.cost
	u.unpriced += o.unpriced
}

// tokenRollup is the timeline of one model's usage.
type tokenRollup = timeline[usage]
