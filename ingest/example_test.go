package ingest_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel/metric/noop"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// A run's folder, read into a monitor.
func Example() {
	src, err := ingest.Open("testdata/afterimage-run")
	if err != nil {
		fmt.Println(err)
		return
	}
	mon, err := monitor.New(noop.NewMeterProvider())
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	defer mon.Shutdown(ctx)
	opts := ingest.FeedOptions{Source: "replay", Logger: slog.New(slog.DiscardHandler), OnEvent: func(ev *monitor.Event) {
		// a replay moves its clock to ev.Time here
	}}
	report, err := ingest.Feed(ctx, mon, src, opts)
	fmt.Println(report.Events, "events,", report.Problem(), "problems", err)
	for _, m := range mon.TokenUsage(0).ByModel {
		fmt.Println(m.ModelName, m.TotalTokens)
	}
	// Output:
	// 1862 events, 0 problems <nil>
	// gemini-2.5-flash 964653
	// gpt-4o 68391
	// gpt-4o-mini 898663
	// meta-llama/Llama-3.1-8B-Instruct 1059113
}

// Errors stand among the events; each says where it is and what was expected.
func ExampleRead() {
	text := `{"event":"generation","duration":NaN,"success":true,"model_name":"gpt-4o-mini"}
Step 3 done.
{"event":"record","id":"row-17","outcome":"accepted"}
`
	for ev, err := range ingest.Read(strings.NewReader(text), "run.ndjson") {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(ev.Kind, ev.Model+ev.ID)
	}
	// Output:
	// generation gpt-4o-mini
	// run.ndjson:1:34: duration: found NaN, expected a number of seconds; the value is left out
	// run.ndjson:2:1: found "Step 3 done.", expected a JSON object; the line is skipped
	// record row-17
}

// A folder's files, and what is read from them: of a metrics.jsonl beside a log only the program's own metrics.
func ExampleFiles() {
	files, err := ingest.Files("testdata/afterimage-quirks")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range files {
		fmt.Println(f.Path, f.MetricsOnly)
	}
	// Output:
	// testdata/afterimage-quirks/afterimage.log false
	// testdata/afterimage-quirks/metrics.jsonl true
}
