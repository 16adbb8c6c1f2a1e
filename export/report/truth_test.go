package report

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

const runs = "../../ingest/testdata"

// recorded gives the events of one of the recorded runs.
func recorded(t testing.TB, name string) monitor.Source {
	t.Helper()
	src, err := ingest.Open(filepath.Join(runs, name), ingest.WithLocation(time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return ingest.Clean(src)
}

func made(t testing.TB, src monitor.Source, o Options) *Report {
	t.Helper()
	r, err := New(t.Context(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func written(t testing.TB, f Format, reports ...*Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f, reports...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// truth is what either truth.json says. The two use different keys for some of it.
type truth struct {
	Calls                     uint64                                          `json:"calls"`
	Generations               uint64                                          `json:"generations"`
	Success                   uint64                                          `json:"success"`
	DurationSum               float64                                         `json:"duration_sum"`
	ErrorTypes                map[string]uint64                               `json:"error_types"`
	Evaluations               uint64                                          `json:"evaluations"`
	Finish                    map[string]uint64                               `json:"finish"`
	Records                   uint64                                          `json:"records"`
	Scores                    map[string][2]float64                           `json:"scores"`
	Tokens                    map[string]struct{ Input, Output, Total int64 } `json:"tokens"`
	Prompt, Completion, Total map[string]int64
	Rejected                  uint64 `json:"rejected_values"`
	Truncated                 uint64 `json:"truncated_lines"`
	Orphans                   uint64 `json:"orphan_error_samples"`
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b)) }

// TestTruth: what the recorded runs are known to hold comes out of the JSON form exactly.
func TestTruth(t *testing.T) {
	for _, run := range []string{"afterimage-run", "afterimage-quirks"} {
		t.Run(run, func(t *testing.T) {
			var want truth
			text, err := os.ReadFile(filepath.Join(runs, run, "truth.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			var got Report
			out := written(t, JSON, made(t, recorded(t, run), Options{Name: run}))
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			want.check(t, &got)
		})
	}
}

func (w *truth) check(t *testing.T, got *Report) {
	equal := func(what string, got, want uint64) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	calls := w.Calls + w.Generations
	equal("calls", got.Calls.Total, calls)
	equal("succeeded", got.Calls.Succeeded, w.Success)
	equal("failed", got.Calls.Failed, calls-w.Success)
	equal("evaluations", got.Evaluations.Total, w.Evaluations)
	equal("records", got.Records.Accepted, w.Records)
	equal("unreadable", got.Unreadable.Count, w.Rejected+w.Truncated)
	if sum := got.Duration.Mean * float64(got.Duration.Count); !near(sum, w.DurationSum) {
		t.Errorf("durations add up to %v, want %v", sum, w.DurationSum)
	}
	equal("classes", uint64(len(got.Failures)), uint64(len(w.ErrorTypes)))
	for _, f := range got.Failures {
		equal("failures of "+f.Class, f.Count, w.ErrorTypes[f.Class])
	}
	equal("reasons", uint64(len(got.FinishReasons)), uint64(len(w.Finish)))
	for _, f := range got.FinishReasons {
		equal("finish reason "+f.Reason, f.Calls, w.Finish[f.Reason])
	}
	equal("scores", uint64(len(got.Evaluations.Scores)), uint64(len(w.Scores)))
	for _, s := range got.Evaluations.Scores {
		equal("count of "+s.Name, s.Count, uint64(w.Scores[s.Name][0]))
		if sum := s.Mean * float64(s.Count); !near(sum, w.Scores[s.Name][1]) {
			t.Errorf("%s adds up to %v, want %v", s.Name, sum, w.Scores[s.Name][1])
		}
	}
	w.checkTokens(t, got)
}

func (w *truth) checkTokens(t *testing.T, got *Report) {
	want := map[string][3]int64{}
	for model, n := range w.Tokens {
		want[model] = [3]int64{n.Input, n.Output, n.Total}
	}
	for model, n := range w.Total {
		want[model] = [3]int64{w.Prompt[model], w.Completion[model], n}
	}
	sum := [3]int64{}
	for _, m := range got.Models {
		n := [3]int64{m.Input, m.Output, m.Total}
		if n != want[m.Name] {
			t.Errorf("tokens of %s: %v, want %v", m.Name, n, want[m.Name])
		}
		if m.Unsplit != m.Total-m.Input-m.Output {
			t.Errorf("unsplit tokens of %s: %d", m.Name, m.Unsplit)
		}
		for i := range sum {
			sum[i] += n[i]
		}
	}
	if len(got.Models) != len(want) {
		t.Errorf("%d models, want %d", len(got.Models), len(want))
	}
	if n := [3]int64{got.Usage.Input, got.Usage.Output, got.Usage.Total}; n != sum {
		t.Errorf("tokens in all: %v, want %v", n, sum)
	}
}
