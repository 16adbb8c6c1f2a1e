package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestMeasure: on every road the sidecar counts what it acknowledges, with and without a data directory.
func TestMeasure(t *testing.T) {
	program := filepath.Join(t.TempDir(), "genmeter")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "./cmd/genmeter")
	build.Dir, build.Env = "../..", append(os.Environ(), "CGO_ENABLED=0") // as make build does, whose packages are compiled already
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := hour(program, t.TempDir(), time.Minute, false); err != nil {
		t.Error(err)
	}
	for _, trial := range []trial{{"events", 100, 2, eventLines}, {"traces", 100, 2, spans}} {
		for _, dir := range []string{"", filepath.Join(t.TempDir(), "data")} {
			r, err := trial.measure(func() (*server, error) { return startSidecar(program, dir) }, 100*time.Millisecond)
			if err != nil || r.eventsPerSecond <= 0 || r.p99 < r.p50 {
				t.Errorf("%s: %+v, %v", trial.road, r, err)
			}
		}
	}
}
