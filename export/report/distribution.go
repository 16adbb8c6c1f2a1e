package report

import (
	"math"
	"slices"
	"sort"
	"time"
)

// Distribution describes the samples of one quantity over the whole run, exactly. Quantiles are by linear interpolation
// between the two nearest samples, as those of [monitor.Stat].
type Distribution struct {
	Count uint64  `json:"count"`
	Mean  float64 `json:"mean"`
	Min   float64 `json:"min"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// values collects the samples of one quantity, 8 bytes each.
type values struct {
	list []float64
	sum  float64 // in the order of arrival, as the monitor adds: sums of floats depend on it
}

func (v *values) add(x float64) {
	v.list = append(v.list, x)
	v.sum += x
}

// durations collects lengths of time as whole nanoseconds, which sort faster than floats.
type durations struct {
	list []time.Duration
	sum  float64 // seconds
}

func (d *durations) add(x time.Duration) {
	d.list = append(d.list, x)
	d.sum += seconds(x)
}

// distribution sorts the samples; nil when there are none.
func (v *values) distribution() *Distribution {
	slices.Sort(v.list)
	return describe(uint64(len(v.list)), v.sum, func(rank int) float64 { return v.list[rank] })
}

func (d *durations) distribution() *Distribution {
	slices.Sort(d.list)
	return describe(uint64(len(d.list)), d.sum, func(rank int) float64 { return seconds(d.list[rank]) })
}

// union describes the samples of several, each of them sorted, without a copy of them all. sum is that of all in the order of
// arrival.
func union(sum float64, lists [][]time.Duration) *Distribution {
	count := 0
	for _, list := range lists {
		count += len(list)
	}
	return describe(uint64(count), sum, func(rank int) float64 { return seconds(ranked(lists, rank)) })
}

// ranked returns the sample of that rank, from 0, of sorted lists together: the least one that more than rank samples do not
// exceed.
func ranked(lists [][]time.Duration, rank int) time.Duration {
	low, high := time.Duration(math.MaxInt64), time.Duration(math.MinInt64)
	for _, list := range lists {
		if len(list) > 0 {
			low, high = min(low, list[0]), max(high, list[len(list)-1])
		}
	}
	for low < high {
		middle := low + time.Duration(uint64(high-low)/2)
		count := 0
		for _, list := range lists {
			count += sort.Search(len(list), func(i int) bool { return list[i] > middle })
		}
		if count > rank {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// describe makes a Distribution of count sorted samples.
func describe(count uint64, sum float64, at func(rank int) float64) *Distribution {
	if count == 0 {
		return nil
	}
	last := int(count) - 1
	mean := sum / float64(count)
	if finite(sum) != sum { // past what a float holds, which the mean is not
		mean = 0
		for rank := range int(count) {
			mean += at(rank) / float64(count)
		}
	}
	q := func(q float64) float64 { return quantile(last, q, at) }
	return &Distribution{
		Count: count, Mean: min(max(mean, at(0)), at(last)), Min: at(0), Max: at(last),
		P50: q(0.5), P90: q(0.9), P95: q(0.95), P99: q(0.99),
	}
}

// quantile interpolates between the two nearest samples, the last of which is at last.
func quantile(last int, q float64, at func(rank int) float64) float64 {
	rank := q * float64(last)
	low := int(rank)
	if low >= last {
		return at(last)
	}
	from, to := at(low), at(low+1)
	if part := rank - float64(low); part > 0 {
		return min(from+part*(to-from), to) // rounding must not put it past the next sample
	}
	return from
}

// finite returns v, or the greatest number of its sign when a sum has run over: JSON knows no infinity.
func finite(v float64) float64 { return min(max(v, -math.MaxFloat64), math.MaxFloat64) }

// ratio returns part of whole; nil, which is not known, of nothing.
func ratio(part, whole float64) *float64 {
	if whole == 0 {
		return nil
	}
	return new(finite(part / whole))
}
