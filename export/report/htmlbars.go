package report

import "math"

// bars is a chart as the page draws it.
type bars struct {
	Title, From, To string
	Width, Height   int
	Shapes          []shape
}

// shape is one bar: its lower part stands for what succeeded, its upper one for the rest.
type shape struct {
	X, Width              int
	TopY, TopHeight       float64
	BottomY, BottomHeight float64
	Text                  string
}

const (
	barWidth  = 12
	barGap    = 2
	barHeight = 100
)

func (c *chart) shape() *bars {
	b := &bars{Title: c.title, From: c.labels[0], To: c.labels[1], Width: len(c.bars) * barWidth, Height: barHeight}
	for i, bar := range c.bars {
		height := bar.height * barHeight
		if height > 0 {
			height = max(height, 1) // few is not nothing
		}
		top := height * bar.part
		b.Shapes = append(b.Shapes, shape{
			X: i * barWidth, Width: barWidth - barGap, Text: bar.text,
			TopY: tenths(barHeight - height), TopHeight: tenths(top),
			BottomY: tenths(barHeight - height + top), BottomHeight: tenths(height - top),
		})
	}
	return b
}

func tenths(v float64) float64 { return math.Round(10*v) / 10 }
