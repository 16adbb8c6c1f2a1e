package deploy_test

import (
	"regexp"
	"testing"
)

var (
	ourName  = regexp.MustCompile(`\b((?:genmeter|gen_ai)_[a-z0-9_]*[a-z0-9])\b`)
	recorded = regexp.MustCompile(`\b(?:run|instance|job_instance):\w+:\w+`) // by a rule here
)

// TestNames: every metric and label of genmeter's that a file of this folder names exists in a real exposition.
func TestNames(t *testing.T) {
	g := startGenmeter(t)
	total := 0
	for path, text := range files(t, ".md", ".yml", ".yaml") {
		for name := range set(ourName, recorded.ReplaceAllString(text, "")) {
			total++
			if !g.metrics[name] && !g.labels[name] {
				t.Errorf("%s: no metric or label is named %s", path, name)
			}
		}
	}
	if total < 50 {
		t.Errorf("only %d names were found", total)
	}
}
