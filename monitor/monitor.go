package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

// Monitor records the events of one generator. All its methods are safe for concurrent use. The recording methods
// (Track…, RecordMetric, Begin, End, SetTarget) never fail, block or panic; after Shutdown they only count. A nil Monitor
// records nothing and knows nothing: a generator can do without one.
type Monitor struct {
	ring         ring
	half         uint64 // half the ring's capacity
	clock        *clock
	pump         *pump
	rejected     *losses // by source
	dropped      *losses // by handlers outside the monitor
	followers    followers
	prices       *Prices // nil for none
	metricLabels map[string]bool
	log          *slog.Logger
	provider     metric.MeterProvider
	lastCall     atomic.Uint64

	handlers []*handler
	loggers  logFan // of Logger
	usage    *usageCallback

	cancel   context.CancelCauseFunc // ends the handlers
	shutdown sync.Once
	shutErr  error
}

// New returns a Monitor that measures into mp's instruments; a nil mp measures nothing, and answers questions all the
// same. mp is called under a lock that recording may need: its instruments must not call the Monitor. New starts a
// goroutine, and one for each handler, until [Monitor.Shutdown]. The error tells of every option that is wrong, and of a
// file that cannot be opened.
func New(mp metric.MeterProvider, opts ...Option) (*Monitor, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	if mp == nil {
		mp = noop.NewMeterProvider()
	}
	meter := mp.Meter(scopeName, metric.WithInstrumentationVersion(version()))
	in, err := newInstruments(meter)
	if err != nil {
		return nil, fmt.Errorf("monitor: %w", err)
	}
	m := &Monitor{
		half: uint64(c.ringSize / 2), clock: newClock(c.now), rejected: newRejected(), dropped: newLosses(), prices: c.prices,
		metricLabels: make(map[string]bool), log: c.log, provider: mp,
	}
	m.ring.init(c.ringSize)
	for _, key := range c.metricLabels {
		m.metricLabels[key] = true
	}
	m.pump = newPump(m, in)
	if err := openFiles(&c); err != nil {
		return nil, fmt.Errorf("monitor: %w", err)
	}
	m.adopt(&c)
	ctx, cancel := context.WithCancelCause(context.Background())
	m.cancel = cancel
	// From here on the provider may collect, in any goroutine: nothing of m changes any more.
	if _, err := meter.RegisterCallback(m.collect, in.observables()...); err != nil {
		return nil, fmt.Errorf("monitor: %w", errors.Join(err, closeFiles(&c)))
	}
	m.start(ctx)
	return m, nil
}

// adopt makes the drivers of the handlers.
func (m *Monitor) adopt(c *config) {
	for _, h := range c.metricHandlers {
		m.handlers = append(m.handlers, m.newMetricHandler(h))
	}
	for _, h := range c.logHandlers {
		driver := m.newLogHandler(h)
		m.handlers = append(m.handlers, driver)
		m.loggers = append(m.loggers, logBranch{driver, h})
	}
	if c.usageCallback != nil {
		m.usage = newUsageCallback(m, c.usageCallback, c.usageEvery)
	}
}

// start starts the goroutines; ctx ends the handlers.
func (m *Monitor) start(ctx context.Context) {
	go m.pump.run()
	for _, h := range m.handlers {
		go h.run(ctx)
	}
	if m.usage != nil {
		go m.usage.run()
	}
}

// openFiles opens the files of the file handlers, so that New can tell what is wrong. When one fails, none stays open.
func openFiles(c *config) error {
	var errs []error
	for _, f := range c.files() {
		errs = append(errs, f.open())
	}
	err := errors.Join(errs...)
	if err != nil {
		err = errors.Join(err, closeFiles(c))
	}
	return err
}

func closeFiles(c *config) error {
	var errs []error
	for _, f := range c.files() {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// files returns the files of the file handlers.
func (c *config) files() []*appendFile {
	var files []*appendFile
	for _, h := range c.metricHandlers {
		if f, ok := h.(*metricFile); ok {
			files = append(files, f.appendFile)
		}
	}
	for _, h := range c.logHandlers {
		if f, ok := h.(*logFile); ok {
			files = append(files, f.appendFile)
		}
	}
	return files
}

// MeterProvider returns the provider given to [New], or one that measures nothing when that was nil.
func (m *Monitor) MeterProvider() metric.MeterProvider {
	if m == nil {
		return noop.NewMeterProvider()
	}
	return m.provider
}

// Flush returns when everything recorded before the call is in the instruments and every handler and [Cursor] has
// dealt with it, files included; or when ctx ends, with an error that names who has not. A handler that calls it would
// wait for itself.
func (m *Monitor) Flush(ctx context.Context) error {
	if m == nil {
		return nil
	}
	end := m.ring.end()
	if err := errors.Join(m.pump.drainWithin(ctx), m.followers.wait(ctx, end)); err != nil {
		return fmt.Errorf("monitor: flush: %w", err)
	}
	return nil
}

// Shutdown ends recording, delivers everything recorded before to instruments, handlers and Cursors, closes the
// files, and ends the goroutines. When ctx ends first, the error says what could not be delivered to whom; that is
// counted as dropped, and the files are closed all the same; what a Cursor has not read it can still read. The
// instruments stay: a last collect has everything. Later calls return the same error.
func (m *Monitor) Shutdown(ctx context.Context) error {
	if m == nil {
		return nil
	}
	m.shutdown.Do(func() { m.shutErr = m.shut(ctx) })
	return m.shutErr
}

func (m *Monitor) shut(ctx context.Context) error {
	end := m.ring.close()
	err := m.pump.drainWithin(ctx)
	close(m.pump.quit)
	if !finishes(ctx, m.pump.exited) && err == nil {
		err = errors.New("the MeterProvider does not return from a measurement")
	}

	stop := context.AfterFunc(ctx, func() { m.cancel(context.Cause(ctx)) })
	defer stop()
	if m.usage != nil {
		close(m.usage.quit)
	}
	err = errors.Join(err, m.waitForCursors(ctx, end))
	for _, h := range m.handlers {
		err = errors.Join(err, h.join(ctx))
	}
	if m.usage != nil {
		err = errors.Join(err, m.usage.join(ctx))
	}
	m.cancel(nil)
	if err != nil {
		return fmt.Errorf("monitor: shutdown: %w", err)
	}
	return nil
}

// waitForCursors waits for the Cursors that embedders read; the monitor's own handlers speak for themselves.
func (m *Monitor) waitForCursors(ctx context.Context, end uint64) error {
	err := m.followers.wait(ctx, end)
	if err == nil {
		return nil
	}
	own := make(map[*Cursor]bool)
	for _, h := range m.handlers {
		own[h.cursor] = true
	}
	return m.followers.behind(end, nil, func(c *Cursor) bool { return !own[c] })
}

// version returns the module's version as the running program was built with it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	const path = "github.com/genmeter/genmeter"
	if info.Main.Path == path {
		return info.Main.Version
	}
	for _, dep := range info.Deps {
		if dep.Path == path {
			return dep.Version
		}
	}
	return ""
}
