package plot

import (
	"errors"
	"slices"
	"strings"

	gplot "gonum.org/v1/plot"

	"github.com/genmeter/genmeter/monitor"
)

// Metric draws the samples of one metric over time: each of them, and the rolling mean of the last Options.Rolling. Where
// there are more than 2,000 it draws by time instead the mean, the 95th percentile, and from the least to the most. Names
// are those of [monitor.Monitor.Aggregate]. An unknown metric, and one without samples, is an error that lists what there is.
func Metric(src monitor.Source, name string, o Options) (*gplot.Plot, error) {
	f, err := MetricFigure(src, name, o)
	return f.Plot, err
}

// MetricFigure is [Metric] with what it takes to write the picture. Its name is the metric's.
func MetricFigure(src monitor.Source, name string, o Options) (Figure, error) {
	s, err := readSamples(src, name)
	if err != nil {
		return Figure{}, err
	}
	return s.draw(o.withDefaults(metricHeight))
}

func (s *samples) draw(o Options) (Figure, error) {
	dated := s.all.n - s.none
	if dated == 0 {
		return Figure{}, errors.New(plural(s.all.n, "sample") + " of metric " + printable(s.metric) + ", none with a time: nothing can be drawn over time")
	}
	u := unitOf(s.metric)
	facts := []string{plural(s.all.n, "sample"), "mean " + u.text(s.all.mean()), span(s.from, s.to)}
	notes := []string{strings.Join(facts, " · ")}
	if s.none > 0 {
		notes = append(notes, "Not on the time axis: "+plural(s.none, "sample")+" without a time.")
	}
	c := newChart(o, s.title(), notes...)
	c.timeAxis(s.from, s.to)
	switch {
	case strings.HasPrefix(s.metric, prefixModel), strings.HasPrefix(s.metric, prefixFinish):
		s.drawCounts(c)
	case s.points != nil:
		s.drawPoints(c, u)
	default:
		s.drawBins(c, u)
	}
	return c.finish(s.metric), nil
}

// unitOf returns the unit of a metric; that of a metric of the caller's own is not known.
func unitOf(metric string) unit { return builtins[metric] }

func (s *samples) title() string {
	for prefix, title := range map[string]string{
		prefixModel: "Calls to ", prefixFinish: "Calls that finished with ", prefixScore: "Score: ",
	} {
		if rest, ok := strings.CutPrefix(s.metric, prefix); ok {
			return title + shorten(rest, 60)
		}
	}
	title := []rune(strings.ReplaceAll(shorten(s.metric, 80), "_", " "))
	return strings.ToUpper(string(title[:min(1, len(title))])) + string(title[min(1, len(title)):])
}

// drawPoints draws each sample, and the rolling mean.
func (s *samples) drawPoints(c *chart, u unit) {
	slices.SortStableFunc(s.points, func(a, b point) int {
		switch {
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return 0
	})
	means := rolling(s.points, c.opts.Rolling)
	top, above := s.values(c, u, 0)
	c.grid(true, true)
	each := dots{radius: c.size / 6, color: sky}
	var tips []point
	for _, at := range s.points {
		if at.y > top {
			tips = append(tips, at)
		} else {
			each.at = append(each.at, at)
		}
	}
	c.add(each)
	line := c.line(blue, 1.3, 0)
	c.add(lines{runs: unbroken(s.points, means, c.plot.Y.Max), style: line})
	c.head.keys = append(c.head.keys, key{label: "a sample", dot: sky},
		key{label: "rolling mean of " + plural(c.opts.Rolling, "sample"), line: line})
	if s.all.n >= 20 && u != share && s.all.low < s.all.high {
		s.level(c, u, s.all.quantile(0.95))
	}
	s.threshold(c, u)
	if above > 0 {
		c.beyond(above, top, s.all.high, u, tips)
	}
}

// level draws where 95 of 100 samples lie below.
func (s *samples) level(c *chart, u unit, p95 float64) {
	line := c.line(purple, 1, 2)
	c.add(lines{runs: [][]point{{{c.plot.X.Min, p95}, {c.plot.X.Max, p95}}}, style: line})
	c.head.keys = append(c.head.keys, key{label: "p95 " + u.text(p95), line: line})
}

func (s *samples) threshold(c *chart, u unit) {
	if t := c.opts.Threshold; t != nil && finite(*t) {
		line := c.line(vermilion, 1.2, 1)
		c.add(lines{runs: [][]point{{{c.plot.X.Min, *t}, {c.plot.X.Max, *t}}}, style: line})
		c.head.keys = append(c.head.keys, key{label: "threshold " + u.text(*t), line: line})
	}
}

// values sets the value axis, which also holds the threshold and what else is to be seen.
func (s *samples) values(c *chart, u unit, seen float64) (top float64, above uint64) {
	top, above = shortened(&s.all.sketch, seen)
	top = min(top, s.all.high)
	low, high := min(s.all.low, 0), top
	if s.all.low > 0 && s.all.low < s.all.high && s.all.high-s.all.low < s.all.low/4 && u != share {
		low = s.all.low // far from zero, and close together
	}
	if t := c.opts.Threshold; t != nil && finite(*t) {
		low, high = min(low, *t), max(high, *t)
	}
	if above > 0 && high > top { // the axis reaches further than it had to
		above, top = s.all.above(high)
		top = min(top, s.all.high)
	}
	c.valueAxis(u, low, high, false)
	if strings.HasPrefix(s.metric, prefixScore) {
		c.plot.Y.Label.Text = "score"
	}
	return top, above
}

// rolling returns the means of the last n samples; the first ones are of fewer.
func rolling(points []point, n int) []float64 {
	means := make([]float64, len(points))
	for i := range points {
		var c cell
		for _, p := range points[max(0, i+1-n) : i+1] {
			c.add(p.y)
		}
		means[i] = c.mean()
	}
	return means
}

// unbroken returns the lines through the means that are not above top: a new one where there was no sample for long.
func unbroken(points []point, means []float64, top float64) [][]point {
	var steps []float64
	for i := 1; i < len(points); i++ {
		steps = append(steps, points[i].x-points[i-1].x)
	}
	limit := 0.0
	if len(steps) > 0 {
		whole := points[len(points)-1].x - points[0].x
		limit = max(whole/12, 10*slices.Sorted(slices.Values(steps))[len(steps)/2])
	}
	var runs [][]point
	broken := true
	for i, p := range points {
		if broken = broken || steps[i-1] > limit; means[i] > top {
			broken = true
			continue
		}
		if broken {
			runs, broken = append(runs, nil), false
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], point{p.x, means[i]})
	}
	return runs
}
