package alerting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Alerter judges a monitor's recent past by rules and tells handlers. It is safe for concurrent use. Make one with [New].
type Alerter struct {
	monitor *monitor.Monitor
	config
	deliveries []*delivery

	mu       sync.Mutex // one evaluation at a time
	rules    []Rule
	queries  []monitor.Query
	statuses []status
	alerts   []Alert       // as of the latest evaluation, in the order of the rules
	firing   []atomic.Bool // as in statuses, for scrapes: they wait for no evaluation
	losses   losses
	last     time.Time // of the latest evaluation
	awake    time.Time // since when there was no break between evaluations

	ended    chan struct{} // closed when Shutdown is called
	shutdown sync.Once
	done     chan struct{} // closed when it is through
	err      error         // of Shutdown, once done
}

// labelName is a label that every Alertmanager takes.
var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// New returns an Alerter with the rules of the thresholds and those of [WithRules]. Nothing is evaluated before [Alerter.Run] or
// [Alerter.Evaluate] is called. Its gauges, genmeter_alert_firing and genmeter_alert_threshold, are made on the monitor's
// MeterProvider: have one Alerter a monitor. The error tells every rule that is not valid.
func New(mon *monitor.Monitor, t Thresholds, opts ...Option) (*Alerter, error) {
	if mon == nil {
		return nil, errors.New("alerting: no monitor")
	}
	a := &Alerter{monitor: mon, config: newConfig(opts), ended: make(chan struct{}), done: make(chan struct{})}
	for name := range a.labels {
		if !labelName.MatchString(name) {
			return nil, fmt.Errorf("alerting: label %q: want letters, digits and _, no digit first", name)
		}
	}
	if err := a.setRules(append(t.Rules(), a.config.rules...)); err != nil {
		return nil, err
	}
	for _, r := range a.rules {
		if r.source == fromLosses {
			a.losses.window = r.Window
		}
	}
	a.losses.add(a.clock(), mon.Losses())
	for _, h := range a.handlers {
		a.deliveries = append(a.deliveries, newDelivery(a.unusedName(h), h, a.logger))
	}
	if err := a.makeGauges(mon.MeterProvider()); err != nil {
		return nil, errors.Join(err, a.closeDeliveries(context.Background()))
	}
	return a, nil
}

// unusedName returns what a handler is called in the metrics.
func (a *Alerter) unusedName(h Handler) string {
	base := "alert_" + handlerName(h)
	name := base
	for i := 2; slices.ContainsFunc(a.deliveries, func(d *delivery) bool { return d.name == name }); i++ {
		name = base + "-" + strconv.Itoa(i)
	}
	return name
}

// setRules checks the rules and prepares what they ask of the monitor.
func (a *Alerter) setRules(rules []Rule) error {
	var errs []error
	if len(rules) > maxRules {
		return fmt.Errorf("alerting: %d rules: want %d at most", len(rules), maxRules)
	}
	names := make(map[string]bool, len(rules))
	for i, r := range rules {
		r = r.withDefaults()
		if err := r.validate(); err != nil {
			errs = append(errs, fmt.Errorf("alerting: rule %d (%s): %w", i+1, r.Name, err))
		} else if names[r.AlertName()] {
			errs = append(errs, fmt.Errorf("alerting: rule %d: there is another one named %s (%s)", i+1, r.Name, r.AlertName()))
		}
		names[r.AlertName()] = true
		a.rules = append(a.rules, r)
		a.queries = append(a.queries, monitor.Query{
			Metric: r.Metric, Window: r.Window, Model: r.Model, Step: r.Step, Quantiles: r.Statistic.quantile() > 0,
		})
		a.alerts = append(a.alerts, Alert{
			Name: r.Name, Level: r.Level, Value: math.NaN(), Threshold: r.Threshold, Labels: r.labels(a.labels),
		})
	}
	a.statuses, a.firing = make([]status, len(a.rules)), make([]atomic.Bool, len(a.rules))
	return errors.Join(errs...)
}

// Rules returns the rules, with their defaults filled in.
func (a *Alerter) Rules() []Rule { return append([]Rule(nil), a.rules...) }

// Alerts returns how every rule stands as of the latest evaluation, in their order; Resolved ones were firing the evaluation
// before.
func (a *Alerter) Alerts() []Alert {
	a.mu.Lock()
	defer a.mu.Unlock()
	alerts := make([]Alert, len(a.alerts))
	for i := range a.alerts {
		alerts[i] = a.alerts[i].clone()
	}
	return alerts
}

// Evaluate judges every rule at now, which ends their windows, tells the handlers and returns what it told them: alerts that
// began to fire, reminders, and alerts that were resolved. It sees every event recorded before the call. The outcome depends on
// now, the monitor's aggregates and the evaluations before; a now before the latest one makes nothing fire early. Evaluations
// that are more than three intervals apart mean that the process was stopped meanwhile, which is no stall: who evaluates by hand at
// a pace of their own says [WithInterval](0).
func (a *Alerter) Evaluate(now time.Time) []Alert {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.evaluate(now)
}

func (a *Alerter) evaluate(now time.Time) []Alert {
	in := reading{now: now, run: a.monitor.Progress(), lost: a.losses.add(now, a.lost()), awake: a.watch(now)}
	stats := a.monitor.Aggregates(now, a.queries)
	var told []Alert
	for i := range a.rules {
		r, s, alert := &a.rules[i], &a.statuses[i], &a.alerts[i]
		in.stat = stats[i]
		happened := s.step(r, &in, a.repeat)
		alert.State, alert.Time, alert.Value = s.state, now, s.value
		if s.state == Inactive && !s.known {
			alert.Value = math.NaN()
		}
		alert.StartsAt, alert.EndsAt = s.times()
		alert.Reminder = happened == reminded
		a.firing[i].Store(s.state == Firing)
		if happened != nothing {
			a.findCause(r, s, now)
		}
		if alert.Message, alert.Data = "", nil; s.state != Inactive {
			alert.Message, alert.Data = r.describe(s, &in)
		}
		if happened == nothing {
			continue
		}
		told = append(told, alert.clone())
		for _, d := range a.deliveries {
			d.send(*alert)
		}
	}
	return told
}

// lost returns what has been lost so far, alerts that a handler did not get included: the metrics count them alike.
func (a *Alerter) lost() monitor.Losses {
	l := a.monitor.Losses()
	for _, d := range a.deliveries {
		l.Dropped += uint64(d.dropped.Load() + d.abandoned.Load())
	}
	return l
}

// times returns when an alert began and ended, as far as it has.
func (s *status) times() (starts, ends time.Time) {
	switch s.state {
	case Pending:
		return s.since, time.Time{}
	case Firing:
		return s.fired, time.Time{}
	case Resolved:
		return s.fired, s.ended
	}
	return time.Time{}, time.Time{}
}

// watch returns since when evaluations have followed each other at their interval. A longer break means that the process, or
// its machine, was stopped.
func (a *Alerter) watch(now time.Time) time.Time {
	if a.interval > 0 && !a.last.IsZero() && now.Sub(a.last) > 3*a.interval || a.awake.After(now) {
		a.awake = now
	}
	a.last = now
	return a.awake
}

// Run evaluates at every interval until ctx ends or Shutdown is called. It returns at once when the interval is 0.
func (a *Alerter) Run(ctx context.Context) {
	if a.interval <= 0 {
		return
	}
	tick := time.NewTicker(a.interval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			a.Evaluate(a.clock())
		case <-ctx.Done():
			return
		case <-a.ended:
			return
		}
	}
}

// Shutdown judges once more, ends [Alerter.Run], and waits until the handlers have been told all or ctx ends; the error names
// those that have not, and how much they missed. Call it before the monitor's, and not from a handler, which it would wait for.
// Later calls return what the first did, or that their own ctx has ended before.
func (a *Alerter) Shutdown(ctx context.Context) error {
	first := false
	a.shutdown.Do(func() { first = true })
	if first {
		close(a.ended)
		if a.interval > 0 {
			a.Evaluate(a.clock())
		}
		a.err = a.closeDeliveries(ctx)
		close(a.done)
		return a.err
	}
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
		return fmt.Errorf("alerting: an earlier Shutdown is not through: %w", ctx.Err())
	}
}

func (a *Alerter) closeDeliveries(ctx context.Context) error {
	errs := make([]error, len(a.deliveries))
	var all sync.WaitGroup
	for i, d := range a.deliveries {
		all.Go(func() { errs[i] = d.close(ctx) })
	}
	all.Wait()
	return errors.Join(errs...)
}
