package plot

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// TestQuantilesAreThoseOfAggregates: a picture of a metric has the p95 of the aggregate, and a sketch nearly so.
func TestQuantilesAreThoseOfAggregates(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{1, 2, 20, 137, 2500} {
		mon, err := monitor.New(nil, monitor.WithClock(func() time.Time { return start }))
		if err != nil {
			t.Fatal(err)
		}
		var list []monitor.Event
		for range n {
			list = append(list, monitor.Event{Kind: monitor.KindGeneration, Time: start, Success: true, Duration: time.Duration(rnd.ExpFloat64() * 1e9)})
			mon.Track(t.Context(), list[len(list)-1])
		}
		want := mon.Aggregate("generation_time", 0)
		if err := mon.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		s, err := readSamples(events(list...), "generation_time")
		if err != nil {
			t.Fatal(err)
		}
		for q, want := range map[float64]float64{0.5: want.P50, 0.9: want.P90, 0.95: want.P95, 0.99: want.P99} {
			if got := s.all.quantile(q); got != want {
				t.Errorf("%d samples: quantile %v is %v, want %v", n, q, got, want)
			}
			if got := s.all.sketch.quantile(q); math.Abs(got-want) > 0.011*want {
				t.Errorf("%d samples: quantile %v of the sketch is %v, want %v within 1.1 %%", n, q, got, want)
			}
		}
	}
}
