package report_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/genmeter/genmeter/export/report"
	"github.com/genmeter/genmeter/monitor"
)

// calls is a small run: n calls of which every fifth fails.
func calls(n int, took time.Duration) monitor.Source {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	return func(yield func(monitor.Event, error) bool) {
		for i := range n {
			ev := monitor.Event{
				Kind: monitor.KindGeneration, Time: at.Add(time.Duration(i) * time.Second), Model: "gpt-4o-mini",
				Success: true, Duration: took, PromptTokens: 100, CompletionTokens: 20, CostUSD: 0.0001,
			}
			if i%5 == 4 {
				ev.Success, ev.Error, ev.CompletionTokens = false, "Request timed out.", 0
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func Example() {
	r, err := report.New(context.Background(), calls(60, time.Second), report.Options{Name: "today", NoAlerts: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Calls.Succeeded, "of", r.Calls.Total, "calls succeeded")
	fmt.Println(r.Usage.Total, "tokens")
	fmt.Printf("p95 %.1f s\n", r.Duration.P95)
	fmt.Println(r.Failures[0].Class, r.Failures[0].Count)
	// Output:
	// 48 of 60 calls succeeded
	// 6960 tokens
	// p95 1.0 s
	// timeout 12
}

// Several reports are compared with the first.
func ExampleWrite() {
	ctx := context.Background()
	before, err := report.New(ctx, calls(60, 2*time.Second), report.Options{Name: "before", NoAlerts: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	after, err := report.New(ctx, calls(120, time.Second), report.Options{Name: "after", NoAlerts: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := report.Write(os.Stdout, report.Text, before, after); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2 runs side by side
	// ===================
	// Each is compared with run A, the first.
	//
	// RUNS
	//   The runs
	//      run     from                     length  events
	//   A  before  2026-03-01 09:00:00 UTC  59.0 s      60
	//   B  after   2026-03-01 09:00:00 UTC   119 s     120
	//
	// COMPARISON
	//   Calls
	//                      A       B  difference
	//   calls             60     120      +100 %
	//   success rate  80.0 %  80.0 %           =
	//   failed        20.0 %  20.0 %           =
	//   rejected         0 %     0 %           =
	//
	//   Failed calls by class
	//                 A       B  difference
	//   timeout  20.0 %  20.0 %           =
	//
	//   Latency
	//                         A       B      difference
	//   call, mean       2.00 s  1.00 s  -50.0 % better
	//   call, p50        2.00 s  1.00 s  -50.0 % better
	//   call, p95        2.00 s  1.00 s  -50.0 % better
	//   call, p99        2.00 s  1.00 s  -50.0 % better
	//   output tokens/s      10      20   +100 % better
	//
	//   Tokens and cost
	//                           A          B  difference
	//   input tokens        6,000     12,000      +100 %
	//   output tokens         960      1,920      +100 %
	//   tokens              6,960     13,920      +100 %
	//   tokens/success        145        145           =
	//   cost             $0.00600    $0.0120      +100 %
	//   cost/success    $0.000125  $0.000125           =
	//
	//   Time
	//                      A      B    difference
	//   length        59.0 s  119 s        +102 %
	//   calls/minute    61.0   60.5  -0.8 % worse
	//
	//   Tokens by model
	//                    A       B  difference
	//   gpt-4o-mini  6,960  13,920      +100 %
	//
	//   Cost by model
	//                       A        B  difference
	//   gpt-4o-mini  $0.00600  $0.0120      +100 %
	//
	//   Call duration by model, p95
	//                     A       B      difference
	//   gpt-4o-mini  2.00 s  1.00 s  -50.0 % better
	//
	//   Trouble
	//               A  B  difference
	//   unreadable  0  0           =
}

func ExampleCompare() {
	ctx := context.Background()
	before, _ := report.New(ctx, calls(60, 2*time.Second), report.Options{Name: "before"})
	after, _ := report.New(ctx, calls(120, time.Second), report.Options{Name: "after"})
	for _, m := range report.Compare(before, after) {
		if m.Name == "call_duration_p95" && m.Of == "" {
			fmt.Println(*m.Values[0], *m.Values[1], m.Unit, m.Differences[1].Verdict)
		}
	}
	// Output:
	// 2 1 seconds better
}
