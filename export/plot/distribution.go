package plot

import (
	"image/color"
	"math"
)

func drawGenerationTime(r *run, o Options) (Figure, bool) {
	return distribution(&r.durations, o, "How long calls took", "call")
}

func drawEvaluationTime(r *run, o Options) (Figure, bool) {
	return distribution(&r.evaluationTimes, o, "How long evaluations took", "evaluation")
}

// distribution draws how often which duration occurred. Its axis is logarithmic: durations of calls are spread over tenfolds,
// and one that hung must not hide the others.
func distribution(s *exact, o Options, title, noun string) (Figure, bool) {
	if s.n == 0 {
		return Figure{}, false
	}
	bars, high := histogram(&s.sketch)
	c := newChart(o, title, plural(s.n, noun)+" measured · mean "+seconds.text(s.mean())+" · from "+
		seconds.text(s.low)+" to "+seconds.text(s.high))
	c.plot.X.Min, c.plot.X.Max = bars[0].left, bars[len(bars)-1].right
	if c.plot.X.Max/c.plot.X.Min < 1.3 {
		c.plot.X.Min, c.plot.X.Max = c.plot.X.Min/1.15, c.plot.X.Max*1.15
	}
	c.plot.X.Scale = logScale{}
	c.plot.X.Label.Text = "seconds (logarithmic)"
	c.plot.X.Tick.Length = c.size / 3
	c.plot.X.Tick.Marker = logTicks{most: mostTicks}
	c.valueAxis(plain, 0, high, true)
	c.plot.Y.Label.Text = noun + "s"
	c.grid(false, true)
	c.add(boxes{at: bars, color: sky, gap: c.size / 16})
	about := " "
	if !s.known() {
		about = " ≈ "
	}
	for i, q := range [...]struct {
		name string
		of   float64
		ink  color.Color
	}{{"p50", 0.5, ink}, {"p95", 0.95, vermilion}, {"p99", 0.99, purple}} {
		v := s.quantile(q.of)
		line := c.line(q.ink, 1.1, i)
		c.add(lines{style: line, runs: [][]point{{{v, 0}, {v, c.plot.Y.Max}}}})
		c.head.keys = append(c.head.keys, key{label: q.name + about + seconds.text(v), line: line})
	}
	return c.finish(""), true
}

// histogram returns bars of equal width on a logarithmic axis, and the height of the highest. Together they have all samples.
func histogram(s *sketch) (bars []box, high float64) {
	low, top := bucketOf(s.low), bucketOf(s.high)
	most := min(max(2*math.Sqrt(float64(s.n)), 8), 60)
	width := max(1, int32(math.Ceil(float64(top-low+1)/most)))
	bars = make([]box, (top-low)/width+1)
	for i := range bars {
		bars[i].left, bars[i].right = bucketLow(low+int32(i)*width), bucketLow(low+int32(i+1)*width)
	}
	for b, of := range s.buckets {
		bar := &bars[(b-low)/width]
		bar.high += float64(of.n)
		high = max(high, bar.high)
	}
	return bars, high
}
