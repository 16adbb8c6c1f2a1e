package plot

import (
	"image/color"
	"math"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	xfont "golang.org/x/image/font"
)

// fonts are those that come with the program: pictures do not depend on what a machine has installed.
var fonts = font.NewCache(liberation.Collection())

// chart is a picture in the making.
type chart struct {
	plot *gplot.Plot
	opts Options
	head header
	size vg.Length // of text, in points
}

// newChart begins a picture with a title and, below it, lines that say what it is drawn from.
func newChart(o Options, title string, notes ...string) *chart {
	c := &chart{plot: gplot.New(), opts: o}
	c.size = vg.Points(min(max(1.2*o.Width, 8.5), max(2.4*o.Height, 6), 22))
	if o.Title != "" {
		title = o.Title
	}
	c.head.title, c.head.notes = printable(title), notes
	c.plot.BackgroundColor = color.White
	c.plot.TextHandler = text.Plain{Fonts: fonts}
	c.axis(&c.plot.X, draw.XCenter, draw.YTop)
	c.axis(&c.plot.Y, draw.XRight, draw.YCenter)
	c.plot.Y.Width = 0 // the grid is enough
	c.plot.X.Padding, c.plot.Y.Padding = 0, 0
	c.plot.Y.Scale = linearScale{}
	return c
}

func (c *chart) axis(a *gplot.Axis, x draw.XAlignment, y draw.YAlignment) {
	a.LineStyle = draw.LineStyle{Color: grey, Width: c.size / 14}
	a.Tick.Label = c.text(0.92, faintInk, false)
	a.Tick.Label.XAlign, a.Tick.Label.YAlign = x, y
	a.Tick.LineStyle = a.LineStyle
	a.Tick.Length = 0
	a.Label.TextStyle = c.text(0.92, faintInk, false)
	a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = draw.XCenter, draw.YBottom
	a.Label.Padding = c.size / 3
}

// text returns a style of text, in shares of the chart's size.
func (c *chart) text(scale vg.Length, ink color.Color, bold bool) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: c.size * scale}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return text.Style{Color: ink, Font: f, XAlign: draw.XLeft, YAlign: draw.YTop, Handler: text.Plain{Fonts: fonts}}
}

// line returns a style of lines, in shares of the usual width.
func (c *chart) line(ink color.Color, width vg.Length, dash int) draw.LineStyle {
	w := c.size / 7 * width
	return draw.LineStyle{Color: ink, Width: w, Dashes: dashes(dash, w)}
}

// leastTime is the least that a time axis shows, in seconds: what happened within a moment is some width of it.
const leastTime = 2e-3

// timeAxis makes the X axis one of seconds since 1970, with a little air at both ends, and more around a moment.
func (c *chart) timeAxis(from, to float64) {
	air := max((to-from)*0.015, (leastTime-(to-from))/2)
	if to == from {
		air = 2
	}
	c.plot.X.Min, c.plot.X.Max = from-air, to+air
	c.plot.X.Label.Text = "time (UTC)"
	c.plot.X.Tick.Length = c.size / 3
	c.plot.X.Tick.Marker = timeTicks{most: mostTicks}
}

// valueAxis makes the Y axis one of values from low to high, with a little air above, and below when low is not 0.
func (c *chart) valueAxis(u unit, low, high float64, whole bool) {
	switch span := high/2 - low/2; { // half of it, since the whole may be no float
	case span > math.Abs(high)*1e-12 && span > 0:
		if high > 0 {
			high += span * 0.1
		}
		if low != 0 {
			low -= span * 0.1
		}
	case high == 0:
		low, high = 0, 1
	default: // one value
		low, high = min(0, high*1.2), max(0, high*1.2)
	}
	low, high = max(low, -math.MaxFloat64), min(high, math.MaxFloat64)
	if u == share {
		low, high = max(low, -0.005), min(high, 1.02)
	}
	c.plot.Y.Min, c.plot.Y.Max = low, high
	c.plot.Y.Label.Text = u.axis()
	most := int(vg.Length(c.opts.Height) * vg.Inch / c.size / 4.5)
	c.plot.Y.Tick.Marker = numberTicks{most: min(max(most, 3), 10), percent: u == share, whole: whole}
}

func (c *chart) add(p ...gplot.Plotter) { c.plot.Add(p...) }

// finish returns the picture with its grid and its header.
func (c *chart) finish(name string) Figure {
	c.thinOut(c.head.layOut(c))
	c.plot.Add(&c.head)
	return Figure{
		Name: name, Title: c.head.title, Description: c.head.words(),
		Plot: c.plot, Width: c.opts.Width, Height: c.opts.Height, DPI: c.opts.DPI,
	}
}

// grid draws lines at ticks; it comes before the data.
func (c *chart) grid(vertical, horizontal bool) {
	style := draw.LineStyle{Color: gridInk, Width: c.size / 16}
	c.add(grid{style: style, skipX: !vertical, skipY: !horizontal})
}
