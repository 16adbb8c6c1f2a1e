package monitor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestSeedFault3NoSamplesIsNotZero: in the seed an absent metric has mean 0.0, which fires low_success_rate before any
// data.
func TestSeedFault3NoSamplesIsNotZero(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	for _, name := range []string{"success_rate", "no such metric", "", "evaluation_score_x", "model_usage:x"} {
		for _, window := range []time.Duration{0, time.Minute, -time.Minute, math.MaxInt64} {
			if s := m.Aggregate(name, window); s.Count != 0 || s.Mean != 0 || s.QuantileCoverage != 0 {
				t.Errorf("%q in %v is %+v, want no samples", name, window, s)
			}
		}
	}
	m.TrackGeneration(t.Context(), Generation{Success: true})
	clock.advance(10 * time.Minute)
	if s := m.Aggregate("success_rate", 5*time.Minute); s.Count != 0 {
		t.Errorf("success_rate of an empty window is %+v, want no samples", s)
	}
	if s := m.Aggregate("success_rate", 0, ForModel("nobody")); s.Count != 0 {
		t.Errorf("success_rate of nobody is %+v, want no samples", s)
	}
}

// TestAggregate is the seed's get_metrics, over values whose quantiles are known.
func TestAggregate(t *testing.T) {
	m := newMetered(t)
	for i := range 101 { // 0 … 100, out of order
		m.RecordMetric(t.Context(), "x", float64(i*37%101))
	}
	got := m.Aggregate("x", 5*time.Minute)
	want := Stat{Count: 101, Sum: 5050, Mean: 50, Min: 0, Max: 100, P50: 50, P90: 90, P95: 95, P99: 99,
		Coverage: 1, QuantileCoverage: 1}
	if got != want {
		t.Errorf("x is %+v, want %+v", got, want)
	}
}

// TestDurationsAsWritten: a duration is the number that was written in seconds, not one beside it.
func TestDurationsAsWritten(t *testing.T) {
	m := newMetered(t)
	for _, took := range []time.Duration{1860 * time.Millisecond, 1765 * time.Millisecond, 28 * time.Second} {
		m.TrackGeneration(t.Context(), Generation{Success: true, Duration: took})
	}
	if s := m.Aggregate("generation_time", 0); s.Min != 1.765 || s.P50 != 1.86 || s.Max != 28 {
		t.Errorf("durations of 1.765, 1.86 and 28 s are %v, %v and %v", s.Min, s.P50, s.Max)
	}
}

func TestQuantileInterpolates(t *testing.T) {
	for _, test := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{7}, 0.5, 7}, {[]float64{7}, 0.99, 7},
		{[]float64{1, 2}, 0.5, 1.5}, {[]float64{1, 2}, 0.9, 1.9},
		{[]float64{10, 20, 30, 40}, 0.5, 25}, {[]float64{10, 20, 30, 40}, 0.95, 38.5},
		{[]float64{-5, -5, -5}, 0.9, -5}, {[]float64{0, 0, 0, 1}, 0.99, 0.97},
	} {
		if got := quantile(test.values, test.q); !near(got, test.want) {
			t.Errorf("quantile %v of %v is %v, want %v", test.q, test.values, got, test.want)
		}
	}
}

// TestWindowEdges: a window begins with the whole second that it reaches into.
func TestWindowEdges(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	for i := range 10 { // at 0 s, 0.5 s … 4.5 s
		m.RecordMetric(t.Context(), "x", float64(i))
		clock.advance(500 * time.Millisecond)
	}
	clock.advance(200 * time.Millisecond) // 5.2 s
	for _, test := range []struct {
		window time.Duration
		at     time.Duration // 0 is now
		count  uint64
	}{
		{time.Second, 0, 2},             // 4.2 s reaches into second 4
		{1200 * time.Millisecond, 0, 2}, // just 4.0 s
		{1201 * time.Millisecond, 0, 4}, // into second 3
		{10 * time.Second, 0, 10},
		{time.Millisecond, 0, 0},
		{2 * time.Second, 2 * time.Second, 6}, // seconds 0, 1 and 2
		{time.Second, -time.Second, 0},
		{0, 0, 10},
	} {
		var selectors []Selector
		if test.at != 0 {
			selectors = append(selectors, At(testEpoch.Add(test.at)))
		}
		s := m.Aggregate("x", test.window, selectors...)
		if s.Count != test.count || s.Coverage != 1 || s.Count > 0 && s.QuantileCoverage != 1 {
			t.Errorf("%v until %v: %+v, want count %d", test.window, test.at, s, test.count)
		}
	}
}

// TestLateEvents land in the second in which they happened, in whatever order they come.
func TestLateEvents(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	order := rand.New(rand.NewPCG(1, 2)).Perm(600)
	for _, i := range order {
		m.TrackGeneration(t.Context(), Generation{
			Model: "m", Step: "s", TotalTokens: int64(i + 1), Time: testEpoch.Add(-time.Duration(i) * time.Second),
		})
	}
	for _, n := range []int{1, 10, 60, 599} {
		s := m.Aggregate("total_token_count", time.Duration(n)*time.Second)
		if want := float64((n + 1) * (n + 2) / 2); s.Count != uint64(n+1) || s.Sum != want || s.QuantileCoverage != 1 {
			t.Errorf("the last %d s: %+v, want sum %v", n, s, want)
		}
		for _, narrowed := range []Stat{
			m.Aggregate("total_token_count", time.Duration(n)*time.Second, ForModel("m")),
			m.Aggregate("total_token_count", time.Duration(n)*time.Second, ForStep("s")),
		} { // steps of 10 s: a little more, and the quantiles rest on the same events
			if narrowed.Count < s.Count || narrowed.Count > s.Count+9 || narrowed.QuantileCoverage != 1 ||
				narrowed.Max < narrowed.P99 {
				t.Errorf("the last %d s of one model or step: %+v, want about %d", n, narrowed, s.Count)
			}
		}
	}
}

func TestSelectors(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	for i := range 12 {
		m.TrackGeneration(ctx, Generation{Model: fmt.Sprint("m", i%3), Step: fmt.Sprint("s", i%2), Success: i%4 == 0,
			Duration: time.Duration(i+1) * time.Second})
	}
	m.TrackEvaluation(ctx, Evaluation{Model: "m0", Duration: time.Second, Success: true, TotalTokens: 9})
	m.TrackEvaluation(ctx, Evaluation{Duration: 3 * time.Second, Success: true}) // of no model
	for _, test := range []struct {
		name     string
		selector Selector
		count    uint64
		sum      float64
	}{
		{"generation_time", ForModel("m1"), 4, 2 + 5 + 8 + 11},
		{"generation_time", ForStep("s1"), 6, 2 + 4 + 6 + 8 + 10 + 12},
		{"success_rate", ForModel("m0"), 4, 1},
		{"evaluation_time", ForModel("m0"), 1, 1},
		{"evaluation_time", ForModel("unknown"), 0, 0},
		{"total_token_count", ForModel("m0"), 1, 9},
		{"total_token_count", ForStep("s0"), 0, 0},
		{"generation_time", ForModel(""), 12, 78},
		{"acceptance_rate", ForModel("m0"), 0, 0},
	} {
		s := m.Aggregate(test.name, time.Minute, test.selector)
		if s.Count != test.count || s.Sum != test.sum || s.Count > 0 && s.QuantileCoverage != 1 {
			t.Errorf("%s: %+v, want count %d and sum %v", test.name, s, test.count, test.sum)
		}
	}
	both := m.Aggregate("generation_time", 0, ForModel("m1"), ForStep("s1"))
	if both.Count != 4 {
		t.Errorf("with model and step: %+v, want the model's 4", both)
	}
}

// TestCoverageAfterEviction: count and sum do not depend on what the ring still holds, quantiles do and say so.
func TestCoverageAfterEviction(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now), WithRingSize(256))
	const n = 1024
	for i := range n {
		m.RecordMetric(t.Context(), "x", float64(i))
		clock.advance(time.Second)
	}
	s := m.Aggregate("x", 30*time.Minute)
	if s.Count != n || s.Sum != n*(n-1)/2 || s.Min != 0 || s.Max != n-1 || s.Coverage != 1 {
		t.Errorf("x is %+v, want all %d samples", s, n)
	}
	if s.QuantileCoverage != 0.25 || s.P50 < n-256 {
		t.Errorf("x has the median %v of %v of the samples, want that of the last quarter", s.P50, s.QuantileCoverage)
	}
	if s := m.Aggregate("x", 2*time.Minute); s.QuantileCoverage != 1 {
		t.Errorf("x in 2 min is %+v, want quantiles of all", s)
	}
}

func TestCoveragePastTheRetention(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	const hours = 3
	for range hours * 360 {
		m.TrackGeneration(t.Context(), Generation{Model: "m", Step: "s", TotalTokens: 1})
		clock.advance(10 * time.Second)
	}
	for _, selectors := range [][]Selector{nil, {ForModel("m")}, {ForStep("s")}} {
		if s := m.Aggregate("total_token_count", 2*time.Hour, selectors...); s.Count != 360 || s.Coverage != 0.5 || s.QuantileCoverage != 1 {
			t.Errorf("in two hours %+v, want the 360 of one", s)
		}
		if s := m.Aggregate("total_token_count", time.Hour, selectors...); s.Count != 360 || s.Coverage != 1 {
			t.Errorf("in an hour %+v, want 360", s)
		}
		if s := m.Aggregate("total_token_count", 0, selectors...); s.Count != hours*360 || s.Coverage != 1 || s.QuantileCoverage != 1 {
			t.Errorf("since the start %+v, want %d", s, hours*360)
		}
		at := At(clock.now().Add(-30 * time.Minute))
		if s := m.Aggregate("total_token_count", time.Hour, append(selectors, at)...); s.Count > 182 || s.Count < 180 || s.Coverage != 0.5 {
			t.Errorf("in the hour until half an hour ago %+v, want about 181: half is past the retention", s)
		}
		at = At(clock.now().Add(-2 * time.Hour))
		if s := m.Aggregate("total_token_count", time.Hour, append(selectors, at)...); s.Count != 0 || s.Coverage != 0 {
			t.Errorf("in the first hour %+v, want nothing", s)
		}
	}
	if u := m.TokenUsage(2 * time.Hour); u.TotalTokens != 360 {
		t.Errorf("token usage of two hours is %d, want the 360 of one", u.TotalTokens)
	}
}

// TestSeedFault10WorkOfAQueryIsBounded: in the seed a window query scans everything ever recorded. Here it looks at
// the cells of its window and at the ring.
func TestSeedFault10WorkOfAQueryIsBounded(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now), WithRingSize(256))
	work := func() (cells, events int) {
		m.pump.mu.Lock()
		defer m.pump.mu.Unlock()
		m.pump.stats.all.builtin[metricTotalTokens].between(clock.now().Add(-5*time.Minute).Unix(), clock.now().Unix(),
			func(summary) { cells++ })
		m.ring.visit(func(*Event) { events++ })
		return cells, events
	}
	for hour := range 4 {
		for range 7200 {
			m.TrackGeneration(t.Context(), Generation{Model: "m", TotalTokens: 1})
			clock.advance(500 * time.Millisecond)
		}
		if s := m.Aggregate("total_token_count", 5*time.Minute); s.Count != 600 {
			t.Errorf("after %d h: %+v, want 600", hour+1, s)
		}
		if cells, events := work(); cells > 301 || events > 256 {
			t.Errorf("after %d h a query looks at %d cells and %d events", hour+1, cells, events)
		}
		if n := len(m.pump.stats.all.builtin[metricTotalTokens].cells); n > 3600*5/4 {
			t.Errorf("after %d h there are %d cells, want an hour of them", hour+1, n)
		}
	}
}

func BenchmarkAggregate(b *testing.B) {
	for _, events := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(events), func(b *testing.B) {
			clock := newTestClock()
			m := benchMonitor(b, WithClock(clock.now))
			for i := range events {
				m.TrackGeneration(b.Context(), benchGen)
				if i%100 == 0 {
					clock.advance(time.Second)
				}
			}
			for b.Loop() {
				m.Aggregate("generation_time", 5*time.Minute)
			}
		})
	}
}

// reference answers from a list of all samples.
func reference(times []time.Time, values []float64, from, to int64) Stat {
	var in []float64
	var s Stat
	for i, at := range times {
		if sec := at.Unix(); sec >= from && sec <= to {
			in = append(in, values[i])
			s.Sum += values[i]
		}
	}
	if len(in) == 0 {
		return Stat{}
	}
	slices.Sort(in)
	s.Count, s.Mean, s.Min, s.Max = uint64(len(in)), s.Sum/float64(len(in)), in[0], in[len(in)-1]
	at := func(q float64) float64 {
		rank := q * float64(len(in)-1)
		lo, hi := int(math.Floor(rank)), int(math.Ceil(rank))
		return in[lo]*(1-rank+float64(lo)) + in[hi]*(rank-float64(lo))
	}
	s.P50, s.P90, s.P95, s.P99 = at(0.5), at(0.9), at(0.95), at(0.99)
	return s
}

// FuzzAggregate compares with the reference over the same events, and holds what must always be.
func FuzzAggregate(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(seed, uint16(50*seed), uint16(60*seed+1), seed%2 == 0)
	}
	f.Add(uint64(99), uint16(255), uint16(7200), false)
	f.Fuzz(func(t *testing.T, seed uint64, n, window uint16, coarseToo bool) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		clock := newTestClock()
		m, err := New(nil, WithClock(clock.now), WithRingSize(256))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Shutdown(t.Context())
		var times []time.Time
		var values []float64
		for range n % 256 {
			at := clock.now().Add(-time.Duration(rnd.Int64N(int64(50 * time.Minute))))
			v := math.Round(rnd.NormFloat64()*1e6) / 1000
			if coarseToo {
				v = math.Abs(v)
			}
			if coarseToo && v < 0.001 {
				v = 1
			}
			times, values = append(times, at), append(values, v)
			if coarseToo {
				m.TrackGeneration(t.Context(), Generation{Model: "m", Time: at, CostUSD: v})
			} else {
				m.RecordMetric(t.Context(), "x", v, timeAttr(at))
			}
			clock.advance(time.Duration(rnd.Int64N(int64(time.Second))))
		}
		w := time.Duration(window) * time.Second
		from, to := clock.now().Add(-w).Unix(), clock.now().Unix()
		var got Stat
		if coarseToo {
			got = m.Aggregate("cost_usd", w, ForModel("m"))
			from, to = from-from%10, to-to%10+9
		} else {
			got = m.Aggregate("x", w)
		}
		from = max(from, clock.now().Add(-time.Hour).Unix()/10*10)
		if window == 0 {
			from, to = math.MinInt64, math.MaxInt64
		}
		want := reference(times, values, from, to)
		if got.Count != want.Count {
			t.Fatalf("count %d, want %d", got.Count, want.Count)
		}
		if got.Count == 0 {
			return
		}
		for name, pair := range map[string][2]float64{
			"sum": {got.Sum, want.Sum}, "mean": {got.Mean, want.Mean}, "min": {got.Min, want.Min}, "max": {got.Max, want.Max},
			"p50": {got.P50, want.P50}, "p90": {got.P90, want.P90}, "p95": {got.P95, want.P95}, "p99": {got.P99, want.P99},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-6 {
				t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
			}
		}
		if !slices.IsSorted([]float64{got.Min, got.P50, got.P90, got.P95, got.P99, got.Max}) ||
			got.Mean < got.Min || got.Mean > got.Max || got.QuantileCoverage != 1 {
			t.Errorf("out of order: %+v", got)
		}
	})
}

func timeAttr(at time.Time) Attr { return String("timestamp", at.Format(time.RFC3339Nano)) }
