package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
)

// meterFlags say how events are metered and where that is pushed; every command that takes events has them.
type meterFlags struct {
	run, prices *string
	timezone    zoneValue
	native      *bool
	push        *pushFlags
}

func addMeterFlags(cmd *kingpin.CmdClause) *meterFlags {
	var f meterFlags
	f.run = cmd.Flag("run", "Name of the run: a label run=\"NAME\" on every series, to tell runs apart.").
		PlaceHolder("NAME").String()
	f.prices = pricesFlag(cmd).ExistingFile()
	cmd.Flag("timezone", "Zone of times that name none, as in afterimage's files.").Default("Local").SetValue(&f.timezone)
	f.native = cmd.Flag("native-histograms", "Give histograms native buckets beside the classic ones, for a Prometheus that "+
		"scrapes them (scrape_native_histograms: true).").Bool()
	f.push = addPushFlags(cmd, f.run)
	return &f
}

// meter is a monitor, what Prometheus scrapes of it, and where that is pushed.
type meter struct {
	*monitor.Monitor
	provider *exporter.Provider // nil where nothing is scraped or pushed
	gateway  *gateway           // nil for none
	alerts   *alerting.Alerter  // nil for none
	prices   *monitor.Prices    // nil for none
	run      string             // its name; empty for none
	limits   limits
	logger   *slog.Logger

	deleteAfter *time.Duration // nil keeps the group in the Pushgateway
	otlp        bool           // it pushes OTLP
}

// pushes tells whether the end of the run goes out by itself, to be scraped or not.
func (m *meter) pushes() bool { return m.gateway != nil || m.otlp }

func (f *meterFlags) open(e env, maxRequests int, opts ...monitor.Option) (*meter, error) {
	prices, err := loadPrices(*f.prices)
	if err != nil {
		return nil, err
	}
	opts = append(opts, monitor.WithLogger(e.logger), monitor.WithPrices(prices))
	otlp, err := otlpEnv(os.Getenv).config()
	if err != nil {
		return nil, err
	}
	prov, err := f.newProvider(e, maxRequests, otlp)
	if err != nil {
		return nil, err
	}
	m := &meter{provider: prov, prices: prices, run: *f.run, otlp: otlp != nil, limits: e.limits, logger: e.logger}
	if m.Monitor, err = monitor.New(prov.MeterProvider(), opts...); err != nil {
		return nil, errors.Join(err, m.close())
	}
	m.gateway = f.push.newGateway(prov.Gatherer(), *f.run, e.limits, e.logger)
	if f.push.deleteAfterSet {
		m.deleteAfter = f.push.deleteAfter
	}
	return m, nil
}

// loadPrices returns the prices of a file; nil, which knows no price, without one.
func loadPrices(path string) (*monitor.Prices, error) {
	if path == "" {
		return nil, nil
	}
	prices, err := monitor.LoadPrices(path)
	if err != nil {
		return nil, fmt.Errorf("reading --prices: %w", err)
	}
	return prices, nil
}

func (f *meterFlags) newProvider(e env, maxRequests int, otlp *otlpConfig) (*exporter.Provider, error) {
	var readers []sdkmetric.Reader
	if otlp != nil {
		r, err := newOTLPReader(otlp, e.logger)
		if err != nil {
			return nil, err
		}
		readers = append(readers, r)
	}
	opts := []exporter.Option{
		exporter.WithServiceName(serviceName()),
		exporter.WithResource(f.resource()),
		exporter.WithRun(*f.run),
		exporter.WithCollectors(versioncollector.NewCollector("genmeter")),
		exporter.WithMaxRequestsInFlight(maxRequests),
		exporter.WithReaders(readers...),
	}
	if *f.native {
		opts = append(opts, exporter.WithNativeHistograms())
	}
	return exporter.New(opts...)
}

// serviceName is genmeter, or what OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say: Prometheus makes it the job of what
// is pushed as OTLP.
func serviceName() string {
	if v, ok := resource.Environment().Set().Value("service.name"); ok && v.AsString() != "" {
		return v.AsString()
	}
	return "genmeter"
}

// resource has the run, which OTLP carries nowhere else.
func (f *meterFlags) resource() *resource.Resource {
	if *f.run == "" {
		return nil
	}
	return resource.NewSchemaless(attribute.String("run", *f.run))
}

// startPush begins to push at intervals to the Pushgateway, if there is one; the provider does so by itself.
func (m *meter) startPush() {
	if m.gateway != nil {
		m.gateway.start()
	}
}

// startAlerts begins to judge the rules at intervals, if there are any; drain ends it.
func (m *meter) startAlerts() {
	if m.alerts != nil {
		go m.alerts.Run(context.Background())
	}
}

// drain delivers everything recorded so far, and the last alerts. Scrapes still answer after it.
func (m *meter) drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), m.limits.drain)
	defer cancel()
	err := m.endAlerts(ctx) // they ask the monitor a last time
	return errors.Join(err, m.Shutdown(ctx))
}

func (m *meter) endAlerts(ctx context.Context) error {
	if m.alerts == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, m.limits.alerts)
	defer cancel()
	return m.alerts.Shutdown(ctx)
}

// finishPush pushes to the Pushgateway a last time.
func (m *meter) finishPush() error {
	if m.gateway == nil {
		return nil
	}
	err := m.gateway.finish()
	if err != nil {
		m.deleteAfter = nil // what there is of the run is all there is
	}
	return err
}

// close ends the provider, whose readers push a last time; scrapes are empty afterwards.
func (m *meter) close() error {
	if m.provider == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), m.limits.otlp)
	defer cancel()
	err := m.provider.Shutdown(ctx)
	if p, ok := errors.AsType[*pushError](err); ok {
		return p.final(p.to.failures.before())
	}
	return err
}

// forget deletes the group from the Pushgateway when that is wanted, once Prometheus had the time to scrape it.
func (m *meter) forget(ctx context.Context) error {
	if m.gateway == nil || m.deleteAfter == nil {
		return nil
	}
	if *m.deleteAfter > 0 {
		m.logger.Info("waiting for Prometheus to scrape the Pushgateway; a signal ends that", "wait", *m.deleteAfter)
		wait(ctx, *m.deleteAfter)
	}
	return m.gateway.forget()
}

// pricesFlag is the flag of every command that knows what calls cost.
func pricesFlag(cmd *kingpin.CmdClause) *kingpin.FlagClause {
	return cmd.Flag("prices", "Prices by model, in the format of LiteLLM's model_prices_and_context_window.json. "+
		"Without it only costs that events bring themselves are known.").PlaceHolder("FILE")
}
