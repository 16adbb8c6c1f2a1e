package alerting_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// promtools returns that of Debian's Prometheus 2, and that of Prometheus 3 where there is one: they differ in which samples a
// range has at its edges.
func promtools(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{"promtool": findProgram(t, "promtool")}
	if prometheus := os.Getenv("GENMETER_PROMETHEUS3"); prometheus != "" {
		found["promtool3"] = filepath.Join(filepath.Dir(prometheus), "promtool")
	}
	return found
}

// findProgram skips the test where the program is not, but for CI, where a skipped test would be a lie.
func findProgram(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	install := fmt.Sprintf("no %s in $PATH: apt-get install --no-install-recommends prometheus", name)
	if os.Getenv("CI") == "true" || os.Getenv("GENMETER_E2E") == "1" {
		t.Fatal(install)
	}
	t.Skip(install)
	return ""
}
