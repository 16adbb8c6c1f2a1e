package grafana_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// recordedRun is the run that is replayed, with truth.json beside it.
const recordedRun = "../ingest/testdata/afterimage-run"

// A generator makes the recorded run again while it is scraped, so that no clock decides what a scrape sees: the first few
// scrapes have a few calls that succeed, and the rest comes in equal parts.
const (
	early   = 8  // scrapes before the first failure, with two events each
	scrapes = 26 // until the run has ended
)

// kind is what a generator reports.
type kind int

const (
	plain kind = iota // what was recorded, which has no providers, steps, prices, records, and no name of the run
	full              // that, and something of everything else
)

// generator is a program that embeds genmeter.
type generator struct {
	mon    *monitor.Monitor
	al     *alerting.Alerter
	kind   kind
	events []monitor.Event
	ended  chan struct{} // closed when the run has ended and was scraped twice since
	url    string

	mu       sync.Mutex // a scrape that was given up may still be at work when the next one comes
	fed      int        // events so far
	seen     int        // scrapes so far
	accepted float64    // records so far
}

func newGenerator(t *testing.T, k kind) *generator {
	t.Helper()
	opts := []exporter.Option{exporter.WithCollectors(versioncollector.NewCollector("genmeter"))}
	settings := []monitor.Option{monitor.WithLogger(slog.New(slog.DiscardHandler))}
	if k == full {
		opts = append(opts, exporter.WithRun("night-7"))
		prices, err := monitor.ParsePrices(strings.NewReader(priceFile))
		must(t, err)
		settings = append(settings, monitor.WithPrices(prices), monitor.WithMetricHandlers(broken{}))
	}
	prov, err := exporter.New(opts...)
	must(t, err)
	mon, err := monitor.New(prov.MeterProvider(), settings...)
	must(t, err)
	al, err := alerting.New(mon, alerting.DefaultThresholds(), alerting.WithLogger(slog.New(slog.DiscardHandler)))
	must(t, err)
	g := &generator{mon: mon, al: al, kind: k, events: readRun(t), ended: make(chan struct{})}
	metrics := prov.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.advance(r.Context())
		metrics.ServeHTTP(w, r)
	}))
	g.url = server.URL
	t.Cleanup(func() {
		server.Close()
		al.Shutdown(context.Background())
		mon.Shutdown(context.Background())
		prov.Shutdown(context.Background())
	})
	return g
}

// readRun returns the events of the recorded run, as if they happened when they are tracked.
func readRun(t *testing.T) (events []monitor.Event) {
	src, err := ingest.Open(recordedRun)
	must(t, err)
	for e, err := range src {
		must(t, err)
		e.Time = time.Time{}
		events = append(events, e)
	}
	return events
}

// advance does what happens between one scrape and the next.
func (g *generator) advance(ctx context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	want := 2 * g.seen
	if g.seen >= early {
		want = min(len(g.events), 2*early+(len(g.events)-2*early)*(g.seen-early+1)/(scrapes-early-1))
	}
	if g.kind == full {
		g.rest(ctx)
	}
	for ; g.fed < want; g.fed++ {
		e := g.events[g.fed]
		if g.kind == full {
			g.enrich(ctx, &e, g.fed)
		}
		g.mon.Track(ctx, e)
	}
	g.al.Evaluate(time.Now())
	if g.seen++; g.seen == scrapes+2 {
		close(g.ended)
	}
}

// enrich gives a recorded event what it lacks.
func (g *generator) enrich(ctx context.Context, e *monitor.Event, i int) {
	for prefix, provider := range map[string]string{"gemini": "google", "gpt": "openai", "meta": "together"} {
		if strings.HasPrefix(e.Model, prefix) {
			e.Provider = provider
		}
	}
	if e.Kind != monitor.KindGeneration {
		return
	}
	e.Step = []string{"draft", "refine"}[i%2]
	e.CachedTokens = e.PromptTokens / 2
	if !e.Success {
		return
	}
	e.TimeToFirstToken = e.Duration / 4
	if i%3 == 0 {
		g.mon.TrackRecord(ctx, monitor.Record{Outcome: monitor.Rejected, Reason: "duplicate"})
	} else {
		g.mon.TrackRecord(ctx, monitor.Record{Outcome: monitor.Accepted})
		g.accepted++
	}
}

// rest reports what no recorded event has. From the start on: a target, and a call that hangs. From the middle on: losses, and
// calls that fail before they have a model.
func (g *generator) rest(ctx context.Context) {
	switch {
	case g.seen == 0:
		g.mon.SetTarget(recordsWanted)
		g.mon.Begin(monitor.Generation{Provider: "google", Model: gemini})
	case g.seen >= early && g.seen < scrapes:
		g.mon.TrackGeneration(ctx, monitor.Generation{Step: "draft", Error: "Connection error."})
		g.mon.TrackGeneration(ctx, monitor.Generation{Provider: "google", Model: gemini, Step: "draft", ErrorType: "parse"})
		g.mon.TrackEvaluation(ctx, monitor.Evaluation{Evaluator: "llm_judge", Error: "Request timed out.", Duration: time.Second})
		g.mon.CountRejected("follow", monitor.ReasonMalformed, 1)
		g.mon.CountDropped("webhook", "queue", 1)
		for i := range 60 { // more than have a label of their own
			g.mon.RecordMetric(ctx, fmt.Sprint("metric-", i), 1)
		}
	}
}

// broken is a handler that fails.
type broken struct{}

func (broken) HandleMetric(context.Context, monitor.Metric) error { return errors.New("broken") }

const gemini = "gemini-2.5-flash"

// recordsWanted is fewer than the run makes.
const recordsWanted = 900

// priceFile leaves one model out.
const priceFile = `{
	"gemini-2.5-flash": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
	"gpt-4o-mini": {"input_cost_per_token": 3e-6, "output_cost_per_token": 4e-6},
	"gpt-4o": {"input_cost_per_token": 5e-6, "output_cost_per_token": 6e-6}
}`

func (g *generator) scrape(t *testing.T) string {
	t.Helper()
	resp, err := http.Get(g.url + "/metrics")
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	return string(body)
}
