package monitor_test

import (
	"context"
	"fmt"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// A whole program: it meters three calls and a finished record, and asks what they used.
func Example() {
	ctx := context.Background()
	mon, err := monitor.New(nil) // or a MeterProvider: exporter.New() makes one that Prometheus scrapes
	if err != nil {
		panic(err)
	}
	defer mon.Shutdown(ctx)

	for i := range 3 {
		mon.TrackGeneration(ctx, monitor.Generation{
			Duration: time.Duration(i+1) * time.Second, Success: true, Provider: "openai", Model: "gpt-4o-mini",
			PromptTokens: 512, CompletionTokens: 128, FinishReason: "stop",
		})
	}
	mon.TrackRecord(ctx, monitor.Record{ID: "row-1"})

	took := mon.Aggregate("generation_time", 5*time.Minute)
	fmt.Printf("%d calls, %.1f s on average, %.0f s at most\n", took.Count, took.Mean, took.Max)
	fmt.Println(mon.TokenUsage(0).TotalTokens, "tokens for", mon.Progress().Done, "record")
	// Output:
	// 3 calls, 2.0 s on average, 3 s at most
	// 1920 tokens for 1 record
}

func ExampleMonitor_Begin() {
	ctx := context.Background()
	mon, err := monitor.New(nil)
	if err != nil {
		panic(err)
	}
	defer mon.Shutdown(ctx)

	call := mon.Begin(monitor.Generation{Model: "gpt-4o-mini"})
	fmt.Println(mon.Progress().InProgress, "call in progress")
	call.End(ctx, func(g *monitor.Generation) { g.Success, g.CompletionTokens = true, 128 })
	fmt.Println(mon.Progress().InProgress, "calls in progress,", mon.TokenUsage(0).TotalTokens, "tokens")
	// Output:
	// 1 call in progress
	// 0 calls in progress, 128 tokens
}

func ExampleMonitor_Follow() {
	ctx := context.Background()
	mon, err := monitor.New(nil)
	if err != nil {
		panic(err)
	}
	cursor := mon.Follow("printer")
	mon.TrackGeneration(ctx, monitor.Generation{Model: "gpt-4o-mini", Error: "429 Too Many Requests"})

	events := make([]monitor.Event, 64)
	n, err := cursor.Read(ctx, events) // io.EOF after Shutdown
	for _, e := range events[:n] {
		fmt.Println(e.Kind, e.Model, e.CallOutcome(), e.ErrorClass())
	}
	cursor.Close()
	fmt.Println(err, mon.Shutdown(ctx))
	// Output:
	// generation gpt-4o-mini error rate_limit
	// <nil> <nil>
}

func ExampleMonitor_SetTarget() {
	ctx := context.Background()
	clock := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	mon, err := monitor.New(nil, monitor.WithClock(func() time.Time { return clock }))
	if err != nil {
		panic(err)
	}
	defer mon.Shutdown(ctx)

	mon.SetTarget(100)
	for range 10 {
		clock = clock.Add(6 * time.Second)
		mon.TrackRecord(ctx, monitor.Record{})
	}
	p := mon.Progress()
	fmt.Printf("%d of %d, %.1f a minute, %v to go\n", p.Done, p.Target, p.Rate*60, p.ETA)
	// Output:
	// 10 of 100, 10.0 a minute, 9m0s to go
}

func ExampleMonitor_Snapshot() {
	ctx := context.Background()
	mon, err := monitor.New(nil)
	if err != nil {
		panic(err)
	}
	defer mon.Shutdown(ctx)

	mon.RecordMetric(ctx, "queue_depth", 7, monitor.String("worker", "a"))
	for e, err := range mon.Snapshot(time.Hour) {
		fmt.Println(e.Kind, e.Name, e.Value, e.Attrs, err)
	}
	// Output:
	// metric queue_depth 7 [worker=a] <nil>
}
