package plot

import "slices"

// mostExact is of how many samples quantiles are exact: 800 kB of them.
const mostExact = 100_000

// exact is a sketch whose quantiles are exact, as those of a report, while there are at most mostExact samples.
type exact struct {
	sketch
	list []float64 // all samples, or none when there are too many
}

func (e *exact) add(v float64) {
	e.sketch.add(v)
	switch {
	case e.n <= mostExact:
		e.list = append(e.list, v)
	default:
		e.list = nil
	}
}

// known reports whether quantiles are exact.
func (e *exact) known() bool { return e.n <= mostExact }

// quantile is exact; beyond mostExact it is that of the sketch. It is 0 without samples.
func (e *exact) quantile(q float64) float64 {
	if len(e.list) == 0 {
		return e.sketch.quantile(q)
	}
	slices.Sort(e.list)
	return interpolated(e.n, q, func(rank uint64) float64 { return e.list[rank] })
}
