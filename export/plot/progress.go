package plot

import (
	"image/color"
	"time"

	"gonum.org/v1/plot/vg"

	"github.com/genmeter/genmeter/monitor"
)

// drawProgress draws how many records were accepted by when, the target, and when it will be reached.
func drawProgress(r *run, o Options) (Figure, bool) {
	if r.records == 0 || len(r.slots) == 0 {
		return Figure{}, false
	}
	groups, _ := r.groups(400)
	runs, totals := [3][]point{}, [3]float64{}
	for outcome := range runs {
		runs[outcome], totals[outcome] = running(r, groups, func(s *slot) float64 { return float64(s.records[outcome]) })
	}
	done := totals[monitor.Accepted]
	what := plural(uint64(done), "record") + " accepted"
	if r.target >= 1 {
		what += " of " + count(uint64(r.target)) + " (" + number(100*done/r.target) + " %)"
	}
	c := newChart(o, "Progress", r.note(what), r.missing())
	end := r.to
	last := point{r.to, done}
	reached := r.projection(done)
	drawn := reached > 0 && reached-r.from <= 4*(r.to-r.from)
	if drawn {
		end = reached
	}
	c.timeAxis(r.from, end)
	high := max(done, totals[1], totals[2])
	if r.target >= 1 && r.target < 20*max(high, 1) {
		high = max(high, r.target)
	}
	c.valueAxis(plain, 0, high, true)
	c.plot.Y.Label.Text = "records"
	c.grid(true, true)
	for outcome, ink := range [...]color.Color{blue, vermilion, purple} {
		if outcome > 0 && totals[outcome] == 0 {
			continue
		}
		line := c.line(ink, [...]vg.Length{1.6, 1.1, 1.1}[outcome], outcome)
		c.add(lines{runs: [][]point{runs[outcome]}, style: line})
		c.head.keys = append(c.head.keys, key{
			label: monitor.RecordOutcome(outcome).String() + " " + count(uint64(totals[outcome])), line: line,
		})
	}
	if r.target >= 1 {
		line := c.line(green, 1.1, 4)
		if r.target <= high {
			c.add(lines{runs: [][]point{{{c.plot.X.Min, r.target}, {c.plot.X.Max, r.target}}}, style: line})
		}
		c.head.keys = append(c.head.keys, key{label: "target " + count(uint64(r.target)), line: line})
	}
	if reached > 0 {
		line := c.line(grey, 1.1, 2)
		if drawn {
			c.add(lines{runs: [][]point{{last, {reached, r.target}}}, style: line})
		}
		c.head.keys = append(c.head.keys, key{label: "reached at " + r.clock(reached) + ", at the last pace", line: line})
	}
	return c.finish(""), true
}

// clock prints a time of day and its date; with seconds when the run is short, and with the year when that is another.
func (r *run) clock(at float64) string {
	layout := "15:04 on Jan 2"
	if at-r.from < 600 {
		layout = "15:04:05 on Jan 2"
	}
	if fromUnix(at).Year() != fromUnix(r.to).Year() {
		layout += ", 2006"
	}
	return fromUnix(at).Format(layout)
}

// paceWindow is the time over which the pace of records is taken.
const paceWindow = 5 * time.Minute

// projection returns when the target will be reached at the pace of the last five minutes, or of the whole run when that is
// shorter; 0 when it has been reached, or cannot be told.
func (r *run) projection(done float64) float64 {
	begin := max(r.from, r.to-max(paceWindow, 2*r.lines.width()).Seconds())
	var n float64
	for _, s := range r.slots {
		if unix(s.bin.last) > begin || begin == r.from {
			n += float64(s.bin.records[monitor.Accepted])
		}
	}
	if left := r.target - done; left > 0 && n > 0 && r.to > begin {
		if at := r.to + left/(n/(r.to-begin)); at < 2e11 {
			return at
		}
	}
	return 0
}
