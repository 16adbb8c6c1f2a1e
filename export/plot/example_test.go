package plot_test

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/genmeter/genmeter/export/plot"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// The pictures of a recorded run, into a folder.
func Example() {
	src, err := ingest.Open("../../ingest/testdata/afterimage-run")
	if err != nil {
		fmt.Println(err)
		return
	}
	figures, err := plot.All(ingest.Clean(src), plot.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "plots")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	paths, err := plot.Save(dir, plot.SVG, figures...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range paths {
		fmt.Println(filepath.Base(path))
	}
	// Output:
	// success_error_rate.svg
	// failures.svg
	// generation_time.svg
	// latency_heatmap.svg
	// total_token_count.svg
	// prompt_token_count.svg
	// completion_token_count.svg
	// tokens_by_model.svg
	// evaluation_scores.svg
	// evaluation_time.svg
}

// One metric, with a line where it should not go.
func ExampleMetricFigure() {
	threshold := 2.0
	src := calls(1*time.Second, 1500*time.Millisecond, 3*time.Second)
	figure, err := plot.MetricFigure(src, "generation_time", plot.Options{Rolling: 2, Threshold: &threshold})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Title)
	fmt.Println(figure.Description)
	_, err = plot.MetricFigure(src, "latency", plot.Options{})
	fmt.Println(err)
	// Output:
	// Generation time
	// 3 samples · mean 1.83 s · 2026-11-24 19:00:00 – 19:00:02 UTC (2 s); a sample; rolling mean of 2 samples; threshold 2 s
	// no samples of metric "latency": there are error_rate, generation_time, success_rate
}

// A report that counts events for itself feeds a collector on the way.
func ExampleCollector() {
	collector := plot.NewCollector(plot.Options{Width: 8, Height: 4})
	slowest := time.Duration(0)
	for ev, err := range calls(time.Second, 4*time.Second) {
		if err != nil {
			fmt.Println(err)
			return
		}
		slowest = max(slowest, ev.Duration)
		collector.Add(&ev)
	}
	fmt.Println("slowest:", slowest)
	for _, f := range collector.Figures() {
		fmt.Println(f.Name)
	}
	// Output:
	// slowest: 4s
	// success_error_rate
	// generation_time
	// latency_heatmap
}

// calls gives a successful call a second.
func calls(durations ...time.Duration) monitor.Source {
	at := time.Date(2026, 11, 24, 19, 0, 0, 0, time.UTC)
	return func(yield func(monitor.Event, error) bool) {
		for i, d := range durations {
			ev := monitor.Event{Kind: monitor.KindGeneration, Time: at.Add(time.Duration(i) * time.Second), Duration: d, Success: true}
			if !yield(ev, nil) {
				return
			}
		}
	}
}
