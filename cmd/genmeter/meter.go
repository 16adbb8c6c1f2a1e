package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
)

// shutdownTimeout is how long the end may take, as in afterimage.
const shutdownTimeout = 5 * time.Second

// meterFlags say how events are metered; every command that takes events has them.
type meterFlags struct {
	run, prices *string
	timezone    zoneValue
	native      *bool
}

func addMeterFlags(cmd *kingpin.CmdClause) *meterFlags {
	var f meterFlags
	f.run = cmd.Flag("run", "Name of the run: a label run=\"NAME\" on every series, to tell runs apart.").
		PlaceHolder("NAME").String()
	f.prices = cmd.Flag("prices", "Prices by model, in the format of LiteLLM's model_prices_and_context_window.json. "+
		"Without it only costs that events bring themselves are known.").PlaceHolder("FILE").ExistingFile()
	cmd.Flag("timezone", "Zone of times that name none, as in afterimage's files.").Default("Local").SetValue(&f.timezone)
	f.native = cmd.Flag("native-histograms", "Give histograms native buckets beside the classic ones, for a Prometheus that "+
		"scrapes them (scrape_native_histograms: true).").Bool()
	return &f
}

// meter is a monitor and what Prometheus scrapes of it.
type meter struct {
	*monitor.Monitor
	provider *exporter.Provider
}

func (f *meterFlags) open(logger *slog.Logger, maxRequests int, opts ...monitor.Option) (*meter, error) {
	exposition := []exporter.Option{
		exporter.WithServiceName("genmeter"),
		exporter.WithRun(*f.run),
		exporter.WithCollectors(versioncollector.NewCollector("genmeter")),
		exporter.WithMaxRequestsInFlight(maxRequests),
	}
	if *f.native {
		exposition = append(exposition, exporter.WithNativeHistograms())
	}
	prov, err := exporter.New(exposition...)
	if err != nil {
		return nil, err
	}
	opts = append(opts, monitor.WithLogger(logger))
	if *f.prices != "" {
		prices, err := monitor.LoadPrices(*f.prices)
		if err != nil {
			return nil, fmt.Errorf("reading --prices: %w", err)
		}
		opts = append(opts, monitor.WithPrices(prices))
	}
	mon, err := monitor.New(prov.MeterProvider(), opts...)
	if err != nil {
		return nil, err
	}
	return &meter{Monitor: mon, provider: prov}, nil
}

// drain delivers everything recorded so far. Scrapes still answer after it.
func (m *meter) drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	return errors.Join(m.Shutdown(ctx), m.provider.ForceFlush(ctx))
}

// close ends the provider; scrapes are empty afterwards.
func (m *meter) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	return m.provider.Shutdown(ctx)
}
