package alerting

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// BenchmarkEvaluate judges 1,000 rules, five for each of 200 models and 50 of them quantiles, over a full ring of 65,536
// calls. A pass is to take 10 ms at most.
func BenchmarkEvaluate(b *testing.B) {
	now := epoch
	mon, err := monitor.New(nil, monitor.WithClock(func() time.Time { return now }))
	if err != nil {
		b.Fatal(err)
	}
	defer mon.Shutdown(b.Context())
	al, err := New(mon, Thresholds{}, WithRules(manyRules()...), WithInterval(0))
	if err != nil {
		b.Fatal(err)
	}
	for i := range 1 << 16 {
		mon.TrackGeneration(b.Context(), monitor.Generation{
			Success: i%7 > 0, Model: fmt.Sprint("model-", i%200), Duration: time.Duration(i%40) * time.Second, PromptTokens: 500,
			Time: now.Add(-time.Duration(i%300) * time.Second),
		})
	}
	b.ReportAllocs()
	for b.Loop() {
		if told := al.Evaluate(now); len(told) > 0 {
			b.Fatal(told[0].Message)
		}
	}
}

// manyRules are five for each of 200 models, 50 of them quantiles; none fires.
func manyRules() []Rule {
	var rules []Rule
	for i := range 200 {
		model := fmt.Sprint("model-", i)
		for j, r := range []Rule{
			{Metric: "success_rate", Comparison: Below, Threshold: 0.5},
			{Metric: "error_rate", Threshold: 0.5},
			{Metric: "generation_time", Threshold: 40},
			{Metric: "total_token_count", Statistic: Rate, Threshold: 1e6},
			{Metric: "generation_time", Statistic: Max, Threshold: 3600},
		} {
			r.Name, r.Model = fmt.Sprintf("rule_%d_%d", i, j), model
			if j == 4 && i < 50 {
				r.Statistic = P95
			}
			rules = append(rules, r)
		}
	}
	return rules
}

// TestCountedMeanwhile: rules that are judged without a pause cost no event.
func TestCountedMeanwhile(t *testing.T) {
	f := newFixture(t, DefaultThresholds(), WithRules(manyRules()...), WithInterval(0))
	const each, recorders = 50_000, 2
	var recording sync.WaitGroup
	for range recorders {
		recording.Go(func() {
			for i := range each {
				f.mon.TrackGeneration(context.Background(), monitor.Generation{
					Success: true, Model: fmt.Sprint("model-", i%200), Duration: time.Second, PromptTokens: 10,
				})
			}
		})
	}
	recorded := make(chan struct{})
	go func() { recording.Wait(); close(recorded) }()
	passes := 0
	for done := false; !done; passes++ {
		select {
		case <-recorded:
			done = true
		default:
		}
		f.want(f.al.Evaluate(f.now))
	}
	if got := f.mon.TokenUsage(0); got.TotalTokens != 10*each*recorders {
		t.Errorf("%d tokens, want %d", got.TotalTokens, 10*each*recorders)
	}
	if got := f.mon.Losses(); got != (monitor.Losses{}) || passes < 2 {
		t.Errorf("%+v lost over %d passes", got, passes)
	}
}
