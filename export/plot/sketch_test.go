package plot

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSketchQuantiles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var s sketch
	var all []float64
	for range 10_000 {
		v := math.Exp(rnd.NormFloat64()*3) - 0.5
		s.add(v)
		all = append(all, v)
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1} {
		want := interpolated(10_000, q, func(rank uint64) float64 { return all[rank] })
		if got := s.quantile(q); math.Abs(got-want) > 0.011*math.Abs(want) {
			t.Errorf("quantile %v is %v; want %v within 1.1 %%", q, got, want)
		}
	}
}

// TestSketchAbove: the count is exactly that of the samples above the limit that comes with it.
func TestSketchAbove(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var s sketch
	var all []float64
	for range 5000 {
		v := math.Exp(rnd.NormFloat64())
		s.add(v)
		all = append(all, v)
	}
	for _, v := range []float64{0.1, 1, 1.5, 3, 10, 100} {
		n, limit := s.above(v)
		want := uint64(0)
		for _, x := range all {
			if x >= limit {
				want++
			}
		}
		if n != want || limit < v || limit > v*1.012 {
			t.Errorf("above %v: %d above %v; want %d", v, n, limit, want)
		}
	}
}

func TestSketchExtremes(t *testing.T) {
	var s sketch
	for _, v := range []float64{0, math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64, -1e-300} {
		s.add(v)
		if b := bucketOf(v); v > 0 && bucketLow(b) > v || (b < 0) != (v < 0) {
			t.Errorf("%v is in bucket %d", v, b)
		}
	}
	if s.n != 5 || s.quantile(0.5) != 0 || s.quantile(0) != -math.MaxFloat64 || s.quantile(1) != math.MaxFloat64 {
		t.Errorf("%d samples, median %v, from %v to %v", s.n, s.quantile(0.5), s.quantile(0), s.quantile(1))
	}
	if c := s.cell; c.mean() < c.low || c.mean() > c.high {
		t.Errorf("the mean %v is not among the samples", c.mean())
	}
}

// TestHistogram: its bars hold every sample, and each sample is in a bar that spans it.
func TestHistogram(t *testing.T) {
	for _, values := range [][]float64{{1}, {1, 1, 1}, {0.001, 1000}, {1e-9, 9e9}, {2, 2.5, 3, 8, 8, 8, 9}} {
		var s sketch
		for _, v := range values {
			s.add(v)
		}
		bars, high := histogram(&s)
		sum, highest := 0.0, 0.0
		for _, b := range bars {
			inside := 0.0
			for _, v := range values {
				if v >= b.left*(1-1e-12) && v < b.right*(1-1e-12) {
					inside++
				}
			}
			if inside != b.high {
				t.Errorf("%v: %v samples from %v to %v; want %v", values, b.high, b.left, b.right, inside)
			}
			sum, highest = sum+b.high, max(highest, b.high)
		}
		if sum != float64(len(values)) || highest != high {
			t.Errorf("%v: %v samples in bars, the highest %v; want %v", values, sum, highest, high)
		}
	}
}
