package plot

import (
	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// mostTicks is how many ticks an X axis has at most.
const mostTicks = 12

// thinner are ticks of which there can be fewer.
type thinner interface {
	gplot.Ticker
	atMost(n int) gplot.Ticker
}

func (t timeTicks) atMost(n int) gplot.Ticker   { return timeTicks{most: n} }
func (t logTicks) atMost(n int) gplot.Ticker    { return logTicks{most: n} }
func (t numberTicks) atMost(n int) gplot.Ticker { t.most = n; return t }

// thinOut gives the X axis, which is so wide, as many ticks as have room for their labels side by side.
func (c *chart) thinOut(width vg.Length) {
	ticks, ok := c.plot.X.Tick.Marker.(thinner)
	if !ok {
		return
	}
	for n := mostTicks; n >= 2; n-- {
		c.plot.X.Tick.Marker = ticks.atMost(n)
		if c.roomy(width) {
			return
		}
	}
}

// roomy reports whether the labels of the X axis are some characters apart.
func (c *chart) roomy(width vg.Length) bool {
	x := &c.plot.X
	var end vg.Length
	for i, t := range x.Tick.Marker.Ticks(x.Min, x.Max) {
		if t.Label == "" {
			continue
		}
		half := x.Tick.Label.Width(t.Label) / 2
		middle := width * vg.Length(x.Norm(t.Value))
		if i > 0 && middle-half < end+2*c.size {
			return false
		}
		end = middle + half
	}
	return true
}
