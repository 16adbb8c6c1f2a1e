package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// truth is what was tracked in a recorded run, and so what must come out of everything.
type truth struct {
	Calls, Success, Failures float64
	Classes                  map[string]float64 // failures by error_type
	Finish                   map[string]float64 // successes by finish_reason, "" when none was reported
	Input, Output, Unsplit   map[string]float64 // tokens by model
	Records, Evaluations     float64
	Scores                   map[string][2]float64 // count and sum
	DurationSum              float64
	RejectedValues           float64
	TruncatedLines           float64
}

// readRun reads the truth of afterimage-run.
func readRun(t *testing.T) truth {
	var f struct {
		Generations, Success, Failure, Evaluations float64
		ErrorTypes                                 map[string]float64 `json:"error_types"`
		Finish                                     map[string]float64
		Prompt, Completion, Total                  map[string]float64
		Scores                                     map[string][2]float64
		DurationSum                                float64 `json:"duration_sum"`
	}
	readJSON(t, "afterimage-run/truth.json", &f)
	w := truth{
		Calls: f.Generations, Success: f.Success, Failures: f.Failure, Classes: f.ErrorTypes, Finish: f.Finish,
		Input: f.Prompt, Output: f.Completion, Unsplit: map[string]float64{},
		Evaluations: f.Evaluations, Scores: f.Scores, DurationSum: f.DurationSum,
	}
	for model, total := range f.Total {
		w.Unsplit[model] = total - w.Input[model] - w.Output[model]
	}
	return w
}

// readQuirks reads the truth of afterimage-quirks.
func readQuirks(t *testing.T) truth {
	var f struct {
		Calls, Success, Records, Evaluations float64
		ErrorTypes                           map[string]float64 `json:"error_types"`
		Finish                               map[string]float64
		Tokens                               map[string]struct{ Input, Output, Total float64 }
		Scores                               map[string][2]float64
		DurationSum                          float64 `json:"duration_sum"`
		RejectedValues                       float64 `json:"rejected_values"`
		TruncatedLines                       float64 `json:"truncated_lines"`
	}
	readJSON(t, "afterimage-quirks/truth.json", &f)
	w := truth{
		Calls: f.Calls, Success: f.Success, Failures: f.Calls - f.Success, Classes: f.ErrorTypes, Finish: f.Finish,
		Input: map[string]float64{}, Output: map[string]float64{}, Unsplit: map[string]float64{},
		Records: f.Records, Evaluations: f.Evaluations, Scores: f.Scores, DurationSum: f.DurationSum,
		RejectedValues: f.RejectedValues, TruncatedLines: f.TruncatedLines,
	}
	for model, n := range f.Tokens {
		w.Input[model], w.Output[model], w.Unsplit[model] = n.Input, n.Output, n.Total-n.Input-n.Output
	}
	return w
}

// fromLog is what afterimage.log alone tells: all but the values that were given to record_metric, which stand in
// metrics.jsonl only. It is these that cannot be.
func (w truth) fromLog() truth {
	w.RejectedValues = 0
	return w
}

// fromSamples is what metrics.jsonl alone can tell: it has neither the texts of errors nor the word "record".
func (w truth) fromSamples(t *testing.T, path string) truth {
	w.Classes = map[string]float64{"other": w.Failures}
	finish := map[string]float64{"": w.Finish[""] + w.Records} // a record has no finish reason
	for reason, n := range w.Finish {
		if reason != "" {
			finish[reason] = n
		}
	}
	w.Finish = finish
	w.Calls, w.Success, w.Records = w.Calls+w.Records, w.Success+w.Records, 0
	w.DurationSum = sumOf(t, path, "generation_time")
	return w
}

// sumOf adds the samples of one metric of metrics.jsonl. Lines with NaN, which is not JSON, and half lines are none.
func sumOf(t *testing.T, path, metric string) (sum float64) {
	f, err := os.Open(filepath.Join(testdata, path))
	must(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var sample struct {
			Metric string
			Value  float64
		}
		if json.Unmarshal(lines.Bytes(), &sample) == nil && sample.Metric == metric {
			sum += sample.Value
		}
	}
	must(t, lines.Err())
	return sum
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testdata, path))
	must(t, err)
	must(t, json.Unmarshal(text, v))
}
