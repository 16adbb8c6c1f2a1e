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

// quantile interpolates between the two nearest samples, as that of [monitor.Stat]; beyond mostExact it is that of the
// sketch. It is 0 without samples.
func (e *exact) quantile(q float64) float64 {
	if len(e.list) == 0 {
		return e.sketch.quantile(q)
	}
	slices.Sort(e.list)
	rank := q * float64(len(e.list)-1)
	low := int(rank)
	if low+1 >= len(e.list) {
		return e.high
	}
	from, to := e.list[low], e.list[low+1]
	return min(from+(rank-float64(low))*(to-from), to) // rounding must not put it past the next sample
}
