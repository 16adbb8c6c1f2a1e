package plot

import "math"

// cell sums up samples. Its zero value has none.
type cell struct {
	n              uint64
	sum, low, high float64 // of finite samples
	far            float64 // the sum as multiples of farUnit, for when sum has left the range of floats
}

const farUnit = 1 << 62

func (c *cell) add(v float64) {
	if c.n == 0 {
		c.low, c.high = v, v
	}
	c.n++
	c.sum += v
	c.far += v / farUnit
	c.low, c.high = min(c.low, v), max(c.high, v)
}

func (c *cell) merge(o cell) {
	if o.n == 0 {
		return
	}
	if c.n == 0 {
		*c = o
		return
	}
	c.n += o.n
	c.sum += o.sum
	c.far += o.far
	c.low, c.high = min(c.low, o.low), max(c.high, o.high)
}

// mean is between low and high; it is 0 without samples.
func (c cell) mean() float64 {
	if c.n == 0 {
		return 0
	}
	mean := c.sum / float64(c.n)
	if !finite(c.sum) {
		mean = c.far / float64(c.n) * farUnit
	}
	return min(max(mean, c.low), c.high)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
