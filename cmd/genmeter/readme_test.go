package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadmeEvents runs the README's event lines.
func TestReadmeEvents(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, lines, found := strings.Cut(string(readme), "```json\n")
	lines, _, ended := strings.Cut(lines, "```\n")
	if !found || !ended {
		t.Fatal("the README has no event lines")
	}
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"replay", "-"}, strings.NewReader(lines), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, stderr.String())
	}
	for _, want := range []string{"calls", "timeout", "gpt-4o-mini", "640", "coherence"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the summary lacks %q:\n%s", want, stdout.String())
		}
	}
}

// TestReadmeRules reads the README's file of thresholds and rules, and has it printed for Prometheus.
func TestReadmeRules(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, file, found := strings.Cut(string(readme), "```yaml\nthresholds:\n")
	file, _, ended := strings.Cut(file, "```\n")
	if !found || !ended {
		t.Fatal("the README has no thresholds")
	}
	path := filepath.Join(t.TempDir(), "alerts.yml")
	must(t, os.WriteFile(path, []byte("thresholds:\n"+file), 0o600))
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"rules", "--alerts.file", path}, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, stderr.String())
	}
	for want, n := range map[string]int{
		"- alert: GenmeterOverBudget\n": 1, "- alert: GenmeterSlowFirstToken\n": 1, "LongConversations": 0, "> 60\n": 1,
	} {
		if got := strings.Count(stdout.String(), want); got != n {
			t.Errorf("%q is there %d times, want %d:\n%s", want, got, n, stdout.String())
		}
	}
}

// TestReadmeReport: what the README shows of a report is what the command that it names says.
func TestReadmeReport(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, found := strings.Cut(string(readme), "```text\nafterimage-run\n")
	shown, _, ended := strings.Cut(shown, "```\n")
	if !found || !ended || !strings.Contains(string(readme), "`genmeter report ingest/testdata/afterimage-run`") {
		t.Fatal("the README has no report")
	}
	var stdout, stderr bytes.Buffer
	args := []string{"report", "--timezone=UTC", filepath.Join(testdata, "afterimage-run")}
	if code := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, stderr.String())
	}
	if !strings.HasPrefix(stdout.String(), "afterimage-run\n"+shown) {
		t.Errorf("the report begins otherwise:\n%s", stdout.String())
	}
}

// TestReadmePicture: the picture in the README is what the Makefile draws. Its numbers may differ in their last digit on
// another processor; its texts may not.
func TestReadmePicture(t *testing.T) {
	kept, err := os.ReadFile("../../docs/generation_time.svg")
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args := []string{"plot", "--timezone=UTC", "--figure=generation_time", "--format=svg", "-o", "-", filepath.Join(testdata, "afterimage-run")}
	if code := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, stderr.String())
	}
	texts := regexp.MustCompile(`>[^<>\n]+<`)
	if drawn, want := texts.FindAllString(stdout.String(), -1), texts.FindAllString(string(kept), -1); !slices.Equal(drawn, want) || len(drawn) < 10 {
		t.Errorf("make generate draws another picture: %q, want %q", drawn, want)
	}
}

// TestReadmeDashboards runs the README's commands that print dashboards.
func TestReadmeDashboards(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	must(t, err)
	commands := regexp.MustCompile(`(?m)^genmeter (dashboard[^#\n]*)`).FindAllStringSubmatch(string(readme), -1)
	if len(commands) != 2 {
		t.Fatalf("the README has the commands %q, want two", commands)
	}
	t.Chdir(t.TempDir())
	var stdout, stderr bytes.Buffer
	for _, c := range commands {
		if code := run(context.Background(), strings.Fields(c[1]), strings.NewReader(""), &stdout, &stderr); code != 0 {
			t.Fatalf("%s: exit code %d:\n%s", c[1], code, stderr.String())
		}
	}
	for _, name := range []string{"overview", "models", "quality", "genmeter"} {
		if !regexp.MustCompile(`(?m)^` + name + ` `).Match(stdout.Bytes()) {
			t.Errorf("%s is not listed:\n%s", name, stdout.String())
		}
	}
	if text, err := os.ReadFile("overview.json"); err != nil || !json.Valid(text) {
		t.Errorf("overview.json is no JSON, error %v", err)
	}
}
