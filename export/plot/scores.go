package plot

import (
	"cmp"
	"slices"
)

// maxScores is how many scores have a line: six colours by two patterns of dashes.
const maxScores = 12

// drawScores draws the mean of each score over time.
func drawScores(r *run, o Options) (Figure, bool) {
	totals := make([]cell, len(r.scores.list))
	var n uint64
	for _, s := range r.slots {
		for i, v := range s.bin.scores {
			totals[i].merge(v)
			n += v.n
		}
	}
	order := sortedIndexes(len(totals), func(a, b int) int {
		return cmp.Or(cmp.Compare(totals[b].n, totals[a].n), cmp.Compare(r.scores.list[a], r.scores.list[b]))
	})
	order = slices.DeleteFunc(order, func(i int) bool { return totals[i].n == 0 })
	if len(order) == 0 {
		return Figure{}, false
	}
	hidden := ""
	if len(order) > maxScores {
		hidden = "The " + count(maxScores) + " most frequent of " + count(len(order)) + " scores are shown."
		order = order[:maxScores]
	}
	groups, width := r.lineGroups(binCount(n / uint64(len(order))))
	c := newChart(o, "Evaluation scores", r.note(plural(n, "score"), "mean per "+binLength(width)), hidden, r.missing())
	c.timeAxis(r.from, r.to)
	var seen cell
	var drawn []lines
	for rank, i := range order {
		of := func(s *slot) (float64, bool) {
			if i >= len(s.scores) || s.scores[i].n == 0 {
				return 0, false
			}
			return s.scores[i].mean(), true
		}
		runs := lineOf(groups, of)
		for _, run := range runs {
			for _, at := range run {
				seen.add(at.y)
			}
		}
		line := c.line(palette[rank%len(palette)], 1.2, rank%len(palette)+rank/len(palette)*3)
		drawn = append(drawn, lines{runs: runs, style: line})
		c.head.keys = append(c.head.keys, key{label: shorten(r.scores.list[i], 32) + " " + number(totals[i].mean()), line: line})
	}
	low, high := seen.low, seen.high
	if low >= 0 && high <= 1 {
		low, high = 0, 1 // most scores are shares of the best
	}
	c.valueAxis(plain, low, high, false)
	c.plot.Y.Label.Text = "score"
	c.grid(true, true)
	for _, l := range drawn {
		c.add(l)
	}
	return c.finish(""), true
}

// sortedIndexes returns the numbers below n, sorted.
func sortedIndexes(n int, compare func(a, b int) int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, compare)
	return order
}
