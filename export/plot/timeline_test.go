package plot

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestTimelineIsExact: however often bins are merged, and in whatever order times come, nothing gets lost and each sample
// is in the bin of its time.
func TestTimelineIsExact(t *testing.T) {
	for _, span := range []time.Duration{time.Millisecond, time.Second, time.Hour, 40 * day, 200 * 365 * day} {
		rnd := rand.New(rand.NewPCG(1, uint64(span)))
		lines := newTimeline(func(into, from *cell) { into.merge(*from) })
		const n = 20_000
		sum := 0.0
		at := make([]time.Time, n)
		for i := range n {
			at[i] = start.Add(time.Duration(rnd.Int64N(int64(span))) - span/2)
			v := float64(rnd.IntN(1000))
			sum += v
			lines.at(at[i]).add(v)
		}
		var all cell
		for _, b := range lines.sorted() {
			all.merge(*b.bin)
		}
		if all.n != n || all.sum != sum {
			t.Errorf("over %v: %d samples of %v in all; want %d of %v", span, all.n, all.sum, n, sum)
		}
		want := make(map[int64]uint64)
		for _, when := range at {
			want[binOf(when, lines.width())]++
		}
		for _, b := range lines.sorted() {
			if b.bin.n != want[b.index] {
				t.Errorf("over %v: %d samples in bin %d; want %d", span, b.bin.n, b.index, want[b.index])
			}
		}
		if len(lines.bins) > maxBins || span > time.Minute && len(lines.bins) < maxBins/6 {
			t.Errorf("over %v: %d bins of %v; want at most %d, and not many fewer", span, len(lines.bins), lines.width(), maxBins)
		}
	}
}

func TestWidths(t *testing.T) {
	for i := 1; i < len(storedWidths); i++ {
		if storedWidths[i]%storedWidths[i-1] != 0 {
			t.Errorf("%v is no multiple of %v: bins cannot be merged", storedWidths[i], storedWidths[i-1])
		}
	}
	for _, test := range []struct {
		stored, span time.Duration
		most         int
		want         time.Duration
	}{
		{time.Second, 30 * time.Minute, 100, 30 * time.Second}, {time.Millisecond, 0, 16, time.Millisecond},
		{30 * time.Second, 9 * time.Hour, 200, 5 * time.Minute}, {5 * time.Second, time.Minute, 200, 5 * time.Second},
		{5000 * day, 290 * 365 * day, 16, 5000 * day},
	} {
		if got := shownWidth(test.stored, test.span, test.most); got != test.want {
			t.Errorf("%v in at most %d bins of multiples of %v: %v; want %v", test.span, test.most, test.stored, got, test.want)
		}
	}
}

func TestDatable(t *testing.T) {
	for _, test := range []struct {
		at   time.Time
		want bool
	}{
		{time.Time{}, false}, {start, true}, {time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC), true},
		{time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), false}, {time.Date(300_000, 1, 1, 0, 0, 0, 0, time.UTC), false},
	} {
		if got := datable(test.at); got != test.want {
			t.Errorf("datable(%v) = %v", test.at, got)
		}
	}
}
