package report

import (
	"io"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// many repeats random events n times in all, as time goes on.
func many(n int) monitor.Source {
	events := random(10_000)
	return func(yield func(monitor.Event, error) bool) {
		for i := range n {
			ev := events[i%len(events)]
			ev.Time, ev.ID = dawn.Add(time.Duration(i)*30*time.Millisecond), ""
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// BenchmarkNew is the price of an event, whatever reads it: counted alone, judged too, and drawn too.
func BenchmarkNew(b *testing.B) {
	for name, o := range map[string]Options{"counted": {NoAlerts: true}, "judged": {}, "drawn": {Plots: true}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			if _, err := New(b.Context(), many(b.N), o); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	r := made(b, demo(1), Options{})
	for _, f := range Formats() {
		b.Run(f.String(), func(b *testing.B) {
			for b.Loop() {
				if err := Write(io.Discard, f, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
