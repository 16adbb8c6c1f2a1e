package alerting

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies: beside the monitor's own dependencies only a reader of YAML. Whoever embeds alerts gets no SDK and no
// Prometheus with them.
func TestDependencies(t *testing.T) {
	list := func(pkg string) []string {
		out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", pkg).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Fields(string(out))
	}
	allowed := map[string]bool{
		"github.com/genmeter/genmeter/alerting":          true,
		"github.com/genmeter/genmeter/internal/timespan": true,
		"go.yaml.in/yaml/v3":                             true,
	}
	for _, path := range list("../monitor") {
		allowed[path] = true
	}
	for _, path := range list(".") {
		if !allowed[path] {
			t.Errorf("alerting depends on %s, which is not allowed", path)
		}
	}
}
