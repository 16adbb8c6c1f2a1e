package main

import (
	"os"
	"strings"
	"testing"
)

func TestIsTerminal(t *testing.T) {
	for path, want := range map[string]bool{
		"/dev/null": false, "/dev/zero": false, "/dev/full": false, "/dev/ptmx": true, os.Args[0]: false,
	} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := isTerminal(f); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
		_ = f.Close()
	}
	if isTerminal(new(strings.Builder)) {
		t.Error("a strings.Builder is no terminal")
	}
}
