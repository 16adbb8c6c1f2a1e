package examples_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestOpenTelemetry: spans of a generator that knows nothing of genmeter are its calls, and its agent's usage is not counted
// again.
func TestOpenTelemetry(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "otel")
	build := exec.Command("go", "build", "-trimpath", "-o", path, ".")
	build.Dir, build.Env = "otel", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s := serve(t, "127.0.0.1:0")
	cmd := exec.Command(path, "-records=100")
	cmd.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT="+s.url)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want truth
	if err := json.Unmarshal(out, &want); err != nil || want.Calls != 100 || want.PromptTokens == 0 {
		t.Fatalf("%v in %s", err, out)
	}
	until(t, func() error { // spans may wait for their parents
		if got, _ := told(t, s.url); got != want {
			return fmt.Errorf("the sidecar tells %+v, the generator did %+v", got, want)
		}
		return nil
	})
}
