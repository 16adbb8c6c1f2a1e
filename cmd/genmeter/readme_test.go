package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
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
