package ingest

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// sums is what truth.json says, added up from events.
type sums struct {
	Calls, Success, Evaluations, Records int
	DurationSum                          float64
	Errors, ErrorTypes, Finish           map[string]int
	Scores                               map[string][2]float64
	Tokens                               map[string]map[string]int64
	Metrics                              map[string]int
	Problems                             map[string]int
	Truncated                            int
}

// add adds up a whole source.
func add(t *testing.T, src monitor.Source) *sums {
	t.Helper()
	s := &sums{
		Errors: map[string]int{}, ErrorTypes: map[string]int{}, Finish: map[string]int{},
		Scores: map[string][2]float64{}, Tokens: map[string]map[string]int64{}, Metrics: map[string]int{}, Problems: map[string]int{},
	}
	for ev, err := range src {
		var line *LineError
		switch {
		case errors.As(err, &line):
			s.Problems[line.Reason]++
			if line.Truncated {
				s.Truncated++
			}
		case err != nil:
			t.Error(err)
		default:
			s.event(&ev)
		}
	}
	return s
}

func (s *sums) event(ev *monitor.Event) {
	switch ev.Kind {
	case monitor.KindGeneration:
		s.Calls++
		s.DurationSum += ev.Duration.Seconds()
		if ev.Success {
			s.Success++
			s.Finish[monitor.ClassifyFinishReason(ev.FinishReason)]++
		} else {
			s.Errors[ev.Error]++
			s.ErrorTypes[string(ev.ErrorClass())]++
		}
	case monitor.KindEvaluation:
		s.Evaluations++
		for _, sc := range ev.Scores {
			x := s.Scores[sc.Name]
			s.Scores[sc.Name] = [2]float64{x[0] + 1, x[1] + sc.Value}
		}
	case monitor.KindRecord:
		s.Records++
	case monitor.KindMetric:
		s.Metrics[ev.Name]++
	}
	if ev.PromptTokens+ev.CompletionTokens+ev.TotalTokens > 0 {
		model := ev.Model
		if model == "" {
			model = "unknown"
		}
		if s.Tokens[model] == nil {
			s.Tokens[model] = map[string]int64{}
		}
		s.Tokens[model]["input"] += ev.PromptTokens
		s.Tokens[model]["output"] += ev.CompletionTokens
		s.Tokens[model]["total"] += ev.TotalTokens
	}
}

// truth reads a truth.json into its own keys.
func truth(t *testing.T, run string, to any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", run, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, to); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, path string, opts ...Option) monitor.Source {
	t.Helper()
	src, err := Open(path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func equalMaps[V comparable](t *testing.T, what string, got, want map[string]V) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s: %.12g, want %.12g", what, got, want)
	}
}

func nearScores(t *testing.T, got, want map[string][2]float64) {
	t.Helper()
	equal(t, "names of scores", len(got), len(want))
	for name, w := range want {
		equal(t, "scores of "+name, got[name][0], w[0])
		near(t, "sum of "+name, got[name][1], w[1])
	}
}

// TestTruthRun: the plain run comes out of either file, and of the folder.
func TestTruthRun(t *testing.T) {
	var want struct {
		Generations, Success, Failure, Evaluations int
		DurationSum                                float64        `json:"duration_sum"`
		ErrorTypes                                 map[string]int `json:"error_types"`
		Finish                                     map[string]int
		Prompt, Completion, Total                  map[string]int64
		Scores                                     map[string][2]float64
	}
	truth(t, "afterimage-run", &want)
	for _, file := range []string{"afterimage.log", "metrics.jsonl", ""} {
		t.Run("file="+file, func(t *testing.T) {
			got := add(t, open(t, filepath.Join("testdata/afterimage-run", file), WithLocation(time.UTC)))
			equal(t, "calls", got.Calls, want.Generations)
			equal(t, "success", got.Success, want.Success)
			equal(t, "evaluations", got.Evaluations, want.Evaluations)
			near(t, "duration_sum", got.DurationSum, want.DurationSum)
			equalMaps(t, "finish", got.Finish, want.Finish)
			nearScores(t, got.Scores, want.Scores)
			prompt, completion, total := map[string]int64{}, map[string]int64{}, map[string]int64{}
			for model, n := range got.Tokens {
				prompt[model], completion[model], total[model] = n["input"], n["output"], n["total"]
			}
			equalMaps(t, "prompt", prompt, want.Prompt)
			equalMaps(t, "completion", completion, want.Completion)
			equalMaps(t, "total", total, want.Total)
			equalMaps(t, "problems", got.Problems, nil)
			equalMaps(t, "metrics", got.Metrics, nil)
			if file == "metrics.jsonl" { // knows no classes
				equalMaps(t, "error_types", got.ErrorTypes, map[string]int{"other": want.Failure})
			} else {
				equalMaps(t, "error_types", got.ErrorTypes, want.ErrorTypes)
			}
		})
	}
}

type quirksTruth struct {
	Calls, Success, Evaluations, Records int
	DurationSum                          float64        `json:"duration_sum"`
	ErrorTypes                           map[string]int `json:"error_types"`
	Errors, Finish                       map[string]int
	Tokens                               map[string]map[string]int64
	Scores                               map[string][2]float64
	OrphanErrorSamples                   int `json:"orphan_error_samples"`
	OtherLogLines                        int `json:"other_log_lines"`
	RejectedValues                       int `json:"rejected_values"`
	TruncatedLines                       int `json:"truncated_lines"`
}

// TestTruthQuirksLog: the log has everything but the samples that stand in metrics.jsonl alone; the folder has those
// too.
func TestTruthQuirksLog(t *testing.T) {
	var want quirksTruth
	truth(t, "afterimage-quirks", &want)
	for _, file := range []string{"afterimage.log", ""} {
		got := add(t, open(t, filepath.Join("testdata/afterimage-quirks", file)))
		equal(t, "calls", got.Calls, want.Calls)
		equal(t, "success", got.Success, want.Success)
		equal(t, "records", got.Records, want.Records)
		equal(t, "evaluations", got.Evaluations, want.Evaluations)
		near(t, "duration_sum", got.DurationSum, want.DurationSum)
		equalMaps(t, "errors", got.Errors, want.Errors)
		equalMaps(t, "error_types", got.ErrorTypes, want.ErrorTypes)
		equalMaps(t, "finish", got.Finish, want.Finish)
		nearScores(t, got.Scores, want.Scores)
		equalTokens(t, got.Tokens, want.Tokens)
		equal(t, "truncated_lines", got.Truncated, want.TruncatedLines)
		metrics, problems := map[string]int(nil), map[string]int{"malformed": want.TruncatedLines}
		if file == "" {
			metrics = map[string]int{"error_rate": want.OrphanErrorSamples, "model_creation_time": 16}
			problems["not_finite"] = want.RejectedValues
		}
		equalMaps(t, "metrics", got.Metrics, metrics)
		equalMaps(t, "problems", got.Problems, problems)
	}
	lines := countLines(t, "testdata/afterimage-quirks/afterimage.log")
	equal(t, "other_log_lines", lines-want.Calls-want.Records-want.Evaluations-want.TruncatedLines, want.OtherLogLines)
}

// TestTruthQuirksMetrics: metrics.jsonl cannot tell records from calls, nor classes of failure; the rejected values are
// in it alone.
func TestTruthQuirksMetrics(t *testing.T) {
	var want quirksTruth
	truth(t, "afterimage-quirks", &want)
	got := add(t, open(t, "testdata/afterimage-quirks/metrics.jsonl"))
	failures := want.Calls - want.Success
	equal(t, "calls", got.Calls, want.Calls+want.Records)
	equal(t, "success", got.Success, want.Success+want.Records)
	equal(t, "records", got.Records, 0)
	equal(t, "evaluations", got.Evaluations, want.Evaluations)
	equalMaps(t, "error_types", got.ErrorTypes, map[string]int{"other": failures})
	want.Finish[""] += want.Records // a finished conversation has no finish reason
	equalMaps(t, "finish", got.Finish, want.Finish)
	nearScores(t, got.Scores, want.Scores)
	equalTokens(t, got.Tokens, want.Tokens)
	equalMaps(t, "metrics", got.Metrics, map[string]int{"error_rate": want.OrphanErrorSamples, "model_creation_time": 16})
	equal(t, "truncated_lines", got.Truncated, want.TruncatedLines)
	equalMaps(t, "problems", got.Problems, map[string]int{"malformed": want.TruncatedLines, "not_finite": want.RejectedValues})
}

func equalTokens(t *testing.T, got, want map[string]map[string]int64) {
	t.Helper()
	equal(t, "models", len(got), len(want))
	for model, w := range want {
		equalMaps(t, "tokens of "+model, got[model], w)
	}
}

func countLines(t *testing.T, path string) (n int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		end := 0
		for end < len(b) && b[end] != '\n' {
			end++
		}
		b = b[min(end+1, len(b)):]
		n++
	}
	return n
}

// TestSourceCanBeRangedOverAgain, and stopped anywhere.
func TestSourceCanBeRangedOverAgain(t *testing.T) {
	src := open(t, "testdata/afterimage-quirks/metrics.jsonl")
	first, second, third := 0, 0, 0
	for range src {
		first++
	}
	for range src {
		if second++; second == 100 {
			break
		}
	}
	for range src {
		third++
	}
	if first < 600 || second != 100 || third != first {
		t.Errorf("%d, %d and %d events", first, second, third)
	}
}
