package main

import "testing"

func TestEnding(t *testing.T) {
	for path, want := range map[string]string{
		"a.HTML": ".html", "runs.d/a.b.csv": ".csv", "": "", "-": "", "a": "", "a.": "", ".": "", "..": "", "../..": "", ".profile": "",
		"runs.d/a": "", "runs.d/": "", "d/.a": "", "/dev/stdout": "",
	} {
		if got := ending(path); got != want {
			t.Errorf("ending(%q) = %q, want %q", path, got, want)
		}
	}
}
