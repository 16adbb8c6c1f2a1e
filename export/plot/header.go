package plot

import (
	"image/color"
	"strings"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// header draws title, notes and legend above the data, where they cover none of it.
type header struct {
	title string
	notes []string
	keys  []key

	titleStyle, noteStyle, keyStyle text.Style
	titleLines, noteLines           []string
	rows                            [][]key
	size                            vg.Length
	right                           vg.Length // left free beside the data
}

// key is an entry of the legend: a line, or where that has no width a box or a mark.
type key struct {
	label    string
	line     draw.LineStyle
	fill     color.Color
	dot      color.Color
	triangle bool
}

// words returns what the header says beside the title.
func (h *header) words() string {
	var all []string
	for _, n := range h.notes {
		if n != "" {
			all = append(all, n)
		}
	}
	for _, k := range h.keys {
		all = append(all, k.label)
	}
	return strings.Join(all, "; ")
}

// layOut breaks the lines, and returns how wide the data is. It is called when the axes are known: the longest number decides.
func (h *header) layOut(c *chart) vg.Length {
	h.size = c.size
	h.titleStyle, h.noteStyle, h.keyStyle = c.text(1.25, ink, true), c.text(0.92, faintInk, false), c.text(0.95, ink, false)
	var label vg.Length
	y := &c.plot.Y
	for _, t := range y.Tick.Marker.Ticks(y.Min, y.Max) {
		label = max(label, y.Tick.Label.Width(t.Label))
	}
	width := vg.Length(c.opts.Width)*vg.Inch - 2*margin(c.opts) - label - 3*c.size - h.right
	h.titleLines = wrap(h.titleStyle, h.title, width)
	for _, n := range h.notes {
		if n != "" {
			h.noteLines = append(h.noteLines, wrap(h.noteStyle, n, width)...)
		}
	}
	var row []key
	var used vg.Length
	for _, k := range h.keys {
		if w := h.keyWidth(k); len(row) > 0 && used+w > width {
			h.rows, row, used = append(h.rows, row), nil, 0
		}
		row = append(row, k)
		used += h.keyWidth(k)
	}
	if len(row) > 0 {
		h.rows = append(h.rows, row)
	}
	return width
}

// wrap breaks text between words where it is wider than width.
func wrap(style text.Style, s string, width vg.Length) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && style.Width(line+" "+word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func (h *header) swatch(k key) vg.Length {
	if k.line.Width > 0 {
		return 2.4 * h.size
	}
	return 0.8 * h.size
}

func (h *header) keyWidth(k key) vg.Length {
	return h.swatch(k) + 0.45*h.size + h.keyStyle.Width(k.label) + 1.4*h.size
}

func (h *header) titleStep() vg.Length { return 1.6 * h.size }
func (h *header) noteStep() vg.Length  { return 1.3 * h.size }
func (h *header) keyStep() vg.Length   { return 1.45 * h.size }

func (h *header) height() vg.Length {
	height := h.titleStep()*vg.Length(len(h.titleLines)) + h.noteStep()*vg.Length(len(h.noteLines)) + 0.6*h.size
	if len(h.rows) > 0 {
		height += h.keyStep()*vg.Length(len(h.rows)) + 0.3*h.size
	}
	return height
}

// GlyphBoxes implements [gplot.GlyphBoxer]: it keeps the room free that the header takes.
func (h *header) GlyphBoxes(*gplot.Plot) []gplot.GlyphBox {
	return []gplot.GlyphBox{
		{X: 0, Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: h.height()}}},
		{X: 1, Y: 0, Rectangle: vg.Rectangle{Max: vg.Point{X: h.right + h.size/2}}},
	}
}

// Plot implements [gplot.Plotter].
func (h *header) Plot(c draw.Canvas, _ *gplot.Plot) {
	at := vg.Point{X: c.Min.X, Y: c.Max.Y + h.height()}
	for _, line := range h.titleLines {
		c.FillText(h.titleStyle, at, line)
		at.Y -= h.titleStep()
	}
	for _, line := range h.noteLines {
		c.FillText(h.noteStyle, at, line)
		at.Y -= h.noteStep()
	}
	at.Y -= 0.3 * h.size
	for _, row := range h.rows {
		at.X = c.Min.X
		for _, k := range row {
			h.drawKey(c, at, k)
			at.X += h.keyWidth(k)
		}
		at.Y -= h.keyStep()
	}
}

func (h *header) drawKey(c draw.Canvas, at vg.Point, k key) {
	width := h.swatch(k)
	middle := vg.Point{X: at.X + width/2, Y: at.Y - 0.6*h.size}
	if k.fill != nil {
		c.SetColor(k.fill)
		half := vg.Point{X: width / 2, Y: 0.4 * h.size}
		low, high := middle.Sub(half), middle.Add(half)
		c.Fill(polygon(low, vg.Point{X: high.X, Y: low.Y}, high, vg.Point{X: low.X, Y: high.Y}))
	}
	switch {
	case k.line.Width > 0:
		c.StrokeLine2(k.line, at.X, middle.Y, at.X+width, middle.Y)
	case k.dot != nil && k.triangle:
		c.SetColor(k.dot)
		c.Fill(triangle(middle.Add(vg.Point{Y: 0.3 * h.size}), 0.3*h.size, true))
	case k.dot != nil:
		c.SetColor(k.dot)
		c.Fill(disc(middle, 0.25*h.size))
	}
	c.FillText(h.keyStyle, vg.Point{X: at.X + width + 0.45*h.size, Y: at.Y}, k.label)
}
