package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
)

func TestSummary(t *testing.T) {
	var s summary
	for i, ev := range []monitor.Event{
		{Kind: monitor.KindGeneration, Success: true, Time: dawn},
		{Kind: monitor.KindGeneration, Error: "timed out"},
		{Kind: monitor.KindGeneration, Error: "429"},
		{Kind: monitor.KindGeneration, ErrorType: "timeout"},
		{Kind: monitor.KindGeneration}, // a judge said no
		{Kind: monitor.KindEvaluation, Success: true, Scores: []monitor.Score{{Name: "fact", Value: 0.5}, {Name: "coherence", Value: 1}}},
		{Kind: monitor.KindEvaluation, Success: true, Scores: []monitor.Score{{Name: "coherence", Value: 0.25}, {Name: "fact", Value: math.NaN()}}},
		{Kind: monitor.KindRecord, Outcome: monitor.Accepted},
		{Kind: monitor.KindRecord, Outcome: monitor.Rejected},
		{Kind: monitor.KindRecord, Outcome: monitor.Failed, Time: dawn.Add(90 * time.Second)},
		{Kind: monitor.KindMetric}, {Kind: monitor.KindBegin}, {Kind: monitor.KindTarget},
	} {
		if s.add(&ev); s.events != i+1 {
			t.Errorf("%d events after %d", s.events, i+1)
		}
	}
	s.rejectedValues, s.badLines = 4, 5
	s.latency = monitor.Stat{Count: 4, Mean: 1.5, P50: 1.25, P95: 3, Max: 4, QuantileCoverage: 0.5}
	s.usage = monitor.TokenUsageReport{
		ByModel: []monitor.ModelTokenUsage{
			{ModelName: "-a"},
			{ModelName: "a", PromptTokens: 10, CompletionTokens: 2, TotalTokens: 12, CostUSD: 0.5},
			{ModelName: "some/b", PromptTokens: 1000, CompletionTokens: 200, TotalTokens: 1300, UnpricedTokens: 1300},
		},
		TotalPromptTokens: 1010, TotalCompletionTokens: 202, TotalTokens: 1312, TotalCostUSD: 0.5, TotalUnpricedTokens: 1300,
	}
	s.judged = true
	for _, a := range []alerting.Alert{
		{Name: "slow", State: alerting.Firing, Level: alerting.Warning, StartsAt: dawn.Add(time.Minute), Message: "mean\n40 s"},
		{Name: "stalled", State: alerting.Firing, Level: alerting.Error, StartsAt: dawn.Add(70 * time.Second), Message: "no success"},
		{Name: "stalled", State: alerting.Firing, Reminder: true, StartsAt: dawn.Add(70 * time.Second)},
		{Name: "slow", State: alerting.Resolved, EndsAt: dawn.Add(80 * time.Second)},
	} {
		s.alerts.Add(a)
	}
	const want = `run               1m30s, from 2026-03-01T06:00:00Z to 2026-03-01T06:01:30Z
calls             5: 1 succeeded, 3 failed, 1 rejected
failures          2 timeout, 1 rate_limit
call duration     mean 1.50 s, p50 1.25 s, p95 3.00 s (of the last 50 %), max 4.00 s
records           3: 1 accepted, 1 rejected, 1 failed
evaluations       2
  coherence       0.625 on average of 2
  fact            0.500 on average of 1
rejected values   4
unreadable lines  5
alerts            2 would have fired: see below

  input  output  unsplit  total  cost USD  model
      0       0        0      0         -  -a
     10       2        0     12    0.5000  a
   1000     200      100   1300         ?  some/b
   1010     202      100   1312   0.5000+  all

fired at              for           level    alert
2026-03-01T06:01:00Z  20s           warning  slow: mean�40 s
2026-03-01T06:01:10Z  still firing  error    stalled: no success
`
	var got strings.Builder
	if err := s.write(&got); err != nil || got.String() != want {
		t.Errorf("error %v, got\n%s\nwant\n%s", err, got.String(), want)
	}
}
