// Command recording measures what it costs to record one LLM call with genmeter, with OpenTelemetry used directly, with
// client_golang and with VictoriaMetrics/metrics, side by side in one run, and prints the ratios.
//
// One call is five histogram updates to the others: duration, input tokens, output tokens, total tokens and turns, each
// into a series found beforehand, which is the cheapest way there is to use them. To genmeter it is one
// TrackGeneration.
//
//   - burst: 10,000 calls, as when many answers arrive at once. What genmeter's pump does later is not counted.
//   - two: the same from two goroutines on two cores.
//   - sustained: CPU time of the whole process a call, over 300,000 calls as fast as possible: genmeter's pump included,
//     until the last call is in the instruments.
//
// The contestants take turns, round by round; a ratio is the median over the rounds of the ratio within a round, so that
// a machine whose speed drifts does not favour anyone.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
)

const (
	burstCalls     = 10_000
	sustainedCalls = 300_000
)

func main() {
	rounds := flag.Int("rounds", 9, "rounds; each measures every contestant once")
	flag.Parse()
	if err := run(*rounds); err != nil {
		fmt.Fprintln(os.Stderr, "recording:", err)
		os.Exit(1)
	}
}

func run(rounds int) error {
	contestants, err := newContestants()
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d rounds\n\n", bench.Machine(), rounds)
	for _, t := range []trial{
		{"burst", "one goroutine, one core, bursts of 10,000 calls", "ns/call", 1, burst(1)},
		{"two", "two goroutines, two cores, bursts of 10,000 calls", "ns/call", 2, burst(2)},
		{"sustained", "CPU of the whole process, 300,000 calls as fast as possible", "CPU ns/call", 1, sustained},
	} {
		t.run(contestants, rounds)
	}
	return allocations(contestants)
}

// trial is one way to measure.
type trial struct {
	name, what, unit string
	cores            int
	measure          func(*contestant) float64
}

func (t trial) run(contestants []*contestant, rounds int) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(t.cores))
	figures := make([][]float64, len(contestants))
	for _, c := range contestants {
		t.measure(c) // warm-up
	}
	for range rounds {
		for i, c := range contestants {
			figures[i] = append(figures[i], t.measure(c))
		}
	}
	fmt.Printf("%s: %s\n", t.name, t.what)
	if t.cores > 1 {
		fmt.Printf("  (two goroutines get %.1f cores of this machine; where that is 1, nothing is contended)\n", coresGot())
	}
	for i, c := range contestants {
		ratios := make([]float64, rounds)
		for r := range rounds {
			ratios[r] = figures[0][r] / figures[i][r]
		}
		line := fmt.Sprintf("  %-34s %8.1f %s", c.name, bench.Median(figures[i]), t.unit)
		if i > 0 {
			line += fmt.Sprintf("   genmeter takes %.2f of it", bench.Median(ratios))
		}
		if limit := c.limits[t.name]; limit > 0 {
			line += fmt.Sprintf(" (target: %.2f at most)", limit)
		}
		fmt.Println(line)
	}
	fmt.Println()
}

// burst measures bursts from n goroutines; between bursts, uncounted, genmeter's pump catches up.
func burst(n int) func(*contestant) float64 {
	return func(c *contestant) float64 {
		const bursts = 20
		spent := together(n, bursts, func() { c.record(burstCalls / n) }, func() {
			c.settle()
			runtime.GC()
		})
		return float64(spent.Nanoseconds()) / (bursts * burstCalls)
	}
}

// together runs f in n goroutines at the same time, again and again, and returns the time in which any of them ran it.
// Before each time, between runs by itself. Those who wait spin: a burst is shorter than it takes to wake a core.
func together(n, times int, f, between func()) (spent time.Duration) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection would fall on whoever is measured then
	var arrived atomic.Int64
	barrier := func(k int) {
		arrived.Add(1)
		for arrived.Load() < int64(k*n) {
		}
	}
	start, end := make([]time.Time, n), make([]time.Time, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for k := range times {
				if i == 0 {
					between()
				}
				barrier(2*k + 1)
				start[i] = time.Now()
				f()
				end[i] = time.Now()
				barrier(2*k + 2)
				if i == 0 {
					spent += slices.MaxFunc(end, time.Time.Compare).Sub(slices.MinFunc(start, time.Time.Compare))
				}
			}
		})
	}
	all.Wait()
	return spent
}

// coresGot measures how much faster two goroutines do twice the work of one. On a virtual machine whose cores share one,
// it is hardly faster at all.
func coresGot() float64 {
	work := func() {
		x := uint64(1)
		for range 50_000_000 {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
		}
		runtime.KeepAlive(x)
	}
	return 2 * float64(together(1, 1, work, func() {})) / float64(together(2, 1, work, func() {}))
}

func sustained(c *contestant) float64 {
	c.settle()
	runtime.GC()
	before := bench.CPUTime()
	c.record(sustainedCalls)
	c.settle()
	return float64((bench.CPUTime() - before).Nanoseconds()) / sustainedCalls
}

func allocations(contestants []*contestant) error {
	fmt.Println("allocations a call")
	for _, c := range contestants {
		n := testing.AllocsPerRun(10, func() { c.record(1000) }) / 1000
		fmt.Printf("  %-34s %8.3f\n", c.name, n)
		c.settle()
	}
	return nil
}
