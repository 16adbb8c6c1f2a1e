package docs_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/export/plot"
	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
)

// The calls of a program that afterimage.monitoring monitored, as the upgrade notes have them.
func Example() {
	dir, err := os.MkdirTemp("", "upgrading")
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	prov, err := exporter.New() // prov.Handler() is what Prometheus scrapes
	if err != nil {
		log.Fatal(err)
	}
	// GenerationMonitor(log_dir=dir, alert_handlers=[page], alert_max_generation_time_seconds=60, token_usage_callback=bill)
	bill := func(r monitor.TokenUsageReport) { fmt.Println("bill", r.TotalTokens, "tokens") }
	mon, err := monitor.New(prov.MeterProvider(), monitor.WithLogDir(dir), monitor.WithTokenUsageCallback(bill, time.Minute))
	if err != nil {
		log.Fatal(err)
	}
	thresholds := alerting.DefaultThresholds() // afterimage's
	thresholds.MaxGenerationTime = new(60 * time.Second)
	page := alerting.Func(func(_ context.Context, a alerting.Alert) error { fmt.Println(a.Name, a.State); return nil })
	al, err := alerting.New(mon, thresholds, alerting.WithHandlers(page), alerting.WithInterval(time.Minute))
	if err != nil {
		log.Fatal(err)
	}
	go al.Run(ctx)

	// track_generation(1.86, True, model_name="gpt-4o-mini", prompt_token_count=512, …)
	mon.TrackGeneration(ctx, monitor.Generation{
		Duration: 1860 * time.Millisecond, Success: true, Provider: "openai", Model: "gpt-4o-mini",
		PromptTokens: 512, CompletionTokens: 128, FinishReason: "stop", Turns: 1,
	})
	// track_generation(30.0, False, error="Request timed out.")
	mon.TrackGeneration(ctx, monitor.Generation{Duration: 30 * time.Second, Model: "gpt-4o-mini", Error: "Request timed out."})
	// track_evaluation(0.5, True, "judge", {"coherence": 0.91})
	mon.TrackEvaluation(ctx, monitor.Evaluation{
		Duration: 500 * time.Millisecond, Success: true, Evaluator: "judge", Scores: []monitor.Score{{Name: "coherence", Value: 0.91}},
	})
	// record_metric("queue_depth", 7, {"worker": "a"})
	mon.RecordMetric(ctx, "queue_depth", 7, monitor.String("worker", "a"))
	// track_generation(…, metadata={"operation": "conversation_generation"}), for a conversation that is finished
	mon.TrackRecord(ctx, monitor.Record{ID: "row-17"})

	// get_metrics("generation_time", timedelta(minutes=5)), get_total_token_usage()
	stat := mon.Aggregate("generation_time", 5*time.Minute)
	fmt.Println(stat.Count, stat.Mean, stat.Max, mon.TokenUsage(0).TotalTokens)

	// export_metrics("out.parquet", "parquet"), visualize_metrics(save_dir="plots")
	if err := export.Write(ctx, dir+"/out.parquet", export.Parquet, mon.Snapshot(time.Hour)); err != nil {
		log.Fatal(err)
	}
	figures, err := plot.All(mon.Snapshot(time.Hour), plot.Options{Width: 12, Height: 6})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := plot.Save(dir+"/plots", plot.PNG, figures...); err != nil {
		log.Fatal(err)
	}

	// shutdown(): in this order, and nothing is lost
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second) // shutdown_timeout=5
	defer cancel()
	for _, shutdown := range []func(context.Context) error{al.Shutdown, mon.Shutdown, prov.Shutdown} {
		if err := shutdown(ctx); err != nil {
			log.Print(err)
		}
	}

	_ = os.RemoveAll(dir)
	// Output:
	// 2 15.93 30 640
	// bill 640 tokens
}
