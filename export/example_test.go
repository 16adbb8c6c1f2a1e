package export_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/monitor"
)

// A whole export: two calls, of which one metric is written as CSV.
func Example() {
	at := time.Date(2026, 11, 24, 19, 57, 10, 0, time.UTC)
	src := monitor.Source(func(yield func(monitor.Event, error) bool) {
		call := monitor.Event{Kind: monitor.KindGeneration, Time: at, Success: true, Model: "gpt-4o-mini", PromptTokens: 512}
		if !yield(call, nil) {
			return
		}
		call.Time, call.PromptTokens = at.Add(time.Second), 640
		yield(call, nil)
	})
	err := export.Encode(context.Background(), os.Stdout, export.CSV, src, export.WithMetrics("prompt_token_count"))
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// timestamp,value,model_name
	// 2026-11-24T19:57:10.000000Z,512,gpt-4o-mini
	// 2026-11-24T19:57:11.000000Z,640,gpt-4o-mini
}
