package export

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImports holds the package to what it may import, each for its reason. Files are for programs that may have no SDK of
// OpenTelemetry, no Prometheus and no library for workbooks.
func TestImports(t *testing.T) {
	allowed := map[string]string{
		"github.com/genmeter/genmeter/monitor":            "events and their samples",
		"github.com/genmeter/genmeter/internal/eventline": "the lines of ndjson, and values in JSON",
		"github.com/genmeter/genmeter/internal/timespan":  "lengths of time such as 7d in a window",
		"github.com/genmeter/genmeter/internal/wholefile": "files that appear whole or not at all",
		"github.com/parquet-go/parquet-go":                "Parquet",
		"golang.org/x/text/unicode/norm":                  "names of files that a file system may take for one",
		// The file of openmetrics is what a monitor's own instruments come to: they are made on a MeterProvider that only
		// keeps the steps, so that no list of series is written twice.
		"go.opentelemetry.io/otel/attribute":   "openmetrics: the labels of a series",
		"go.opentelemetry.io/otel/metric":      "openmetrics: the instruments of a monitor",
		"go.opentelemetry.io/otel/metric/noop": "openmetrics: the instruments that it does not keep",
	}
	const listing = `{{range .Imports}}{{.}}
{{end}}`
	out, err := exec.Command("go", "list", "-f", listing, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	var used []string
	for path := range strings.FieldsSeq(string(out)) {
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
			continue // the standard library
		}
		root := path
		if strings.HasPrefix(path, "github.com/parquet-go/parquet-go/") {
			root = "github.com/parquet-go/parquet-go"
		}
		if used = append(used, root); allowed[root] == "" {
			t.Errorf("export imports %s, which is not allowed", path)
		}
	}
	for path, reason := range allowed {
		if !slices.Contains(used, path) {
			t.Errorf("%s (%s) is allowed, and not imported", path, reason)
		}
	}
}
