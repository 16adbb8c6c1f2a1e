package plot

import (
	"cmp"
	"image/color"
)

// drawCost draws what had been spent by when: in all, and by the models that cost most.
func drawCost(r *run, o Options) (Figure, bool) {
	totals := make([]float64, len(r.models.list))
	var all float64
	add := func(s *slot) {
		for i, v := range s.cost {
			totals[i] += v
			all += v
		}
	}
	add(&r.earlier)
	for _, s := range r.slots {
		add(s.bin)
	}
	if all == 0 || len(r.slots) == 0 {
		return Figure{}, false
	}
	notes := []string{r.note(dollars.text(all) + " in all"), r.missing()}
	if r.unpriced > 0 {
		notes = append(notes, plural(r.unpriced, "event")+" used tokens whose cost is not known: they are not in it.")
	}
	c := newChart(o, "Cost so far", notes...)
	c.timeAxis(r.from, r.to)
	c.valueAxis(dollars, 0, all, false)
	c.grid(true, true)
	models := sortedIndexes(len(totals), func(a, b int) int {
		return cmp.Or(cmp.Compare(totals[b], totals[a]), cmp.Compare(r.models.list[a], r.models.list[b]))
	})
	for len(models) > 0 && totals[models[len(models)-1]] == 0 {
		models = models[:len(models)-1]
	}
	if len(models) > 1 {
		c.costLine(r, "all models", ink, 0, models)
	}
	for rank, i := range models {
		if rank == len(palette) && len(models) > rank+1 {
			c.costLine(r, plural(len(models)-rank, "other"), grey, 0, models[rank:])
			break
		}
		c.costLine(r, shorten(r.models.list[i], 34), colorOf(rank), rank%len(palette)+1, models[rank:rank+1])
	}
	return c.finish(""), true
}

// colorOf returns the colour of the i-th of something; past the palette it is grey.
func colorOf(i int) color.Color {
	if i < len(palette) {
		return palette[i]
	}
	return grey
}

// costLine draws the running total of these models.
func (c *chart) costLine(r *run, name string, ink color.Color, dash int, models []int) {
	groups, _ := r.groups(400)
	spent := func(s *slot) (sum float64) {
		for _, i := range models {
			if i < len(s.cost) {
				sum += s.cost[i]
			}
		}
		return sum
	}
	line := c.line(ink, 1.2, dash)
	run, total := running(r, groups, spent)
	c.add(lines{runs: [][]point{run}, style: line})
	c.head.keys = append(c.head.keys, key{label: name + " " + dollars.text(total), line: line})
}

// running returns the running total of something: it begins with what was before the axis, and what is in a bin has been
// counted at the bin's last event. It lasts to the end of the run.
func running(r *run, groups []group, of func(*slot) float64) (run []point, total float64) {
	total = of(&r.earlier)
	if r.from < r.to {
		run = append(run, point{r.from, total})
	}
	for _, g := range groups {
		if v := of(g.slot); v != 0 {
			total += v
			run = append(run, point{unix(g.last), total})
		}
	}
	if len(run) != 1 || run[0].x < r.to {
		run = append(run, point{r.to, total})
	}
	return run, total
}
