package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/export/report"
)

// writeLines appends the lines of a run's two files to those of another folder, as their program would: a few at a time, now and then
// half a line.
const writeLines = `
import os, random, sys, time
source, target = sys.argv[1:]
parts = []
for name in ("afterimage.log", "metrics.jsonl"):
    with open(os.path.join(source, name), "rb") as f:
        parts.append((open(os.path.join(target, name), "ab", buffering=0), f.read().splitlines(keepends=True)))
for i in range(1, 201):
    for out, lines in parts:
        for line in lines[len(lines) * (i - 1) // 200 : len(lines) * i // 200]:
            half = random.randrange(len(line))
            out.write(line[:half])
            out.write(line[half:])
    time.sleep(0.03)
`

// TestFollowKilled follows a run that another process writes line by line, and is killed twenty times meanwhile: what it has
// counted and kept in the end is what was tracked.
func TestFollowKilled(t *testing.T) {
	t.Parallel()
	source, err := filepath.Abs(filepath.Join(testdata, "afterimage-quirks"))
	must(t, err)
	dir, data := t.TempDir(), t.TempDir()
	writer := exec.Command("python3", "-c", writeLines, source, dir)
	must(t, writer.Start())
	written := make(chan error, 1)
	go func() { written <- writer.Wait() }()
	start := func() *sidecarProcess {
		return startProcess(t, "", "--data-dir="+data, "--resume", "--follow="+dir, "--timezone=UTC")
	}
	for range 20 {
		p := start()
		time.Sleep(rand.N(400 * time.Millisecond)) // the random moment
		p.kill(t)
	}
	must(t, <-written)
	w := readQuirks(t)
	p := start()
	must(t, until(func() error { return w.sameTotals(t, p) }))
	p.terminate(t)

	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"report", "--format=json", data}, strings.NewReader(""), &stdout, &stderr); code != exitGood {
		t.Fatalf("exit code %d:\n%s", code, &stderr)
	}
	var r report.Report
	must(t, json.Unmarshal(stdout.Bytes(), &r))
	w.sameReport(t, &r)
}

// sameTotals compares what the sidecar counts.
func (w *truth) sameTotals(t *testing.T, p *sidecarProcess) error {
	var progress struct{ Done, Calls, Failures float64 }
	p.get(t, "/api/v1/progress", &progress)
	if progress.Done != w.Records || progress.Calls != w.Calls || progress.Failures != w.Failures {
		return fmt.Errorf("progress %+v, want %v records, %v calls, %v failures", progress, w.Records, w.Calls, w.Failures)
	}
	var tokens struct {
		ByModel []struct {
			Name   string  `json:"model_name"`
			Input  float64 `json:"prompt_tokens"`
			Output float64 `json:"completion_tokens"`
			Total  float64 `json:"total_tokens"`
		} `json:"by_model"`
	}
	p.get(t, "/api/v1/tokens", &tokens)
	for _, m := range tokens.ByModel {
		if m.Input != w.Input[m.Name] || m.Output != w.Output[m.Name] || m.Total != m.Input+m.Output+w.Unsplit[m.Name] {
			return fmt.Errorf("tokens %+v, want %v, %v and %v", m, w.Input[m.Name], w.Output[m.Name], w.Unsplit[m.Name])
		}
	}
	if len(tokens.ByModel) != len(w.Input) {
		return fmt.Errorf("%d models, want %d", len(tokens.ByModel), len(w.Input))
	}
	return nil
}

// sameReport compares what is kept.
func (w *truth) sameReport(t *testing.T, r *report.Report) {
	t.Helper()
	c := r.Calls
	if float64(c.Total) != w.Calls || float64(c.Succeeded) != w.Success || float64(c.Failed) != w.Failures || float64(r.Records.Accepted) != w.Records ||
		float64(r.Evaluations.Total) != w.Evaluations {
		t.Errorf("%+v, %+v, %d evaluations; want %v, %v and %v calls, %v records, %v evaluations", c, r.Records, r.Evaluations.Total,
			w.Calls, w.Success, w.Failures, w.Records, w.Evaluations)
	}
	classes := make(map[string]float64)
	for _, f := range r.Failures {
		classes[f.Class] = float64(f.Count)
	}
	if !maps.Equal(classes, w.Classes) {
		t.Errorf("failures %v, want %v", classes, w.Classes)
	}
	for _, m := range r.Models {
		if float64(m.Input) != w.Input[m.Name] || float64(m.Output) != w.Output[m.Name] || float64(m.Unsplit) != w.Unsplit[m.Name] {
			t.Errorf("%s: %+v", m.Name, m.Usage)
		}
	}
	for _, s := range r.Evaluations.Scores {
		if want := w.Scores[s.Name]; float64(s.Count) != want[0] || math.Abs(s.Mean*want[0]-want[1]) > 1e-9 {
			t.Errorf("score %s: %+v, want %v", s.Name, s.Distribution, want)
		}
	}
	if len(r.Models) != len(w.Input) || len(r.Evaluations.Scores) != len(w.Scores) {
		t.Errorf("%d models and %d scores, want %d and %d", len(r.Models), len(r.Evaluations.Scores), len(w.Input), len(w.Scores))
	}
}
