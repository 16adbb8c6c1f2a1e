package plot

import (
	"math"
)

// drawHeatmap draws how many calls took how long when: the darker, the more.
func drawHeatmap(r *run, o Options) (Figure, bool) {
	groups, width := r.groups(int(min(max(r.durations.n/8, 16), 96)))
	first, last, most := latencyRows, -1, uint32(0)
	var n uint64
	for _, g := range groups {
		for row, v := range g.latencies {
			if v > 0 {
				first, last, most, n = min(first, row), max(last, row), max(most, v), n+uint64(v)
			}
		}
	}
	if last < 0 {
		return Figure{}, false
	}
	c := newChart(o, "When calls took how long", r.note(plural(n, "call")+" measured", "columns of "+binLength(width)), r.missing())
	c.timeAxis(r.from, r.to)
	c.plot.Y.Min, c.plot.Y.Max = rowLow(first), rowLow(last+1)
	c.plot.Y.Scale = logScale{}
	c.plot.Y.Label.Text = "seconds (logarithmic)"
	c.plot.Y.Tick.Marker = logTicks{most: min(max(int(o.Height*72/float64(c.size)/3.4), 3), 12)}
	c.grid(false, true)
	levels := heatLevels(most)
	layers := make([]boxes, len(levels))
	for i, l := range levels {
		layers[i].least = c.size / 5
		layers[i].color = heat[heatIndex(i, len(levels))]
		label := count(uint64(l.from))
		if l.to > l.from {
			label += "–" + count(uint64(l.to))
		}
		if i == len(levels)-1 {
			label += " calls"
			if l.to == 1 {
				label = "1 call"
			}
		}
		c.head.keys = append(c.head.keys, key{label: label, fill: layers[i].color})
	}
	for _, g := range groups {
		fillColumn(g, levels, layers)
	}
	for _, l := range layers {
		c.add(l)
	}
	return c.finish(""), true
}

type heatLevel struct{ from, to uint32 }

// heatLevels divides 1 to most into at most as many levels as there are colours, each several times the one before.
func heatLevels(most uint32) []heatLevel {
	var levels []heatLevel
	from := uint32(1)
	for i := range heat {
		to := uint32(math.Ceil(math.Pow(float64(most), float64(i+1)/float64(len(heat)))))
		if i == len(heat)-1 {
			to = most
		}
		if to = min(to, most); to >= from {
			levels = append(levels, heatLevel{from, to})
			from = to + 1
		}
	}
	return levels
}

// heatIndex spreads few levels over all colours.
func heatIndex(level, levels int) int {
	if levels == 1 {
		return len(heat) / 2
	}
	return level * (len(heat) - 1) / (levels - 1)
}

// fillColumn adds the column's boxes to the layers, one for neighbours of the same level.
func fillColumn(g group, levels []heatLevel, layers []boxes) {
	levelOf := func(row int) int {
		if row >= len(g.latencies) || g.latencies[row] == 0 {
			return -1
		}
		for i, l := range levels {
			if g.latencies[row] <= l.to {
				return i
			}
		}
		return len(levels) - 1
	}
	for row := 0; row < len(g.latencies); {
		level, from := levelOf(row), row
		for row < len(g.latencies) && levelOf(row) == level {
			row++
		}
		if level >= 0 {
			b := box{g.box.left, g.box.right, rowLow(from), rowLow(row)}
			layers[level].at = append(layers[level].at, b)
		}
	}
}
