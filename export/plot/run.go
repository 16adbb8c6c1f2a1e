package plot

import (
	"slices"
	"strings"
	"time"
)

// run is a Collector's content, sorted and cut for drawing.
type run struct {
	*Collector
	slots    []placed[slot]
	earlier  slot    // what is before them, or has no time: where running totals begin
	later    slot    // what is behind them
	from, to float64 // time of the first and the last event in slots
}

func newRun(c *Collector) *run {
	r := &run{Collector: c, slots: c.lines.sorted()}
	r.earlier.merge(&c.undated)
	first, last := mainPart(r.slots)
	for i, s := range r.slots {
		switch {
		case i < first:
			r.earlier.merge(s.bin)
		case i > last:
			r.later.merge(s.bin)
		}
	}
	if len(r.slots) > 0 {
		r.slots = r.slots[first : last+1]
		r.from, r.to = unix(r.slots[0].bin.first), unix(r.slots[len(r.slots)-1].bin.last)
	}
	return r
}

// mainPart returns the first and the last of the slots that a time axis shows. A few events that are far from all the
// others, such as those of a machine whose clock was wrong, would leave no room for the rest: shown is the shortest time that
// has 98 % of the events, and what comes before or behind it within ten times its length.
func mainPart(slots []placed[slot]) (first, last int) {
	first, last = core(slots)
	for first > 0 && slots[first].index-slots[first-1].index <= 10*reach(slots, first, last) {
		first--
	}
	for last < len(slots)-1 && slots[last+1].index-slots[last].index <= 10*reach(slots, first, last) {
		last++
	}
	return first, last
}

func reach(slots []placed[slot], first, last int) int64 {
	return slots[last].index - slots[first].index + 1
}

// core returns the shortest time that has 98 % of the events.
func core(slots []placed[slot]) (first, last int) {
	all := eventsOf(slots)
	enough := all - all/50
	last = len(slots) - 1
	from, within := 0, uint64(0)
	for to, s := range slots {
		within += s.bin.events()
		for within-slots[from].bin.events() >= enough {
			within -= slots[from].bin.events()
			from++
		}
		if within >= enough && reach(slots, from, to) < reach(slots, first, last) {
			first, last = from, to
		}
	}
	return first, last
}

func eventsOf(slots []placed[slot]) (n uint64) {
	for _, s := range slots {
		n += s.bin.events()
	}
	return n
}

// group is a bin of a picture: several slots, when those are narrower.
type group struct {
	index int64
	x     float64 // its middle, as far as there were events around it
	box   box     // its left and right
	*slot
}

// groups returns the run in at most most bins, without the empty ones, and how wide they are.
func (r *run) groups(most int) ([]group, time.Duration) {
	stored := r.lines.width()
	width := shownWidth(stored, time.Duration(min((r.to-r.from)*1e9, 1<<62)), most)
	factor := int64(width / stored)
	var groups []group
	for _, s := range r.slots {
		index := floorDiv(s.index, factor)
		if n := len(groups); n > 0 && groups[n-1].index == index {
			groups[n-1].merge(s.bin)
			continue
		}
		groups = append(groups, group{index, 0, boxOf(index, width, r.from, r.to), s.bin.clone()})
	}
	for i := range groups {
		g := &groups[i]
		g.x = min(max((g.box.left+g.box.right)/2, unix(g.first)), unix(g.last))
	}
	return groups, width
}

// boxOf returns the box of a bin, as far as it is within the run.
func boxOf(index int64, width time.Duration, from, to float64) box {
	left := float64(index) * width.Seconds()
	return box{left: max(left, from), right: min(left+width.Seconds(), to)}
}

// lineGroups returns groups for lines. One that a run has only begun or just ended in is merged into its neighbour: the mean
// of the few samples of a part of a minute says little beside those of whole ones.
func (r *run) lineGroups(most int) ([]group, time.Duration) {
	all, width := r.groups(most)
	return withoutThin(all, func(g group) (int64, uint64) { return g.index, g.events() },
		func(into, from group) { into.merge(from.slot) }), width
}

// withoutThin merges groups with a gap on one side into the neighbour on the other, where that has three times as much.
func withoutThin[G any](all []G, look func(G) (index int64, size uint64), merge func(into, from G)) []G {
	var kept []G
	for i, g := range all {
		n := len(kept)
		index, size := look(g)
		if n == 0 {
			kept = append(kept, g)
			continue
		}
		before, sizeBefore := look(kept[n-1])
		first := n == 1
		if !first {
			beyond, _ := look(kept[n-2])
			first = beyond < before-1
		}
		last := i == len(all)-1
		if !last {
			next, _ := look(all[i+1])
			last = next > index+1
		}
		switch {
		case index == before+1 && first && 3*sizeBefore < size:
			merge(g, kept[n-1])
			kept[n-1] = g
		case index == before+1 && last && 3*size < sizeBefore:
			merge(kept[n-1], g)
		default:
			kept = append(kept, g)
		}
	}
	return kept
}

// gapBins is how many bins without a sample break a line, in bins of the usual distance between samples.
const gapBins = 3

// broken splits the groups that have a value where there are none for a while.
func broken(groups []group, has func(*slot) bool) [][]group {
	var kept []group
	var steps []int64
	for _, g := range groups {
		if !has(g.slot) {
			continue
		}
		if n := len(kept); n > 0 {
			steps = append(steps, g.index-kept[n-1].index)
		}
		kept = append(kept, g)
	}
	usual := int64(1)
	if len(steps) > 0 {
		sorted := slices.Sorted(slices.Values(steps))
		usual = sorted[len(sorted)/2]
	}
	var runs [][]group
	for i, g := range kept {
		if i == 0 || steps[i-1] > gapBins*usual {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], g)
	}
	return runs
}

// lineOf returns the lines of a value over time.
func lineOf(groups []group, value func(*slot) (v float64, ok bool)) [][]point {
	var all [][]point
	for _, part := range broken(groups, func(s *slot) bool { _, ok := value(s); return ok }) {
		line := make([]point, len(part))
		for i, g := range part {
			v, _ := value(g.slot)
			line[i] = point{g.x, v}
		}
		all = append(all, line)
	}
	return all
}

// note says what a picture over time is drawn from.
func (r *run) note(what ...string) string {
	return strings.Join(append(what, span(r.from, r.to)), " · ")
}

// missing says which events are not on a time axis; running totals have them all the same.
func (r *run) missing() string {
	var parts []string
	if n := r.undated.events(); n > 0 {
		parts = append(parts, plural(n, "event")+" without a time")
	}
	if n := r.later.events() + r.earlier.events() - r.undated.events(); n > 0 {
		parts = append(parts, plural(n, "event")+" far from the others in time")
	}
	if len(parts) == 0 {
		return ""
	}
	return "Not on the time axis: " + strings.Join(parts, ", ") + "."
}

// span prints from when to when, and how long that is.
func span(from, to float64) string {
	a, b := fromUnix(from), fromUnix(to)
	text := a.Format("2006-01-02 15:04:05")
	switch {
	case a.Truncate(time.Second).Equal(b.Truncate(time.Second)):
		text += " UTC"
	case a.Truncate(day).Equal(b.Truncate(day)):
		text += b.Format(" – 15:04:05 UTC")
	default:
		text += b.Format(" – 2006-01-02 15:04:05 UTC")
	}
	if 1e-6 <= to-from && to-from < 9e9 { // as long as time.Duration can say
		text += " (" + length(b.Sub(a)) + ")"
	}
	return text
}
