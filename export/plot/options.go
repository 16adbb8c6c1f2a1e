package plot

import "math"

// Options say how pictures look. The zero value is what the genmeter command draws.
type Options struct {
	// Rolling is how many samples the rolling mean of [Metric] goes over; 0 means 10.
	Rolling int

	// Width and Height are in inches, from 2 to 100: what is beyond is taken to the nearer end. 0 means 12 by 8 for
	// [Metric] and 12 by 6 for the others. Text grows with the picture, so that it can be read at 6 inches and at 16.
	Width, Height float64

	// DPI is how many pixels an inch a PNG has, from 10 to 1200; 0 means 100.
	DPI int

	// Threshold draws a line at this value of the metric; nil draws none. It is for [Metric] alone.
	Threshold *float64

	// Title stands in the place of a picture's own title when it is not empty.
	Title string
}

const (
	defaultRolling = 10
	defaultWidth   = 12
	metricHeight   = 8
	setHeight      = 6
	defaultDPI     = 100
)

// withDefaults fills in what is zero and brings the rest into bounds.
func (o Options) withDefaults(height float64) Options {
	o.Rolling = bounded(o.Rolling, defaultRolling, 1, 1<<20)
	o.Width = bounded(o.Width, defaultWidth, 2, 100)
	o.Height = bounded(o.Height, height, 2, 100)
	o.DPI = bounded(o.DPI, defaultDPI, 10, 1200)
	return o
}

// bounded returns v within low and high; zero and NaN are otherwise.
func bounded[T int | float64](v, otherwise, low, high T) T {
	if v == 0 || math.IsNaN(float64(v)) {
		return otherwise
	}
	return min(max(v, low), high)
}
