package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPromtoolCheck has promtool find nothing to say about the metrics of a run.
func TestPromtoolCheck(t *testing.T) {
	t.Parallel()
	promtool := findProgram(t, "promtool")
	g := startGenmeter(t, "replay", "--serve", "--run=checked", "--web.listen-address=127.0.0.1:0",
		filepath.Join(testdata, "afterimage-quirks"))
	g.waitLog(t, `msg="replay finished"`)
	_, metrics, err := fetch("http://"+g.address+"/metrics", "")
	must(t, err)
	if n := strings.Count(metrics, "# TYPE "); n < 40 {
		t.Errorf("only %d metric families", n)
	}
	cmd := exec.Command(promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(metrics)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}
