package export

// average is the mean of finite values. Its zero value has none.
type average struct {
	n              float64
	sum, low, high float64
	far            float64 // the sum as multiples of farUnit, for when sum has left the range of floats
}

const farUnit = 1 << 62

func (a *average) add(v float64) {
	if !finite(v) {
		return
	}
	if a.n == 0 {
		a.low, a.high = v, v
	}
	a.n++
	a.sum += v
	a.far += v / farUnit
	a.low, a.high = min(a.low, v), max(a.high, v)
}

// mean is that of [monitor.Stat] of the same values, but for sums that are no floats; NaN without values.
func (a *average) mean() float64 {
	mean := a.sum / a.n
	if !finite(a.sum) {
		mean = a.far / a.n * farUnit
	}
	return min(max(mean, a.low), a.high)
}
