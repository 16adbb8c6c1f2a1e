package browser

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// Scene is a recorded run that goes on as far as it is told, with what it lacks to show everything. Its times are the run's own.
type Scene struct {
	Monitor *monitor.Monitor
	Handler http.Handler
	alerts  *alerting.Alerter
	next    func() (monitor.Event, error, bool)
	stop    func()
	begun   bool
	clock   atomic.Pointer[time.Time]
}

// scenePrices know all of the recorded run's models but one.
const scenePrices = `{
	"gpt-4o": {"input_cost_per_token": 2.5e-6, "output_cost_per_token": 1e-5},
	"gpt-4o-mini": {"input_cost_per_token": 1.5e-7, "output_cost_per_token": 6e-7},
	"gemini-2.5-flash": {"input_cost_per_token": 3e-7, "output_cost_per_token": 2.5e-6}
}`

// NewScene opens a recorded run, judged every minute of its own time: with a record for each evaluation, of which 500 are wanted,
// prices, one alert that will fire and one that will be about to. [Scene.Play] plays it.
func NewScene(path string) (*Scene, error) {
	src, err := ingest.Open(path, ingest.WithLocation(time.UTC))
	if err != nil {
		return nil, err
	}
	prices, err := monitor.ParsePrices(strings.NewReader(scenePrices))
	if err != nil {
		return nil, err
	}
	s := &Scene{}
	s.next, s.stop = iter.Pull2(iter.Seq2[monitor.Event, error](src))
	s.clock.Store(&time.Time{})
	if s.Monitor, err = monitor.New(nil, monitor.WithClock(s.now), monitor.WithPrices(prices)); err != nil {
		return nil, err
	}
	if err := s.judge(); err != nil {
		return nil, err
	}
	intake := ingest.NewIntake(s.Monitor, nil, nil)
	s.Handler = web.Handler(s.Monitor, web.WithAlerts(s.alerts), web.WithRun("monday"), web.WithIntake(intake, time.UTC))
	return s, nil
}

func (s *Scene) judge() (err error) {
	thresholds := alerting.DefaultThresholds()
	thresholds.MinSuccessRate, thresholds.MaxConversationLengthMean = new(0.95), nil
	slow := alerting.Rule{Name: "slow_calls", Metric: "generation_time", Statistic: alerting.P95, Threshold: 2, For: time.Hour}
	s.alerts, err = alerting.New(s.Monitor, thresholds, alerting.WithClock(s.now), alerting.WithInterval(0), alerting.WithRules(slow))
	return err
}

func (s *Scene) now() time.Time { return *s.clock.Load() }

// Play plays the run until its clock shows until, or to its end.
func (s *Scene) Play(until time.Time) error {
	ctx := context.Background()
	for {
		e, err, more := s.next()
		if err != nil {
			return err
		}
		if !more || e.Time.After(until) { // the event is one after the end of the scene, which does not matter
			s.advance(until)
			return nil
		}
		s.advance(e.Time)
		s.begin()
		s.Monitor.Track(ctx, e)
		if e.Kind == monitor.KindEvaluation {
			s.Monitor.TrackRecord(ctx, recordOf(&e))
		}
	}
}

// begin sets the target and begins calls that do not end, once the clock shows when that is.
func (s *Scene) begin() {
	if s.begun {
		return
	}
	s.begun = true
	s.Monitor.SetTarget(500)
	for range 3 {
		s.Monitor.Begin(monitor.Generation{Model: "gpt-4o"})
	}
}

// recordOf accepts a row that was found coherent.
func recordOf(e *monitor.Event) monitor.Record {
	for _, score := range e.Scores {
		if score.Name == "coherence" && score.Value < 0.6 {
			return monitor.Record{Outcome: monitor.Rejected, Reason: "incoherent"}
		}
	}
	return monitor.Record{}
}

// advance moves the clock, and judges at every minute that it passes.
func (s *Scene) advance(t time.Time) {
	for now := s.now(); t.After(now); {
		next := t
		if minute := now.Truncate(time.Minute).Add(time.Minute); !now.IsZero() && minute.Before(t) {
			next = minute
		}
		s.clock.Store(&next)
		if next.Equal(next.Truncate(time.Minute)) {
			s.alerts.Evaluate(next)
		}
		now = next
	}
}

// Close ends the scene.
func (s *Scene) Close() {
	ctx := context.Background()
	s.stop()
	_ = s.alerts.Shutdown(ctx)
	_ = s.Monitor.Shutdown(ctx)
}
