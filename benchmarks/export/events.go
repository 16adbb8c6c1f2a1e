package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/monitor"
)

const eventsFile = "events.ndjson"

// writeEvents writes a run of n events: 8 in 10 are calls, 1 an evaluation, 1 a finished record.
func writeEvents(path string, n int) error {
	return export.Write(context.Background(), path, export.NDJSON, events(n))
}

// events gives the same n events each time.
func events(n int) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		rnd := rand.New(rand.NewPCG(1, 2))
		at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
		for i := range n {
			at = at.Add(time.Duration(rnd.IntN(200_000)) * time.Microsecond)
			ev := event(rnd, i)
			ev.Time = at
			if !yield(ev, nil) {
				return
			}
		}
	}
}

var (
	models = []string{"gpt-4o-mini", "gpt-4o", "gemini-2.5-flash", "meta-llama/Llama-3.1-8B-Instruct"}
	steps  = []string{"draft", "critique", "rewrite"}
	topics = []string{"astronomy", "cooking", "law", "medicine", "poetry", "sports"}
)

func event(rnd *rand.Rand, i int) monitor.Event {
	ev := monitor.Event{
		ID: fmt.Sprintf("%016x", rnd.Uint64()), Success: true, Model: models[rnd.IntN(len(models))], Provider: "openai",
		Duration: time.Duration(rnd.IntN(20_000_000)) * time.Microsecond, RecordID: fmt.Sprintf("row-%d", i/10),
		PromptTokens: int64(rnd.IntN(4000)) + 1, CompletionTokens: int64(rnd.IntN(1000)) + 1,
	}
	ev.TotalTokens = ev.PromptTokens + ev.CompletionTokens
	switch i % 10 {
	case 8:
		ev.Kind, ev.Name = monitor.KindEvaluation, "judge"
		ev.Scores = []monitor.Score{
			{Name: "coherence", Value: float64(rnd.IntN(1001)) / 1000, Feedback: "reads well, \"mostly\""},
			{Name: "factuality", Value: float64(rnd.IntN(1001)) / 1000},
		}
		return ev
	case 9:
		return monitor.Event{Kind: monitor.KindRecord, ID: ev.RecordID}
	}
	ev.Kind, ev.Operation, ev.Step, ev.FinishReason = monitor.KindGeneration, "chat", steps[rnd.IntN(len(steps))], "stop"
	ev.Turns, ev.Attempt = int32(rnd.IntN(3))+1, 1
	ev.CostUSD = float64(ev.TotalTokens) * 15e-8
	ev.Attrs = []monitor.Attr{
		monitor.String("topic", topics[rnd.IntN(len(topics))]), monitor.Float64("temperature", float64(rnd.IntN(11))/10),
	}
	if rnd.IntN(20) == 0 {
		ev.Success, ev.FinishReason, ev.ErrorType = false, "", "rate_limit"
		ev.Error = "429 RESOURCE_EXHAUSTED: quota exceeded, retry later"
	}
	return ev
}
