package plot

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

var start = time.Date(2026, 11, 24, 19, 0, 2, 0, time.UTC)

var classes = []monitor.ErrorType{
	monitor.ErrorTimeout, monitor.ErrorRateLimit, monitor.ErrorServer, monitor.ErrorConnection, monitor.ErrorParse,
	monitor.ErrorAuth, monitor.ErrorContentFilter, monitor.ErrorOther,
}

// synthetic gives n calls by models over span, some failed, with an evaluation and a record now and then, and nothing for a
// while from gap on. It is the same each time.
func synthetic(n, models int, span, gap, pause time.Duration) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		rnd := rand.New(rand.NewPCG(1, 2))
		if !yield(monitor.Event{Kind: monitor.KindTarget, Value: float64(n) / 2}, nil) {
			return
		}
		for i := range n {
			at := time.Duration(float64(span-pause) * float64(i) / float64(max(n-1, 1)))
			if at > gap {
				at += pause
			}
			m := rnd.IntN(models)
			ev := monitor.Event{
				Kind: monitor.KindGeneration, Time: start.Add(at), Success: rnd.IntN(20) != 0, Model: modelName(m),
				Duration:     time.Duration(math.Exp(rnd.NormFloat64()*0.6+0.2+float64(m%3)/3) * 1e9),
				PromptTokens: int64(200 + rnd.IntN(3000)), CompletionTokens: int64(20 + rnd.IntN(800)),
			}
			ev.TotalTokens = ev.PromptTokens + ev.CompletionTokens + int64(rnd.IntN(2)*rnd.IntN(100))
			ev.TimeToFirstToken = ev.Duration / time.Duration(3+rnd.IntN(5))
			ev.CostUSD = float64(ev.TotalTokens) * 1e-6 * float64(m+1)
			if !ev.Success && rnd.IntN(4) > 0 {
				ev.ErrorType = string(classes[rnd.IntN(len(classes))])
			}
			if !yield(ev, nil) {
				return
			}
			if i%3 == 0 && !yield(monitor.Event{
				Kind: monitor.KindEvaluation, Time: ev.Time, Success: true, Duration: ev.Duration / 4, Name: "judge",
				Scores: []monitor.Score{
					{Name: "coherence", Value: 0.7 + rnd.Float64()*0.3}, {Name: "toxicity", Value: rnd.Float64()*0.4 - 0.3},
				},
			}, nil) {
				return
			}
			if i%4 == 0 && !yield(monitor.Event{
				Kind: monitor.KindRecord, Time: ev.Time, Outcome: monitor.RecordOutcome(max(0, rnd.IntN(12)-9)),
			}, nil) {
				return
			}
		}
	}
}

func modelName(i int) string {
	return []string{
		"gpt-4o-mini", "meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo-FP8-dynamic", "claude-sonnet-4-5-20250929",
		"gemini-2.5-flash", "mistralai/Mixtral-8x22B-Instruct-v0.1", "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
		"通义千问-max 🚀", "qwen/qwen3-235b-a22b-instruct-2507", "o3-mini", "command-r-plus-08-2024",
	}[i%10] + map[bool]string{true: fmt.Sprint("-", i), false: ""}[i >= 10]
}
