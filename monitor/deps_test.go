package monitor

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies holds the package to the standard library and OpenTelemetry's API: it is embedded in other people's
// generators, and brings them no SDK and no Prometheus.
func TestDependencies(t *testing.T) {
	allowed := []string{
		"github.com/genmeter/genmeter/monitor",
		"go.opentelemetry.io/otel/metric", // the API it measures through
		"go.opentelemetry.io/otel/attribute",
		"go.opentelemetry.io/otel/trace", // the span of a context
		"go.opentelemetry.io/otel/codes", // trace imports the rest
		"go.opentelemetry.io/otel/internal",
		"go.opentelemetry.io/otel/semconv",
		"go.opentelemetry.io/auto/sdk",
		"github.com/cespare/xxhash/v2", // attribute hashes sets with it
	}
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		ok := false
		for _, a := range allowed {
			ok = ok || path == a || strings.HasPrefix(path, a+"/")
		}
		if !ok {
			t.Errorf("monitor depends on %s, which is not allowed", path)
		}
	}
}
