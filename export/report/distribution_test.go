package report

import "testing"

// TestMeanIsAmongThem: also of values whose sum is past what a float holds.
func TestMeanIsAmongThem(t *testing.T) {
	values := []float64{1e308, 1.5e308, 1.6e308}
	sum := values[0] + values[1] + values[2]
	d := describe(3, sum, func(rank int) float64 { return values[rank] })
	if d.Mean < 1.366e308 || d.Mean > 1.367e308 {
		t.Errorf("the mean is %v; want 1.3667e308", d.Mean)
	}
	low := 0.1
	if d := describe(3, low+low+low, func(int) float64 { return low }); d.Mean != low { // the sum is a little more than 0.3
		t.Errorf("the mean of three times %v is %v", low, d.Mean)
	}
}
