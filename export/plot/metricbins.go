package plot

import "time"

// drawBins draws what more samples than can be seen come to, bin by bin.
func (s *samples) drawBins(c *chart, u unit) {
	groups, width := s.groups(binCount(s.all.n))
	groups = withoutThin(groups, func(g sampleGroup) (int64, uint64) { return g.index, g.n },
		func(into, from sampleGroup) { into.mergeSlot(from.sampleSlot) })
	var means, p95s [][]point
	var ranges [][]spread
	var mean cell
	for _, part := range s.parts(groups) {
		var m, p []point
		var around []spread
		for _, g := range part {
			x := (g.from + g.to) / 2
			m = append(m, point{x, g.mean()})
			p = append(p, point{x, g.quantile(0.95)})
			around = append(around, spread{x, g.low, g.high})
			mean.add(g.mean())
		}
		means, p95s, ranges = append(means, m), append(p95s, p), append(ranges, around)
	}
	top, above := s.values(c, u, mean.high)
	c.grid(true, true)
	if u != share {
		c.add(band{runs: ranges, color: faint(blue, 0x38), least: c.size / 4})
		c.head.keys = append(c.head.keys, key{label: "lowest to highest", fill: faint(blue, 0x38)})
		line := c.line(purple, 1, 1)
		c.add(lines{runs: p95s, style: line})
		c.head.keys = append(c.head.keys, key{label: "p95", line: line})
	}
	line := c.line(blue, 1.3, 0)
	c.add(lines{runs: means, style: line})
	c.head.keys = append(c.head.keys, key{label: "mean per " + binLength(width), line: line})
	s.threshold(c, u)
	if above > 0 {
		c.beyond(above, top, s.all.high, u, tips(ranges, top))
	}
}

// drawCounts draws how many samples there were when, for metrics whose value is always 1.
func (s *samples) drawCounts(c *chart) {
	groups, width := s.groups(int(min(max(s.all.n/3, 16), 60)))
	bars := boxes{color: blue, gap: c.size / 10, least: c.size / 5}
	high := 0.0
	for _, g := range groups {
		bar := boxOf(g.index, width, s.from, s.to)
		bar.high = float64(g.n)
		bars.at = append(bars.at, bar)
		high = max(high, float64(g.n))
	}
	c.valueAxis(plain, 0, high, true)
	c.plot.Y.Label.Text = "calls per " + binLength(width)
	c.grid(false, true)
	c.add(bars)
}

type sampleGroup struct {
	index int64
	*sampleSlot
}

// groups returns the samples in at most most bins, without the empty ones, and how wide they are.
func (s *samples) groups(most int) ([]sampleGroup, time.Duration) {
	stored := s.lines.width()
	width := shownWidth(stored, time.Duration(min((s.to-s.from)*1e9, 1<<62)), most)
	factor := int64(width / stored)
	var groups []sampleGroup
	for _, b := range s.lines.sorted() {
		index := floorDiv(b.index, factor)
		if n := len(groups); n == 0 || groups[n-1].index != index {
			groups = append(groups, sampleGroup{index, new(sampleSlot)})
		}
		groups[len(groups)-1].mergeSlot(b.bin)
	}
	return groups, width
}

// parts splits the groups where there are none for a while.
func (s *samples) parts(groups []sampleGroup) [][]sampleGroup {
	var runs [][]sampleGroup
	for i, g := range groups {
		if i == 0 || g.index-groups[i-1].index > gapBins {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], g)
	}
	return runs
}
