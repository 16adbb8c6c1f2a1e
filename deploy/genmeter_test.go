package deploy_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"

	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// genmeter is one that has metered both recorded runs, and something of everything else.
type genmeter struct {
	*monitor.Monitor
	url         string
	metrics     map[string]bool // names of series
	labels      map[string]bool // names of labels
	plainSeries int             // how many it had after the plain run
}

var start = sync.OnceValues(newGenmeter)

func startGenmeter(t *testing.T) *genmeter {
	t.Helper()
	g, err := start()
	must(t, err)
	return g
}

func newGenmeter() (*genmeter, error) {
	prov, err := exporter.New(exporter.WithRun("recorded"),
		exporter.WithCollectors(versioncollector.NewCollector("genmeter")))
	if err != nil {
		return nil, err
	}
	// Later than every recorded event.
	clock := func() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }
	mon, err := monitor.New(prov.MeterProvider(), monitor.WithClock(clock), monitor.WithMetricHandlers(deaf{}))
	if err != nil {
		return nil, err
	}
	server := httptest.NewServer(web.Handler(mon, web.WithMetrics("/metrics", prov.Handler())))
	g := &genmeter{Monitor: mon, url: server.URL}
	if err := g.replay("afterimage-run"); err != nil {
		return nil, err
	}
	plain, err := g.scrape()
	if err != nil {
		return nil, err
	}
	g.plainSeries = len(ownSample.FindAllString(plain, -1))
	if err := g.replay("afterimage-quirks"); err != nil {
		return nil, err
	}
	trackTheRest(mon)
	all, err := g.scrape()
	g.metrics, g.labels = set(sampleName, all), set(sampleLabel, all)
	return g, err
}

func (g *genmeter) replay(run string) error {
	src, err := ingest.Open(filepath.Join("../ingest/testdata", run))
	if err != nil {
		return err
	}
	_, err = ingest.Feed(context.Background(), g.Monitor, src, ingest.FeedOptions{
		Source: "replay", Logger: slog.New(slog.DiscardHandler), // the second run has faults by intent
	})
	return err
}

// trackTheRest records what the recorded runs do not have.
func trackTheRest(mon *monitor.Monitor) {
	ctx := context.Background()
	mon.SetTarget(100)
	mon.Begin(monitor.Generation{Model: "gpt-4o"})
	mon.TrackGeneration(ctx, monitor.Generation{Duration: 2 * time.Second, TimeToFirstToken: time.Second, Success: true,
		CompletionTokens: 10, CostUSD: 0.01})
	mon.TrackRecord(ctx, monitor.Record{Outcome: monitor.Rejected, Reason: "duplicate"})
	for step := range 60 { // more than have labels of their own
		mon.TrackGeneration(ctx, monitor.Generation{Success: true, Step: fmt.Sprint("step-", step)})
	}
}

type deaf struct{}

func (deaf) HandleMetric(context.Context, monitor.Metric) error { return nil }

var (
	sampleName  = regexp.MustCompile(`(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]`)
	ownSample   = regexp.MustCompile(`(?m)^(genmeter|gen_ai)_.*$`)
	sampleLabel = regexp.MustCompile(`[{,]([a-zA-Z_][a-zA-Z0-9_]*)="`)
)

func (g *genmeter) scrape() (string, error) {
	resp, err := http.Get(g.url + "/metrics")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// set returns what the pattern's group found.
func set(pattern *regexp.Regexp, text string) map[string]bool {
	found := make(map[string]bool)
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return found
}
