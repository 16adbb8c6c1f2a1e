package export

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// readSample is a sample as some reader found it in a file.
type readSample struct {
	metric string
	value  float64
	attrs  map[string]string
}

// totals is what truth.json says of a run.
type totals struct {
	Calls, Success, Evaluations, Records int
	DurationSum                          float64
	ErrorTypes, Finish                   map[string]int
	Scores                               map[string][2]float64
	Tokens                               map[string]map[string]int64
	Orphans                              int // samples of error_rate that belong to no call
}

// tracked reads the truth.json of a run; the two have different keys.
func tracked(t testing.TB, run string) totals {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../ingest/testdata", run, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		totals
		Generations               int
		Prompt, Completion, Total map[string]int64
		DurationSum               float64        `json:"duration_sum"`
		ErrorTypes                map[string]int `json:"error_types"`
		Orphans                   int            `json:"orphan_error_samples"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		t.Fatal(err)
	}
	out := in.totals
	out.DurationSum, out.ErrorTypes, out.Orphans = in.DurationSum, in.ErrorTypes, in.Orphans
	out.Calls += in.Generations
	if out.Tokens == nil {
		out.Tokens = make(map[string]map[string]int64)
	}
	for model := range in.Total {
		out.Tokens[model] = map[string]int64{
			"input": in.Prompt[model], "output": in.Completion[model], "total": in.Total[model],
		}
	}
	delete(out.Finish, "") // not reported: no sample
	return out
}

// total adds up samples.
func total(samples []readSample) totals {
	out := totals{
		ErrorTypes: map[string]int{}, Finish: map[string]int{}, Scores: map[string][2]float64{}, Tokens: map[string]map[string]int64{},
	}
	for _, s := range samples {
		name, value := s.metric, s.value
		if score, ok := strings.CutPrefix(name, "evaluation_score_"); ok {
			x := out.Scores[score]
			out.Scores[score] = [2]float64{x[0] + 1, x[1] + value}
			continue
		}
		if reason, ok := strings.CutPrefix(name, "finish_reason:"); ok {
			out.Finish[monitor.ClassifyFinishReason(reason)]++
			continue
		}
		switch name {
		case "success_rate":
			out.Calls++
			out.Success += int(value)
		case "error_rate":
			out.Orphans++ // less the calls, at the end
			if class := s.attrs["error_type"]; value == 1 && class != "" && s.attrs["error"] != "" {
				out.ErrorTypes[class]++
			}
		case "generation_time":
			out.DurationSum += value
		case "evaluation_error_rate":
			out.Evaluations++
		case "acceptance_rate":
			out.Records++
		case "prompt_token_count":
			out.tokens(s, "input")
		case "completion_token_count":
			out.tokens(s, "output")
		case "total_token_count":
			out.tokens(s, "total")
		}
	}
	out.Orphans -= out.Calls
	return out
}

func (x *totals) tokens(s readSample, kind string) {
	model := s.attrs["model_name"]
	if model == "" {
		model = "unknown"
	}
	if x.Tokens[model] == nil {
		x.Tokens[model] = make(map[string]int64)
	}
	x.Tokens[model][kind] += int64(s.value)
}

// same checks that a reader found what was tracked.
func same(t *testing.T, got, want totals) {
	t.Helper()
	for what, n := range map[string][2]int{
		"calls": {got.Calls, want.Calls}, "success": {got.Success, want.Success}, "records": {got.Records, want.Records},
		"evaluations": {got.Evaluations, want.Evaluations}, "orphans": {got.Orphans, want.Orphans},
	} {
		if n[0] != n[1] {
			t.Errorf("%s: %d, want %d", what, n[0], n[1])
		}
	}
	if math.Abs(got.DurationSum-want.DurationSum) > 1e-9*want.DurationSum {
		t.Errorf("duration_sum: %v, want %v", got.DurationSum, want.DurationSum)
	}
	if !maps.Equal(got.ErrorTypes, want.ErrorTypes) {
		t.Errorf("error types: %v, want %v", got.ErrorTypes, want.ErrorTypes)
	}
	if !maps.Equal(got.Finish, want.Finish) {
		t.Errorf("finish reasons: %v, want %v", got.Finish, want.Finish)
	}
	if !maps.EqualFunc(got.Tokens, want.Tokens, maps.Equal[map[string]int64, map[string]int64]) {
		t.Errorf("tokens: %v, want %v", got.Tokens, want.Tokens)
	}
	sums := func(a, b [2]float64) bool { return a[0] == b[0] && math.Abs(a[1]-b[1]) <= 1e-9*math.Abs(b[1]) }
	if !maps.EqualFunc(got.Scores, want.Scores, sums) {
		t.Errorf("scores: %v, want %v", got.Scores, want.Scores)
	}
}
