package plot

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

func TestExactQuantiles(t *testing.T) {
	var e exact
	if e.quantile(0.5) != 0 {
		t.Error("a quantile of nothing")
	}
	for _, v := range []float64{4, 1, 3, 2, 5} {
		e.add(v)
	}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 0.9: 4.6, 1: 5} {
		if got := e.quantile(q); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	e.add(0) // behind a quantile
	if got := e.quantile(0); got != 0 {
		t.Errorf("the least is %v after a lesser one", got)
	}
}

// TestQuantilesOfMany: beyond the bound no sample is kept, and the keys say that quantiles are about right.
func TestQuantilesOfMany(t *testing.T) {
	c := NewCollector(Options{Width: 4, Height: 3})
	keys := func() string {
		var b strings.Builder
		figure, ok := drawGenerationTime(newRun(c), c.opts)
		if !ok {
			t.Fatal("no figure")
		}
		b.WriteString(figure.Description)
		return b.String()
	}
	ev := monitor.Event{Kind: monitor.KindGeneration, Success: true}
	for i := range mostExact {
		ev.Duration = time.Duration(i+1) * time.Millisecond
		c.Add(&ev)
	}
	if text := keys(); strings.Contains(text, "≈") || c.durations.quantile(0.5) != 50.0005 {
		t.Errorf("%v, %s", c.durations.quantile(0.5), text)
	}
	c.Add(&ev)
	if text := keys(); !strings.Contains(text, "p50 ≈ ") || c.durations.list != nil {
		t.Errorf("%d kept: %s", len(c.durations.list), text)
	}
	if got := c.durations.quantile(0.5); math.Abs(got-50) > 0.6 {
		t.Errorf("the median is %v", got)
	}
}

// TestCacheHitsTookNothing: an answer of a local cache is a call without a latency, as in the metric generation_time.
func TestCacheHitsTookNothing(t *testing.T) {
	c := NewCollector(Options{})
	c.Add(&monitor.Event{Kind: monitor.KindGeneration, Success: true, CacheHit: true, Duration: time.Second, TimeToFirstToken: time.Second})
	if c.calls != 1 || c.durations.n != 0 || c.firstToken.n != 0 {
		t.Errorf("%d calls, %d durations, %d times to the first token", c.calls, c.durations.n, c.firstToken.n)
	}
}
