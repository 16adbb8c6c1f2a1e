package main

import (
	"bytes"
	"context"
	"os"
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
