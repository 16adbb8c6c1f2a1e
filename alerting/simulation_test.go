package alerting_test

import (
	"context"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
)

// tick is how often the simulation is scraped and evaluated. promtool's time begins with 1970, and so does the simulation's.
const tick = 15 * time.Second

// simulation is a monitor with its alerter, and one that is scraped. Both are told the same, but a restart makes a new one of
// the latter, with counters at 0, while the former goes on as one does that reads its events back.
type simulation struct {
	t       *testing.T
	rules   []alerting.Rule
	now     atomic.Int64 // nanoseconds; the monitors read it at any time
	local   *monitor.Monitor
	alerter *alerting.Alerter
	scraped *monitor.Monitor
	scraper *exporter.Provider

	lag int // seconds from a scrape to the next evaluation

	down, unreachable bool // no process; no scrape of it
	disturbed         bool // has ever been either

	begun   [][2]*monitor.Call
	firing  []map[string]bool // by tick; nil when the process was down
	exposed exposition
}

func newSimulation(t *testing.T, lag int, rules []alerting.Rule) *simulation {
	s := &simulation{t: t, lag: lag, rules: rules}
	s.startLocal()
	s.startScraped()
	return s
}

func (s *simulation) clock() time.Time { return time.Unix(0, s.now.Load()) }

func (s *simulation) startLocal() {
	var err error
	if s.local, err = monitor.New(nil, monitor.WithClock(s.clock), monitor.WithRingSize(1<<13)); err != nil {
		s.t.Fatal(err)
	}
	s.alerter, err = alerting.New(s.local, alerting.Thresholds{}, alerting.WithClock(s.clock), alerting.WithInterval(tick),
		alerting.WithRules(s.rules...), alerting.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		s.t.Fatal(err)
	}
	local, alerter := s.local, s.alerter
	s.t.Cleanup(func() { _, _ = alerter.Shutdown(context.Background()), local.Shutdown(context.Background()) })
}

func (s *simulation) startScraped() {
	var err error
	if s.scraper, err = exporter.New(exporter.WithoutRuntimeCollectors()); err != nil {
		s.t.Fatal(err)
	}
	if s.scraped, err = monitor.New(s.scraper.MeterProvider(), monitor.WithClock(s.clock), monitor.WithRingSize(1<<13)); err != nil {
		s.t.Fatal(err)
	}
	scraped, scraper := s.scraped, s.scraper
	s.t.Cleanup(func() { _, _ = scraped.Shutdown(context.Background()), scraper.Shutdown(context.Background()) })
}

// play lets seconds pass: events come in the middle of each, scrapes and evaluations at its beginning.
func (s *simulation) play(minutes int, second func(s *simulation, sec int)) {
	if s.lag > 0 {
		s.exposed.miss() // before the first
	}
	for sec := range minutes * 60 {
		s.now.Store(int64(sec) * 1e9)
		if (sec+s.lag)%int(tick/time.Second) == 0 {
			s.scrape()
		}
		if sec%int(tick/time.Second) == 0 {
			s.evaluate()
		}
		s.now.Store(int64(sec)*1e9 + 5e8)
		second(s, sec)
	}
}

func (s *simulation) scrape() {
	if s.down || s.unreachable {
		s.exposed.miss()
	} else if families, err := s.scraper.Gatherer().Gather(); err != nil {
		s.t.Fatal(err)
	} else {
		s.exposed.add(families)
	}
}

func (s *simulation) evaluate() {
	if s.down {
		s.disturbed = true
		s.firing = append(s.firing, nil)
		return
	}
	s.alerter.Evaluate(s.clock())
	firing := make(map[string]bool)
	for _, a := range s.alerter.Alerts() {
		if a.State == alerting.Firing {
			firing[a.Labels["alertname"]] = true
		}
	}
	s.firing = append(s.firing, firing)
}

// restart begins a new process, which remembers events when resumed.
func (s *simulation) restart(resumed bool) {
	s.down = false
	s.startScraped()
	if !resumed {
		s.startLocal()
	}
}

// tell has both monitors told the same.
func (s *simulation) tell(what func(*monitor.Monitor)) {
	what(s.local)
	what(s.scraped)
}

func (s *simulation) call(n int, g monitor.Generation) {
	for range n {
		s.tell(func(m *monitor.Monitor) { m.TrackGeneration(context.Background(), g) })
	}
}

func (s *simulation) begin(n int) {
	g := monitor.Generation{Provider: "p", Model: "large"}
	for range n {
		s.begun = append(s.begun, [2]*monitor.Call{s.local.Begin(g), s.scraped.Begin(g)})
	}
}

func (s *simulation) end() {
	for _, calls := range s.begun {
		for _, c := range calls {
			c.End(context.Background(), func(g *monitor.Generation) { g.Success, g.Duration = true, time.Second })
		}
	}
	s.begun = nil
}
