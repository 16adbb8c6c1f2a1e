package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

const attempts = 3

// makeRows makes the rows, several at a time, until ctx ends.
func makeRows(ctx context.Context, mon *monitor.Monitor, c config) {
	rows := make(chan int)
	var workers sync.WaitGroup
	for range c.workers {
		workers.Go(func() {
			for row := range rows {
				w := worker{mon: mon, model: &model{rng: rand.New(rand.NewPCG(1, uint64(row))), seconds: c.seconds}}
				w.makeRow(ctx, fmt.Sprintf("row-%d", row))
			}
		})
	}
	for row := 0; row < c.records && ctx.Err() == nil; row++ {
		rows <- row
	}
	close(rows)
	workers.Wait()
}

type worker struct {
	mon   *monitor.Monitor
	model *model
}

// makeRow asks until there is an answer, and has it judged.
func (w worker) makeRow(ctx context.Context, id string) {
	text, err := w.ask(ctx, id)
	if err != nil {
		w.mon.TrackRecord(ctx, monitor.Record{ID: id, Outcome: monitor.Failed, Reason: "no answer"})
		return
	}
	record := monitor.Record{ID: id} // accepted
	if !w.judge(ctx, id, text) {
		record.Outcome, record.Reason = monitor.Rejected, "incoherent"
	}
	w.mon.TrackRecord(ctx, record)
}

func (w worker) ask(ctx context.Context, id string) (text string, err error) {
	for attempt := 1; attempt <= attempts; attempt++ {
		call := w.mon.Begin(monitor.Generation{
			Provider: "openai", Model: "gpt-4o-mini", Step: "write", Attempt: attempt, RecordID: id,
		})
		var a answer
		a, err = w.model.ask(ctx)
		call.End(ctx, func(g *monitor.Generation) { // its duration is measured
			if err != nil {
				g.Error = err.Error() // its class, such as rate_limit, is found in it
				return
			}
			g.Success, g.FinishReason, g.Turns = true, "stop", 1
			g.PromptTokens, g.CompletionTokens = a.promptTokens, a.completionTokens
		})
		if err == nil || ctx.Err() != nil {
			return a.text, err
		}
	}
	return "", err
}

func (w worker) judge(ctx context.Context, id, text string) (good bool) {
	begun := time.Now()
	score := w.model.rng.Float64() // stands for a judge that reads text
	w.mon.TrackEvaluation(ctx, monitor.Evaluation{
		Duration: time.Since(begun), Success: text != "", Evaluator: "coherence", RecordID: id,
		Scores: []monitor.Score{{Name: "coherence", Value: score}},
	})
	return score >= 0.2
}
