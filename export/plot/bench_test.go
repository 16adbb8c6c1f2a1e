package plot

import (
	"io"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

func manyEvents() (all []monitor.Event) {
	for ev := range synthetic(316_000, 12, 9*time.Hour, 5*time.Hour, 40*time.Minute) {
		all = append(all, ev) // with evaluations and records 500,000
	}
	return all
}

// BenchmarkCollector counts half a million events and draws the set.
func BenchmarkCollector(b *testing.B) {
	all := manyEvents()
	b.ReportMetric(float64(len(all)), "events")
	b.ReportAllocs()
	for b.Loop() {
		c := NewCollector(Options{})
		for i := range all {
			c.Add(&all[i])
		}
		for _, f := range c.Figures() {
			if err := Write(io.Discard, f, SVG); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkMetric(b *testing.B) {
	src := events(manyEvents()...)
	b.ReportAllocs()
	for b.Loop() {
		f, err := MetricFigure(src, "generation_time", Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := Write(io.Discard, f, SVG); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	f, err := FigureOf(synthetic(4000, 12, time.Hour, time.Hour, 0), "cost", Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := Write(io.Discard, f, PNG); err != nil {
			b.Fatal(err)
		}
	}
}
