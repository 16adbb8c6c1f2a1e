package plot

// drawRates draws the share of calls that succeeded, failed with an error, or were rejected, over time.
func drawRates(r *run, o Options) (Figure, bool) {
	n := r.callsShown()
	if n == 0 {
		return Figure{}, false
	}
	groups, width := r.lineGroups(binCount(n))
	c := newChart(o, "Calls that succeeded and failed", r.note(plural(n, "call"), "shares per "+binLength(width)), r.missing())
	c.timeAxis(r.from, r.to)
	c.valueAxis(share, 0, 1, false)
	c.plot.Y.Label.Text = "share of calls in %"
	c.grid(true, true)
	for i, part := range [...]struct {
		name string
		ink  int
		of   func(*slot) uint64
	}{
		{"success", 0, func(s *slot) uint64 { return s.successes }},
		{"error", 1, func(s *slot) uint64 { return s.errors }},
		{"rejected (answered, and judged not good enough)", 2, func(s *slot) uint64 { return s.calls - s.successes - s.errors }},
	} {
		total := sumOf(groups, part.of)
		if i == 2 && total == 0 {
			continue
		}
		line := c.line(palette[part.ink], 1.3, i)
		c.add(lines{style: line, runs: lineOf(groups, func(s *slot) (float64, bool) {
			return float64(part.of(s)) / float64(max(s.calls, 1)), s.calls > 0
		})})
		label := part.name + " " + number(100*float64(total)/float64(n)) + " %"
		c.head.keys = append(c.head.keys, key{label: label, line: line})
	}
	return c.finish(""), true
}

// callsShown is how many calls are on time axes.
func (r *run) callsShown() uint64 { return r.calls - r.earlier.calls - r.later.calls }

func sumOf(groups []group, of func(*slot) uint64) (n uint64) {
	for _, g := range groups {
		n += of(g.slot)
	}
	return n
}
