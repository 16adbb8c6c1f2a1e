package plot

import (
	"cmp"
	"image/color"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// maxModels is how many models have a bar of their own.
const maxModels = 12

// drawModelTokens draws a bar for each model: how many tokens went in, came out, or cannot be told apart.
func drawModelTokens(r *run, o Options) (Figure, bool) {
	bars, all := r.modelBars()
	if len(bars) == 0 {
		return Figure{}, false
	}
	models := plural(len(r.usage), "model")
	if r.models.over() {
		models = "more than " + plural(r.models.most, "model")
	}
	c := newChart(o, "Tokens by model", plural(all.total(), "token")+" in all · "+models)
	most := 0.0
	names := make(numberedTicks, len(bars))
	limit := max(26, min(40, int(o.Width*3)))
	for i, b := range bars {
		most = max(most, float64(b.total()))
		names[i] = gplot.Tick{Value: float64(-i), Label: shorten(b.name, limit)}
	}
	c.plot.Y.Min, c.plot.Y.Max = -float64(len(bars))+0.4, 0.6
	c.plot.Y.Tick.Marker = names
	if lines := vg.Length(o.Height) * vg.Inch / vg.Length(len(bars)) / 2.2; lines < c.size {
		c.plot.Y.Tick.Label.Font.Size = max(lines, c.size/2)
	}
	c.plot.X.Min, c.plot.X.Max = 0, most
	c.plot.X.Label.Text = "tokens"
	c.plot.X.Tick.Marker = numberTicks{most: mostTicks, whole: true}
	c.grid(true, false)
	c.tokenBars(bars, all)
	style := c.text(0.92, ink, false)
	style.YAlign = draw.YCenter
	style.Font.Size = min(style.Font.Size, c.plot.Y.Tick.Label.Font.Size)
	sums := barSums{style: style, gap: c.size / 3}
	for i, b := range bars {
		sums.at = append(sums.at, point{float64(b.total()), float64(-i)})
		sums.text = append(sums.text, count(b.total()))
		c.head.right = max(c.head.right, style.Width(count(b.total()))+c.size/2)
	}
	c.add(sums)
	return c.finish(""), true
}

type modelBar struct {
	name string
	modelUsage
}

// modelBars returns the models, those with most tokens first; the smallest share a bar.
func (r *run) modelBars() (bars []modelBar, all modelUsage) {
	kept := len(r.usage)
	if r.models.over() {
		kept-- // without "other", which is of many
	}
	order := sortedIndexes(kept, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.usage[b].total(), r.usage[a].total()), cmp.Compare(r.models.list[a], r.models.list[b]))
	})
	for rank, i := range order {
		u := r.usage[i]
		all.add(u)
		if rank < maxModels || len(r.usage) == maxModels+1 {
			bars = append(bars, modelBar{r.models.list[i], u})
			continue
		}
		if len(bars) == maxModels {
			bars = append(bars, modelBar{name: plural(len(order)-rank, "other")})
		}
		bars[maxModels].add(u)
	}
	if kept < len(r.usage) {
		all.add(r.usage[kept])
		bars[maxModels].name = "all others"
		bars[maxModels].add(r.usage[kept])
	}
	if all == (modelUsage{}) {
		return nil, all
	}
	return bars, all
}

func (u *modelUsage) add(o modelUsage) {
	u.input, u.output, u.unsplit = u.input+o.input, u.output+o.output, u.unsplit+o.unsplit
}

func (c *chart) tokenBars(bars []modelBar, all modelUsage) {
	below := make([]float64, len(bars))
	for _, part := range [...]struct {
		name string
		ink  color.Color
		of   func(modelUsage) int64
	}{
		{"input", blue, func(u modelUsage) int64 { return u.input }},
		{"output", orange, func(u modelUsage) int64 { return u.output }},
		{"unsplit (in the total alone)", grey, func(u modelUsage) int64 { return u.unsplit }},
	} {
		if part.of(all) == 0 {
			continue
		}
		layer := boxes{color: part.ink}
		for i, b := range bars {
			if v := float64(part.of(b.modelUsage)); v > 0 {
				layer.at = append(layer.at, box{below[i], below[i] + v, float64(-i) - 0.32, float64(-i) + 0.32})
				below[i] += v
			}
		}
		c.add(layer)
		c.head.keys = append(c.head.keys, key{label: part.name + " " + count(part.of(all)), fill: part.ink})
	}
}

// numberedTicks are ticks with names.
type numberedTicks []gplot.Tick

// Ticks implements [gplot.Ticker].
func (t numberedTicks) Ticks(_, _ float64) []gplot.Tick { return t }

// barSums writes a sum at the end of each bar.
type barSums struct {
	at    []point
	text  []string
	style text.Style
	gap   vg.Length
}

// Plot implements [gplot.Plotter].
func (b barSums) Plot(c draw.Canvas, p *gplot.Plot) {
	place := places(&c, p)
	for i, at := range b.at {
		c.FillText(b.style, place(at).Add(vg.Point{X: b.gap, Y: b.style.FontExtents().Descent}), b.text[i])
	}
}
