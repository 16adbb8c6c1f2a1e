package plot

import (
	"image/color"
	"math"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// point is a place in a picture, in the values of its axes.
type point struct{ x, y float64 }

// linearScale is a linear axis that may have all floats.
type linearScale struct{}

// Normalize implements [gplot.Normalizer].
func (linearScale) Normalize(low, high, v float64) float64 { return (v/2 - low/2) / (high/2 - low/2) }

// logScale is a logarithmic axis that puts what it has no place for at its near end.
type logScale struct{}

// Normalize implements [gplot.Normalizer].
func (logScale) Normalize(low, high, v float64) float64 {
	if v <= low {
		return 0
	}
	return (math.Log(v) - math.Log(low)) / (math.Log(high) - math.Log(low))
}

// places returns what turns values into places on the canvas. What lies beyond an axis is put at its end: those who
// shorten an axis mark what is beyond it.
func places(c *draw.Canvas, p *gplot.Plot) func(point) vg.Point {
	return func(at point) vg.Point {
		return vg.Point{X: c.X(within(p.X.Norm(at.x))), Y: c.Y(within(p.Y.Norm(at.y)))}
	}
}

func within(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, 0), 1)
}

// grid draws a faint line at each tick.
type grid struct {
	style        draw.LineStyle
	skipX, skipY bool
}

// Plot implements [gplot.Plotter].
func (g grid) Plot(c draw.Canvas, p *gplot.Plot) {
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if x := c.X(p.X.Norm(t.Value)); !g.skipX && c.ContainsX(x) {
			c.StrokeLine2(g.style, x, c.Min.Y, x, c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if y := c.Y(p.Y.Norm(t.Value)); !g.skipY && c.ContainsY(y) {
			c.StrokeLine2(g.style, c.Min.X, y, c.Max.X, y)
		}
	}
}

// lines draws lines through points, each by itself. A line of one point is a dot.
type lines struct {
	runs  [][]point
	style draw.LineStyle
	steps bool // a value holds until the next point
}

// Plot implements [gplot.Plotter].
func (l lines) Plot(c draw.Canvas, p *gplot.Plot) {
	place := places(&c, p)
	for _, run := range l.runs {
		if len(run) == 1 {
			c.SetColor(l.style.Color)
			c.Fill(disc(place(run[0]), l.style.Width*1.3))
			continue
		}
		path := make([]vg.Point, 0, len(run))
		for _, at := range run {
			pt := place(at)
			if l.steps && len(path) > 0 && path[len(path)-1].Y != pt.Y {
				path = append(path, vg.Point{X: pt.X, Y: path[len(path)-1].Y})
			}
			path = append(path, pt)
		}
		c.StrokeLines(l.style, path)
	}
}

// spread is a range of values at a place.
type spread struct{ x, low, high float64 }

// band fills the space between the low and the high values of each run.
type band struct {
	runs  [][]spread
	color color.Color
	least vg.Length // how high and wide a run of one is at least
}

// Plot implements [gplot.Plotter].
func (b band) Plot(c draw.Canvas, p *gplot.Plot) {
	place := places(&c, p)
	c.SetColor(b.color)
	for _, run := range b.runs {
		var path vg.Path
		if len(run) == 1 {
			low, high := place(point{run[0].x, run[0].low}), place(point{run[0].x, run[0].high})
			half := vg.Point{X: b.least / 2}
			path = polygon(low.Sub(half), low.Add(half), high.Add(half), high.Sub(half))
		} else {
			corners := make([]vg.Point, 0, 2*len(run))
			for _, s := range run {
				corners = append(corners, place(point{s.x, s.high}))
			}
			for i := len(run) - 1; i >= 0; i-- {
				corners = append(corners, place(point{run[i].x, run[i].low}))
			}
			path = polygon(corners...)
		}
		c.Fill(path)
	}
}

func polygon(corners ...vg.Point) vg.Path {
	path := make(vg.Path, 0, len(corners)+1)
	for i, pt := range corners {
		if i == 0 {
			path.Move(pt)
		} else {
			path.Line(pt)
		}
	}
	path.Close()
	return path
}

// dots draws all points with one path, so that thousands of them make a small file.
type dots struct {
	at       []point
	radius   vg.Length
	color    color.Color
	triangle bool // pointing up, or down in the lower half: a value is beyond the axis
}

// Plot implements [gplot.Plotter].
func (d dots) Plot(c draw.Canvas, p *gplot.Plot) {
	place := places(&c, p)
	var path vg.Path
	for _, at := range d.at {
		pt := place(at)
		if d.triangle {
			path = append(path, triangle(pt, d.radius, pt.Y > c.Center().Y)...)
			continue
		}
		path = append(path, disc(pt, d.radius)...)
	}
	if len(path) > 0 {
		c.SetColor(d.color)
		c.Fill(path)
	}
}

// disc returns a polygon that is round at the size of a dot: PDF files cannot have arcs among other parts of a path.
func disc(middle vg.Point, radius vg.Length) vg.Path {
	const corners = 8
	var at [corners]vg.Point
	for i := range at {
		sin, cos := math.Sincos((float64(i) + 0.5) * 2 * math.Pi / corners)
		at[i] = vg.Point{X: middle.X + radius*vg.Length(cos), Y: middle.Y + radius*vg.Length(sin)}
	}
	return polygon(at[:]...)
}

// triangle returns one whose tip is at pt.
func triangle(pt vg.Point, radius vg.Length, up bool) vg.Path {
	h := radius * 2
	if up {
		h = -h
	}
	return polygon(pt, vg.Point{X: pt.X + radius, Y: pt.Y + h}, vg.Point{X: pt.X - radius, Y: pt.Y + h})
}

// box is a rectangle in the values of the axes.
type box struct{ left, right, low, high float64 }

// boxes fills rectangles with one path.
type boxes struct {
	at    []box
	color color.Color
	gap   vg.Length // left free at the right of each, as far as it stays visible
	least vg.Length // how high and wide a box is at least
}

// Plot implements [gplot.Plotter].
func (b boxes) Plot(c draw.Canvas, p *gplot.Plot) {
	place := places(&c, p)
	var path vg.Path
	for _, at := range b.at {
		low, high := place(point{at.left, at.low}), place(point{at.right, at.high})
		if width := high.X - low.X; width > 3*b.gap {
			high.X -= b.gap
		}
		if lack := b.least - (high.X - low.X); lack > 0 {
			low.X, high.X = low.X-lack/2, high.X+lack/2
		}
		if high.Y-low.Y < b.least {
			high.Y = low.Y + b.least
		}
		path = append(path, polygon(low, vg.Point{X: high.X, Y: low.Y}, high, vg.Point{X: low.X, Y: high.Y})...)
	}
	if len(path) > 0 {
		c.SetColor(b.color)
		c.Fill(path)
	}
}
