package plot

// interpolated returns the q-quantile of n sorted samples, as that of [monitor.Stat] is: between the two nearest ones. at
// returns the sample of a rank, from 0.
func interpolated(n uint64, q float64, at func(rank uint64) float64) float64 {
	rank := q * float64(n-1)
	low := uint64(rank)
	if low+1 >= n {
		return at(n - 1)
	}
	from, to := at(low), at(low+1)
	return min(from+(rank-float64(low))*(to-from), to) // rounding must not put it past the next sample
}
