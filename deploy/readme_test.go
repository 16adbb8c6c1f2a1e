package deploy_test

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for path, text := range files(t, ".md") {
		for to := range set(link, text) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), to)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// TestSeriesOfAWorker: the arithmetic for many workers rests on a count that still holds, but for a few series.
func TestSeriesOfAWorker(t *testing.T) {
	g := startGenmeter(t)
	readme, err := os.ReadFile("README.md")
	must(t, err)
	row := regexp.MustCompile(`\| what it meters \| (\d+) \|`).FindSubmatch(readme)
	if row == nil {
		t.Fatal("README.md does not say how many series a worker has")
	}
	said, err := strconv.Atoi(string(row[1]))
	must(t, err)
	if off := math.Abs(float64(g.plainSeries-said)) / float64(said); off > 0.05 {
		t.Errorf("a worker has %d series, README.md says %d: count again, and mend the tables", g.plainSeries, said)
	}
}

// TestReadmeConfig has promtool read the piece of configuration.
func TestReadmeConfig(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	must(t, err)
	_, config, found := strings.Cut(string(readme), "```yaml\n")
	config, _, ended := strings.Cut(config, "```\n")
	if !found || !ended {
		t.Fatal("README.md has no configuration")
	}
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	must(t, os.WriteFile(file, []byte(config), 0o600))
	output(t, program(t, "promtool", "prometheus", "check", "config", file))
}
