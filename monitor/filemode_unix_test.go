//go:build unix

package monitor

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLogDirIsNotForOthers: error texts may hold what prompts held, so files are for their owner, and a group that collects logs.
func TestLogDirIsNotForOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "today")
	mon, err := New(nil, WithLogDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	mon.TrackGeneration(t.Context(), Generation{Model: "m", Error: "said the prompt"})
	if err := mon.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	for _, name := range append(names, dir, filepath.Dir(dir)) {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o027 != 0 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}
