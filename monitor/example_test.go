package monitor_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
)

// A whole program, the README's: it meters one call and a finished record, for Prometheus and for itself.
func Example() {
	ctx := context.Background()
	prov, err := exporter.New() // a MeterProvider, and what Prometheus scrapes
	if err != nil {
		log.Fatal(err)
	}
	mon, err := monitor.New(prov.MeterProvider())
	if err != nil {
		log.Fatal(err)
	}
	defer prov.Shutdown(ctx)
	defer mon.Shutdown(ctx)                 // before the provider's, so that it has everything
	http.Handle("/metrics", prov.Handler()) // go http.ListenAndServe("127.0.0.1:9464", nil)
	mon.SetTarget(10_000)                   // records wanted

	call := mon.Begin(monitor.Generation{Provider: "openai", Model: "gpt-4o-mini"})
	// … call the model …
	call.End(ctx, func(g *monitor.Generation) {
		g.Success, g.PromptTokens, g.CompletionTokens, g.FinishReason = true, 512, 128, "stop"
	})
	mon.TrackRecord(ctx, monitor.Record{ID: "row-1"}) // a finished row, however many calls it took

	fmt.Println(mon.Aggregate("success_rate", 5*time.Minute).Mean, mon.TokenUsage(0).TotalTokens, mon.Progress().Done)
	// Output: 1 640 1
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
