package plot

import (
	"cmp"
	"slices"
	"time"
)

// maxBins is how many bins with something in them a timeline has before it merges them into wider ones.
const maxBins = 1024

// timeline holds something for each stretch of time in which there was anything. How long a run is need not be known
// beforehand: bins begin at a millisecond and get wider when there are too many. Times may come in any order.
type timeline[B any] struct {
	level int // of storedWidths
	bins  map[int64]*B
	merge func(into, from *B)

	lastIndex int64 // of the bin that was used last, when last is not nil
	last      *B
}

func newTimeline[B any](merge func(into, from *B)) *timeline[B] {
	return &timeline[B]{bins: make(map[int64]*B), merge: merge}
}

func (t *timeline[B]) width() time.Duration { return storedWidths[t.level] }

// at returns the bin of that time, for the caller to add to before it asks for another.
func (t *timeline[B]) at(when time.Time) *B {
	index := binOf(when, t.width())
	if t.last != nil && index == t.lastIndex {
		return t.last
	}
	b := t.bins[index]
	for b == nil {
		if len(t.bins) < maxBins || t.level == len(storedWidths)-1 {
			b = new(B)
			t.bins[index] = b
			break
		}
		t.widen()
		index = binOf(when, t.width())
		b = t.bins[index]
	}
	t.lastIndex, t.last = index, b
	return b
}

// widen merges the bins into those of the next width.
func (t *timeline[B]) widen() {
	t.level++
	factor := int64(storedWidths[t.level] / storedWidths[t.level-1])
	wider := make(map[int64]*B, len(t.bins)/2)
	for _, k := range t.sorted() { // in this order: a sum of floats depends on it
		to := floorDiv(k.index, factor)
		if into := wider[to]; into != nil {
			t.merge(into, k.bin)
		} else {
			wider[to] = k.bin
		}
	}
	t.bins, t.last = wider, nil
}

// placed is a bin and where it is: index times the width since 1970.
type placed[B any] struct {
	index int64
	bin   *B
}

func (t *timeline[B]) sorted() []placed[B] {
	all := make([]placed[B], 0, len(t.bins))
	for index, b := range t.bins {
		all = append(all, placed[B]{index, b})
	}
	slices.SortFunc(all, func(a, b placed[B]) int { return cmp.Compare(a.index, b.index) })
	return all
}

// binOf returns the index of the bin of a time. Widths are whole milliseconds.
func binOf(t time.Time, width time.Duration) int64 {
	return floorDiv(t.UnixMilli(), int64(width/time.Millisecond))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// datable reports whether a time is one for an axis: it is known, and its year has four digits.
func datable(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	y := t.UTC().Year()
	return 1 <= y && y <= 9999
}

// unix returns seconds since 1970, which time axes have as their values.
func unix(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

// fromUnix undoes unix, to the microsecond.
func fromUnix(s float64) time.Time { return time.UnixMicro(int64(s * 1e6)).UTC() }
