package plot

import "gonum.org/v1/plot/vg"

func drawTotalTokens(r *run, o Options) (Figure, bool) {
	return r.overTime(&r.total, o, tokens, "Total tokens a call", func(s *slot) *cell { return &s.total })
}

func drawPromptTokens(r *run, o Options) (Figure, bool) {
	return r.overTime(&r.prompt, o, tokens, "Prompt tokens a call", func(s *slot) *cell { return &s.prompt })
}

func drawCompletionTokens(r *run, o Options) (Figure, bool) {
	return r.overTime(&r.completion, o, tokens, "Completion tokens a call", func(s *slot) *cell { return &s.completion })
}

func drawFirstToken(r *run, o Options) (Figure, bool) {
	return r.overTime(&r.firstToken, o, seconds, "Time to first token", func(s *slot) *cell { return &s.firstToken })
}

// overTime draws the mean of something over time, and between which values it lay.
func (r *run) overTime(all *sketch, o Options, u unit, title string, of func(*slot) *cell) (Figure, bool) {
	groups, width := r.lineGroups(binCount(all.n))
	parts := broken(groups, func(s *slot) bool { return of(s).n > 0 })
	if len(parts) == 0 {
		return Figure{}, false
	}
	c := newChart(o, title, r.note(r.reports(all.n, u), "mean "+u.text(all.mean())), r.missing())
	c.timeAxis(r.from, r.to)
	var means [][]point
	var ranges [][]spread
	var shown cell // of means and of what lies around them
	var mean cell
	for _, part := range parts {
		var line []point
		var around []spread
		for _, g := range part {
			v := of(g.slot)
			line = append(line, point{g.x, v.mean()})
			around = append(around, spread{g.x, v.low, v.high})
			mean.add(v.mean())
			shown.add(v.low)
			shown.add(v.high)
		}
		means, ranges = append(means, line), append(ranges, around)
	}
	top, above := shortened(all, max(mean.high, 0))
	top = min(top, shown.high)
	c.valueAxis(u, 0, top, u == tokens)
	c.grid(true, true)
	c.add(band{runs: ranges, color: faint(blue, 0x38), least: c.size / 4})
	line := c.line(blue, 1.3, 0)
	c.add(lines{runs: means, style: line})
	c.head.keys = append(c.head.keys, key{label: "mean per " + binLength(width), line: line},
		key{label: "lowest to highest per " + binLength(width), fill: faint(blue, 0x38)})
	if above > 0 {
		c.beyond(above, top, all.high, u, tips(ranges, top))
	}
	return c.finish(""), true
}

// reports prints how many events reported what is drawn: evaluations use tokens as calls do.
func (r *run) reports(n uint64, u unit) string {
	if u == tokens && r.evaluations > 0 && n > 1 {
		return count(n) + " calls and evaluations"
	}
	return plural(n, "call")
}

// shortened returns where a value axis ends, and how many samples are beyond. It ends at the largest, but where that is so
// far from nearly all the others, and from what else is to be seen, that it would flatten the rest.
func shortened(s *sketch, seen float64) (top float64, above uint64) {
	usual := max(s.quantile(1-max(0.001, min(5/float64(s.n), 0.5))), seen)
	if usual <= 0 || s.high <= 4*usual {
		return s.high, 0
	}
	above, top = s.above(1.5 * usual)
	return top, above
}

// tips returns where the bands go beyond the axis.
func tips(ranges [][]spread, top float64) []point {
	var at []point
	for _, part := range ranges {
		for _, s := range part {
			if s.high > top {
				at = append(at, point{s.x, s.high})
			}
		}
	}
	return at
}

// beyond marks where values lie beyond the end of the axis, and says how many.
func (c *chart) beyond(n uint64, top, largest float64, u unit, at []point) {
	c.add(dots{at: at, radius: c.size / 3, color: vermilion, triangle: true})
	label := count(n) + " above " + u.text(top) + ", up to " + u.text(largest)
	c.head.keys = append(c.head.keys, key{label: label, dot: vermilion, triangle: true})
}

// margin is what is left free around a picture.
func margin(o Options) vg.Length { return vg.Points(min(o.Width, o.Height) * 1.6) }
