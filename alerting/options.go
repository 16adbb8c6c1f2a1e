package alerting

import (
	"log/slog"
	"maps"
	"time"
)

const (
	defaultInterval = time.Minute
	defaultRepeat   = time.Hour
)

// Option configures [New].
type Option func(*config)

type config struct {
	handlers []Handler
	rules    []Rule
	interval time.Duration
	repeat   time.Duration
	labels   map[string]string
	clock    func() time.Time
	logger   *slog.Logger
}

func newConfig(opts []Option) config {
	c := config{interval: defaultInterval, repeat: defaultRepeat, clock: time.Now, logger: slog.Default()}
	for _, o := range opts {
		o(&c)
	}
	return c
}

// WithHandlers adds handlers that are told of alerts. Nil ones are skipped. It can be given several times.
func WithHandlers(handlers ...Handler) Option {
	return func(c *config) {
		for _, h := range handlers {
			if h != nil {
				c.handlers = append(c.handlers, h)
			}
		}
	}
}

// WithRules adds rules to those of the thresholds.
func WithRules(rules ...Rule) Option {
	return func(c *config) { c.rules = append(c.rules, rules...) }
}

// WithInterval sets how often [Alerter.Run] evaluates; the default is a minute. 0 means never: evaluate by hand.
func WithInterval(d time.Duration) Option { return func(c *config) { c.interval = d } }

// WithRepeatEvery sets after how long handlers are reminded of an alert that goes on firing; the default is an hour, 0 is
// never.
func WithRepeatEvery(d time.Duration) Option { return func(c *config) { c.repeat = d } }

// WithLabels adds labels to every alert: job and instance as Prometheus has them, so that Alertmanager takes the local alert
// and that of the Prometheus rule for one. alertname and severity, model and step are the rule's own and win.
func WithLabels(labels map[string]string) Option {
	return func(c *config) { c.labels = maps.Clone(labels) }
}

// WithClock replaces [time.Now] as what [Alerter.Run] and [Alerter.Shutdown] go by. It should be the monitor's, see
// [monitor.WithClock].
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithLogger sets where problems of handlers are reported; the default is [slog.Default].
func WithLogger(l *slog.Logger) Option {
	return func(c *config) {
		if l != nil {
			c.logger = l
		}
	}
}
