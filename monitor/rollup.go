package monitor

import (
	"math"
	"slices"
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

// mean returns the mean, which rounding of the sum must not put outside of the samples.
func (s *summary) mean() float64 { return min(max(s.sum/float64(s.count), s.min), s.max) }

// A timeline holds one cell per span of seconds in which something happened, in the order of time, and the total of
// everything, whenever it happened. C is summary or usage.
type timeline[C any] struct {
	span  int64 // seconds a cell
	total C
	cells []timed[C] // from the start of its array, so that its capacity is all the memory there is
}

type timed[C any] struct {
	at   int64 // Unix seconds at the start of the span
	cell C
}

// at returns the cell for a time in Unix seconds, making it when needed, and by how many bytes the memory has grown.
// Cells that end at or before the second outdated may be forgotten. The cell is valid until the next call.
func (t *timeline[C]) at(sec, outdated int64) (cell *C, grown int) {
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
	if n == cap(t.cells) {
		old := min(t.ended(outdated), i)
		grown = t.move(old, roomFor(n-old))
		i -= old
	}
	t.cells = slices.Insert(t.cells, i, timed[C]{at: sec})
	return &t.cells[i].cell, grown
}

// roomFor returns the size of an array for so many cells and some more. To double it, as append does, would be much for
// what is kept for an hour.
func roomFor(cells int) int { return cells + cells/8 + 4 }

// move forgets the first cells and moves the others to an array for size of them. It returns by how many bytes the
// memory has grown.
func (t *timeline[C]) move(old, size int) (grown int) {
	before := t.bytes()
	kept := t.cells[old:]
	t.cells = nil
	if size > 0 {
		t.cells = append(slices.Grow([]timed[C](nil), size), kept...)
	}
	return t.bytes() - before
}

// bytes returns the memory that the cells take.
func (t *timeline[C]) bytes() int { return cap(t.cells) * int(unsafe.Sizeof(timed[C]{})) }

// ended returns how many cells end at or before sec.
func (t *timeline[C]) ended(sec int64) int {
	return sort.Search(len(t.cells), func(i int) bool { return t.cells[i].at+t.span > sec })
}

// forget forgets the cells that end at or before sec, and returns how many bytes that has freed.
func (t *timeline[C]) forget(sec int64) (freed int) {
	old := t.ended(sec)
	if old == 0 {
		return 0
	}
	live := len(t.cells) - old
	if live == 0 {
		return -t.move(old, 0)
	}
	return -t.move(old, min(roomFor(live), cap(t.cells)-old)) // without the room, the next cell would take it again
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
