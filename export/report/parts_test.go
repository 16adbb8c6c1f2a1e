package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// sortedQuantile is the definition: interpolation between the nearest of all samples, sorted.
func sortedQuantile(sorted []time.Duration, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(math.Floor(at))
	high := min(low+1, len(sorted)-1)
	from, to := sorted[low].Seconds(), sorted[high].Seconds()
	return from + (at-float64(low))*(to-from)
}

// TestUnion: quantiles over several lists are those of one that holds them all.
func TestUnion(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 200 {
		lists := make([][]time.Duration, 1+r.IntN(5))
		var all []time.Duration
		sum := 0.0
		for range 1 + r.IntN(60) {
			d := time.Duration(r.Int64N(1 << (1 + r.IntN(40))))
			if trial%10 == 0 {
				d = math.MaxInt64 - d
			}
			i := r.IntN(len(lists))
			lists[i] = append(lists[i], d)
			all = append(all, d)
			sum += d.Seconds()
		}
		slices.Sort(all)
		for i := range lists {
			slices.Sort(lists[i])
		}
		got := union(sum, lists)
		for q, v := range map[float64]float64{0: got.Min, 0.5: got.P50, 0.9: got.P90, 0.95: got.P95, 0.99: got.P99, 1: got.Max} {
			if want := sortedQuantile(all, q); !near(v, want) {
				t.Fatalf("quantile %v of %v: %v, want %v", q, all, v, want)
			}
		}
		if got.Count != uint64(len(all)) || !near(got.Mean*float64(got.Count), sum) {
			t.Fatalf("count %d, mean %v", got.Count, got.Mean)
		}
	}
	if union(0, nil) != nil || new(values).distribution() != nil {
		t.Error("no samples have a distribution")
	}
}

// TestLedger: names past the bound share a row, and nothing is lost.
func TestLedger(t *testing.T) {
	l := newLedger[int](nameUnknown, 3)
	for _, name := range []string{"a", "", "b", "c", "d", "e", "a", "other", "unknown", "\xff", "d"} {
		*l.of(name)++
	}
	got := map[string]int{}
	for name, n := range l.rows {
		got[name] = *n
	}
	want := map[string]int{"a": 2, "b": 1, "c": 1, "unknown": 2, "other": 5}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

// TestTimeline: whatever the order and the span, there are few buckets, and they add up.
func TestTimeline(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, span := range []time.Duration{0, 3 * time.Second, 90 * time.Second, 10 * time.Minute, 9 * time.Hour, 40 * 24 * time.Hour,
		20 * 365 * 24 * time.Hour, 150 * 365 * 24 * time.Hour} {
		for _, begin := range []time.Time{dawn, time.Date(1750, 5, 6, 7, 8, 9, 10, time.UTC)} {
			var line timeline
			var want count
			for i := range 2000 {
				ev := monitor.Event{Kind: monitor.KindGeneration, Success: i%3 > 0, TotalTokens: int64(i)}
				if i%5 == 0 {
					ev = monitor.Event{Kind: monitor.KindRecord}
				}
				at := begin
				if span > 0 {
					at = begin.Add(time.Duration(r.Int64N(int64(span))))
				}
				nanos, ok := instant(at)
				if !ok {
					t.Fatal("no time: ", at)
				}
				line.at(nanos).add(&ev)
				want.add(&ev)
				if len(line.counts) > maxCounts {
					t.Fatalf("%d counts", len(line.counts))
				}
			}
			buckets := line.buckets(time.UTC)
			if len(buckets) > maxBuckets || span > time.Minute && len(buckets) < maxBuckets/3 {
				t.Errorf("%v: %d buckets of %d s", span, len(buckets), line.width)
			}
			checkBuckets(t, buckets, want, begin, begin.Add(span), line.width)
		}
	}
}

func checkBuckets(t *testing.T, buckets []Bucket, want count, from, to time.Time, width int64) {
	t.Helper()
	var got count
	for i, b := range buckets {
		got.merge(count{b.Calls, b.Failed, b.Accepted, b.Tokens})
		if i > 0 && b.Start.Sub(buckets[i-1].Start) != time.Duration(width)*time.Second {
			t.Errorf("bucket %d begins %v after the one before, which has %d s", i, b.Start.Sub(buckets[i-1].Start), width)
		}
	}
	if got != want {
		t.Errorf("buckets hold %+v, want %+v", got, want)
	}
	if first, last := buckets[0].Start, buckets[len(buckets)-1].Start; first.After(from.Add(time.Duration(width)*time.Second)) || last.After(to) {
		t.Errorf("buckets from %v to %v of a run from %v to %v", first, last, from, to)
	}
}

// TestSilences: the longest time without events, though they are not in order.
func TestSilences(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		var seen times
		var all []int64
		for i := range 200 {
			at := int64(i)*1000 + r.Int64N(5000)
			if r.IntN(20) == 0 {
				at += r.Int64N(40_000)
			}
			seen.add(at)
			all = append(all, at)
		}
		slices.Sort(all)
		want := int64(0)
		for i := 1; i < len(all); i++ {
			want = max(want, all[i]-all[i-1])
		}
		got, ok := seen.silences.longest()
		if !ok || got.length() != want || seen.first != all[0] || seen.last != all[len(all)-1] {
			t.Fatalf("longest silence %d, want %d", got.length(), want)
		}
	}
}

func TestQuantities(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{share(nil), "–"}, {share(new(0.123)), "12.3 %"},
		{signed(1.25), "+1.2"}, {signed(-12.34), "-12.3"}, {signed(1234), "+1234"}, {signed(0.01), "~0"}, {signed(-0.01), "~0"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		s       string
		columns int
		want    string
	}{
		{"gpt-4o", 10, "gpt-4o"}, {"meta-llama/Llama-3.1-8B-Instruct", 12, "meta-l…truct"}, {"通义千问-max-latest", 9, "通义千…st"},
		{"ab", 1, "…"}, {"é́é́é́é́", 3, "é́…é́"},
	} {
		got := shorten(tt.s, tt.columns)
		if got != tt.want || width(got) > tt.columns {
			t.Errorf("%q in %d columns: %q of %d, want %q", tt.s, tt.columns, got, width(got), tt.want)
		}
	}
}

func TestWrap(t *testing.T) {
	got := wrap("a long sentence, with averyveryverylongword 通义千问 in it", 10)
	want := []string{"a long", "sentence,", "with", "averyveryv", "erylongwor", "d 通义千问", "in it"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, line := range got {
		if width(line) > 10 {
			t.Errorf("%q has %d columns", line, width(line))
		}
	}
}
