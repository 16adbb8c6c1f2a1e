package grafana_test

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"testing"
	"time"
)

// TestPrometheus has a real Prometheus scrape two runs from before their start until after their end, and asks it what the
// dashboards ask.
func TestPrometheus(t *testing.T) {
	p := newPlay(t)
	t.Run("queries", func(t *testing.T) { checkQueries(t, p) })
	t.Run("totals", func(t *testing.T) { checkTotals(t, p) })
	t.Run("cost", func(t *testing.T) { checkCost(t, p) })
	t.Run("alert", func(t *testing.T) { checkAlert(t, p) })
}

// play is a Prometheus with the run as it was recorded, job "pushed", which has no instance, no name and no steps; and one
// with something of everything, job "embedded".
type play struct {
	*prom
	embedded           *generator
	start, middle, end float64 // times of scrapes: no failure yet; both runs at work; all is over
}

func newPlay(t *testing.T) *play {
	t.Helper()
	recorded, embedded := newGenerator(t, plain), newGenerator(t, full)
	p := &play{startPrometheus(t, map[string]string{"pushed": recorded.url, "embedded": embedded.url}), embedded, 0, 0, 0}
	for _, g := range []*generator{recorded, embedded} {
		select {
		case <-g.ended:
		case <-time.After(patience):
			t.Fatalf("Prometheus has not scraped %s %d times within %v", g.url, scrapes+2, patience)
		}
	}
	now := float64(time.Now().UnixMilli()) / 1000
	scraped, err := p.instant(`genmeter_ring_capacity_events{job="embedded"}[5m]`, now)
	must(t, err)
	if len(scraped) != 1 || len(scraped[0].Values) <= scrapes {
		t.Fatalf("want %d scrapes of one series, found %v", scrapes+1, scraped)
	}
	at := scraped[0].Values
	p.start, p.middle, p.end = at[early-1].at, at[scrapes/2].at, at[scrapes].at
	return p
}

// ask asks as the panel does.
func (p *play) ask(panel panel, q target, expr string, at float64) ([]series, error) {
	if q.Instant {
		return p.instant(panel.interval(expr, 0), at)
	}
	return p.graph(panel.interval(expr, scrapeInterval), at, scrapeInterval)
}

var labelValues = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)

// offered asks what Grafana asks for label_values(selector, label).
func (p *play) offered(t *testing.T, query string) []string {
	t.Helper()
	m := labelValues.FindStringSubmatch(query)
	if m == nil {
		t.Fatalf("%s: want label_values(SELECTOR, LABEL)", query)
	}
	a := ask[[]map[string]string](p.prom, "series", url.Values{"match[]": {m[1]}, "start": {seconds(p.start)}, "end": {seconds(p.end)}})
	must(t, a.err)
	found := make(map[string]bool)
	for _, labels := range a.Data {
		if v := labels[m[2]]; v != "" {
			found[v] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
