package monitor

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// config is what the options set.
type config struct {
	ringSize       int
	logDir         string
	metricHandlers []MetricHandler
	logHandlers    []slog.Handler
	prices         *Prices
	metricLabels   []string
	now            func() time.Time
	log            *slog.Logger
	usageCallback  func(TokenUsageReport)
	usageEvery     time.Duration
	errs           []error
}

// An Option configures [New].
type Option func(*config)

const (
	defaultRingSize = 1 << 16
	minRingSize     = 2 * pumpBatch
	maxRingSize     = 1 << 24

	maxMetricLabels = 8
)

func newConfig(opts []Option) (config, error) {
	c := config{ringSize: defaultRingSize, log: slog.Default()}
	for _, opt := range opts {
		if opt != nil {
			opt(&c)
		}
	}
	if c.logDir != "" && c.metricHandlers == nil {
		c.metricHandlers = []MetricHandler{FileMetricHandler(c.logDir)}
	}
	if c.logDir != "" && c.logHandlers == nil {
		c.logHandlers = []slog.Handler{FileLogHandler(c.logDir)}
	}
	return c, errors.Join(c.errs...)
}

func (c *config) check(ok bool, format string, args ...any) {
	if !ok {
		c.errs = append(c.errs, fmt.Errorf("monitor: "+format, args...))
	}
}

// WithRingSize sets how many events the ring holds: 65,536 unless told otherwise, which is 24 MiB and the events'
// strings. From 256 to 16,777,216.
func WithRingSize(events int) Option {
	return func(c *config) {
		c.check(events >= minRingSize && events <= maxRingSize,
			"WithRingSize: %d events, want %d to %d", events, minRingSize, maxRingSize)
		c.ringSize = events
	}
}

// WithLogDir keeps metrics.jsonl and genmeter.log in dir, by [FileMetricHandler] and [FileLogHandler]; handlers given by
// WithMetricHandlers or WithLogHandlers take the place of the one or the other. Without it no folder is made.
func WithLogDir(dir string) Option {
	return func(c *config) {
		c.check(dir != "", "WithLogDir: empty folder name")
		c.logDir = dir
	}
}

// WithMetricHandlers sets who is given every sample. With no argument nobody is, WithLogDir or not.
func WithMetricHandlers(handlers ...MetricHandler) Option {
	return func(c *config) {
		c.metricHandlers = append(make([]MetricHandler, 0, len(handlers)), handlers...)
		for i, h := range handlers {
			c.check(h != nil, "WithMetricHandlers: handler %d is nil", i)
		}
	}
}

// WithLogHandlers sets who is given a log record of every complete event, "generation metrics" and so on, and the
// records of [Monitor.Logger]. With no argument nobody is, WithLogDir or not.
func WithLogHandlers(handlers ...slog.Handler) Option {
	return func(c *config) {
		c.logHandlers = append(make([]slog.Handler, 0, len(handlers)), handlers...)
		for i, h := range handlers {
			c.check(h != nil, "WithLogHandlers: handler %d is nil", i)
		}
	}
}

// WithPrices sets what tokens cost, for calls that do not bring their CostUSD. Without it, such tokens are unpriced.
func WithPrices(p *Prices) Option {
	return func(c *config) { c.prices = p }
}

// WithMetricLabels names the attributes of [Monitor.RecordMetric] that become labels, 8 at most; their values should be
// few. None do unless named.
func WithMetricLabels(keys ...string) Option {
	return func(c *config) {
		c.check(len(keys) <= maxMetricLabels, "WithMetricLabels: %d keys, want %d at most", len(keys), maxMetricLabels)
		for _, key := range keys {
			c.check(key != "" && key != string(attrMetric), "WithMetricLabels: key %q is taken", key)
		}
		c.metricLabels = append([]string(nil), keys...)
	}
}

// WithTokenUsageCallback calls fn with the token usage since the start at every interval, and once more at Shutdown:
// never concurrently with itself. A panic in it is logged. every must be positive.
func WithTokenUsageCallback(fn func(TokenUsageReport), every time.Duration) Option {
	return func(c *config) {
		c.check(fn != nil, "WithTokenUsageCallback: the function is nil")
		c.check(every > 0, "WithTokenUsageCallback: interval %v, want more than 0", every)
		c.usageCallback, c.usageEvery = fn, every
	}
}

// WithClock sets the clock that stamps events and ends windows; time.Now unless told otherwise. now is called from many
// goroutines, and on the recording path.
func WithClock(now func() time.Time) Option {
	return func(c *config) {
		c.check(now != nil, "WithClock: the function is nil")
		c.now = now
	}
}

// WithLogger sets where the monitor reports its own troubles, such as a failing handler; slog.Default unless told
// otherwise. It should not lead back to [Monitor.Logger].
func WithLogger(l *slog.Logger) Option {
	return func(c *config) {
		c.check(l != nil, "WithLogger: the logger is nil")
		c.log = l
	}
}
