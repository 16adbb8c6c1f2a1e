package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// scrapedOnly are the metrics that are not OpenTelemetry's, but client_golang's; and what handlers miss: only a run that is
// served has one, the log of alerts.
var scrapedOnly = regexp.MustCompile(`^(go_|process_|promhttp_|genmeter_build_info$|genmeter_events_dropped_total$)`)

// TestShortJobsByOTLP has short jobs push OTLP into a real Prometheus 3, whose path is $GENMETER_PROMETHEUS3: nothing is
// missing, and every metric has the name under which it would be scraped. make e2e sets the variable.
func TestShortJobsByOTLP(t *testing.T) {
	path := os.Getenv("GENMETER_PROMETHEUS3")
	if path == "" {
		t.Skip("no $GENMETER_PROMETHEUS3: the path of a Prometheus 3, such as scripts/prometheus3 installs")
	}
	p := startPrometheusAt(t, path, "otlp: {promote_resource_attributes: [run]}\n", "--web.enable-otlp-receiver")
	vars := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + p.url + "/api/v1/otlp"}
	for _, j := range shortJobs {
		t.Run(j.name, func(t *testing.T) {
			run := j.name + " of tonight"
			j.do(t, append(vars, "OTEL_SERVICE_NAME="+j.name), "--run="+run)
			j.want(t).checkPrometheus(t, p, j.name)
			byRun, err := p.query(fmt.Sprintf("sum by (run) (genmeter_generations_total{job=%q})", j.name), "run")
			must(t, err)
			compare(t, "calls by run", byRun, map[string]float64{run: j.want(t).Calls})
		})
	}
	t.Run("names", func(t *testing.T) {
		g := startGenmeter(t, "replay", "--serve", "--web.listen-address=127.0.0.1:0", filepath.Join(testdata, "afterimage-quirks"))
		g.waitLog(t, `msg="replay finished"`)
		_, scrape, err := fetch("http://"+g.address+"/metrics", "")
		must(t, err)
		scraped, pushed := sampleNames(scrape), p.names(t, "quirks")
		maps.DeleteFunc(scraped, func(name string, _ bool) bool { return scrapedOnly.MatchString(name) })
		if !maps.Equal(scraped, pushed) {
			t.Errorf("scraped\n%s\npushed\n%s", lines(scraped), lines(pushed))
		}
	})
}

// sampleNames are the names of the samples in a scrape.
func sampleNames(scrape string) map[string]bool {
	names := make(map[string]bool)
	for line := range strings.Lines(scrape) {
		if end := strings.IndexAny(line, "{ "); end > 0 && line[0] != '#' {
			names[line[:end]] = true
		}
	}
	return names
}

// names are those of a job in Prometheus.
func (p *prom) names(t *testing.T, job string) map[string]bool {
	t.Helper()
	_, body, err := fetch(p.url+"/api/v1/label/__name__/values?match[]="+url.QueryEscape(fmt.Sprintf("{job=%q}", job)), "")
	must(t, err)
	var answer struct{ Data []string }
	must(t, json.Unmarshal([]byte(body), &answer))
	names := make(map[string]bool)
	for _, name := range answer.Data {
		names[name] = true
	}
	return names
}

func lines(names map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(names)), "\n") }
