package journal_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/genmeter/genmeter/ingest/journal"
	"github.com/genmeter/genmeter/monitor"
	"go.opentelemetry.io/otel/metric/noop"
)

// A run is interrupted, and the next one takes it up.
func Example() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	first, err := journal.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	batch := []monitor.Event{
		{Kind: monitor.KindGeneration, ID: "call-1", Time: time.Now(), Success: true, Model: "gpt-4o-mini", PromptTokens: 512},
		{Kind: monitor.KindRecord, ID: "row-1", Time: time.Now(), Outcome: monitor.Accepted},
	}
	if err := first.Append(ctx, batch); err != nil {
		log.Fatal(err) // nothing of the batch is in the journal
	}
	first.Close()

	second, err := journal.Open(dir, journal.WithResume())
	if err != nil {
		log.Fatal(err)
	}
	if n := second.Dropped().Events; n > 0 {
		fmt.Println("retention has deleted", n, "events")
	}
	for ev, err := range second.Events() {
		if err != nil {
			log.Print(err) // a damaged line; more follow
			continue
		}
		fmt.Println(ev.Kind, ev.ID)
	}
	second.Close()
	os.RemoveAll(dir)
	// Output:
	// generation call-1
	// record row-1
}

// A program that embeds a monitor keeps what that records.
func ExampleFollow() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	mon, err := monitor.New(noop.NewMeterProvider())
	if err != nil {
		log.Fatal(err)
	}
	j, err := journal.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	go journal.Follow(ctx, mon.Follow("journal"), j)

	mon.TrackRecord(ctx, monitor.Record{ID: "row-1", Outcome: monitor.Accepted})

	if err := mon.Shutdown(ctx); err != nil { // waits until the journal has everything
		log.Fatal(err)
	}
	for ev := range j.Events() {
		fmt.Println(ev.Kind, ev.ID)
	}
	if err := j.Close(); err != nil {
		log.Fatal(err)
	}
	os.RemoveAll(dir)
	// Output: record row-1
}
