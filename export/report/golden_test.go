package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what is written now; look at it, and go test ./export/report -update\n%s", path, got)
	}
}

// demo is a run with some of everything. With more speed calls take less time and fail less often.
func demo(speed float64) monitor.Source {
	models := []string{"gpt-4o-mini", "meta-llama/Llama-3.1-405B-Instruct-Turbo-FP8", "通义千问-max", "claude-sonnet-4"}
	var events []monitor.Event
	events = append(events, monitor.Event{Kind: monitor.KindTarget, Time: dawn, Value: 150})
	for i := range 400 {
		at := dawn.Add(time.Duration(i) * 7 * time.Second)
		if i >= 250 {
			at = at.Add(20 * time.Minute) // a pause
		}
		model := models[(i*i+i/7)%len(models)]
		took := time.Duration(float64(300+(i*7919)%2700) / speed * float64(time.Millisecond))
		ev := monitor.Event{
			Kind: monitor.KindGeneration, Time: at, Success: true, Model: model, Provider: "openai", Duration: took,
			TimeToFirstToken: took / 5, PromptTokens: int64(400 + (i*31)%900), CompletionTokens: int64(50 + (i*17)%300),
			Step: []string{"draft", "revise", "judge"}[i%3], FinishReason: "stop", Turns: int32(1 + i%3), Attempt: 1,
		}
		ev.CachedTokens, ev.ReasoningTokens = ev.PromptTokens/4, ev.CompletionTokens/3
		switch {
		case i%(9+int(2*speed)) == 10:
			ev.Success, ev.Error, ev.FinishReason = false, "429 Too Many Requests: slow down | please", ""
		case i%29 == 28:
			ev.Success, ev.Error, ev.FinishReason, ev.CompletionTokens = false, "Request timed out.", "", 0
		case i%37 == 36:
			ev.Success, ev.FinishReason = false, "length"
		case i%41 == 40:
			ev.CacheHit = true
		case i%43 == 42:
			ev.Batch = true
		case i%13 == 12:
			ev.Attempt = 2
		}
		ev.TotalTokens = ev.PromptTokens + ev.CompletionTokens + int64(i%5)
		events = append(events, ev)
		if i%4 == 3 {
			events = append(events, monitor.Event{
				Kind: monitor.KindEvaluation, Time: at.Add(time.Second), Success: i%20 != 19, Name: "composite", Duration: took / 3,
				Scores: []monitor.Score{{Name: "coherence", Value: 0.5 + float64(i%50)/100}, {Name: "toxicity", Value: -float64(i%7) / 10}},
			})
		}
		if i%3 == 2 {
			record := monitor.Event{Kind: monitor.KindRecord, Time: at.Add(2 * time.Second)}
			if i%15 == 14 {
				record.Outcome, record.Name = monitor.Rejected, "too short"
			} else if i%33 == 32 {
				record.Outcome, record.Name = monitor.Failed, "no answer"
			}
			events = append(events, record)
		}
	}
	events = append(events, monitor.Event{Kind: monitor.KindBegin, Time: dawn.Add(time.Hour), ID: "call-7"},
		monitor.Event{Kind: monitor.KindMetric, Time: dawn.Add(time.Hour), Name: "queue_depth", Value: 3})
	return source(events...)
}

func demos(t *testing.T) (before, after *Report) {
	before = made(t, demo(1), Options{Name: "before", Prices: testPrices})
	after = made(t, demo(2), Options{Name: "after | <b>`faster`</b>", Prices: testPrices, Location: time.FixedZone("CET", 3600)})
	return before, after
}

func TestGoldenReport(t *testing.T) {
	before, _ := demos(t)
	for _, f := range Formats() {
		golden(t, "report"+f.Extension(), written(t, f, before))
	}
}

func TestGoldenComparison(t *testing.T) {
	before, after := demos(t)
	for _, f := range []Format{Text, Markdown, HTML} {
		golden(t, "comparison"+f.Extension(), written(t, f, before, after, before))
	}
}

// TestTextWidth: nothing in the text is wider than a terminal of 80 columns.
func TestTextWidth(t *testing.T) {
	before, after := demos(t)
	plain := made(t, recorded(t, "afterimage-quirks"), Options{Name: "quirks"})
	for _, reports := range [][]*Report{{before}, {after}, {plain}, {before, after}, {before, after, plain, before, after, plain}} {
		checkWidth(t, written(t, Text, reports...))
	}
}
