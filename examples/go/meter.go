package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// meter is all of genmeter that this generator uses.
type meter struct {
	provider *exporter.Provider
	monitor  *monitor.Monitor
	alerter  *alerting.Alerter
}

func openMeter(logger *slog.Logger) (*meter, error) {
	provider, err := exporter.New(exporter.WithServiceName("example-generator"))
	if err != nil {
		return nil, err
	}
	mon, err := monitor.New(provider.MeterProvider(), monitor.WithLogger(logger))
	if err != nil {
		return nil, err
	}
	limits := alerting.DefaultThresholds()
	slow := 10 * time.Second
	limits.MaxGenerationTime = &slow // the default is 30 s
	limits.MaxConversationLengthMean = nil
	alerter, err := alerting.New(mon, limits, alerting.WithHandlers(alerting.Log(logger)))
	if err != nil {
		return nil, err
	}
	return &meter{provider, mon, alerter}, nil
}

// handler serves /metrics, and genmeter's own API and page. A program that has a mux puts it there.
func (m *meter) handler() http.Handler {
	return web.Handler(m.monitor, web.WithAlerts(m.alerter), web.WithMetrics("/metrics", m.provider.Handler()))
}

// report logs how far the run is, at every interval and at the end.
func (m *meter) report(logger *slog.Logger, every time.Duration, end <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p := m.monitor.Progress()
			logger.Info("progress", "done", p.Done, "target", p.Target, "rate", fmt.Sprintf("%.1f/s", p.Rate), "eta", p.ETA.Round(time.Second))
		case <-end:
			return
		}
	}
}

// close loses nothing: alerts judge once more, then the monitor drains, and then the provider pushes to whom it has.
func (m *meter) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(m.alerter.Shutdown(ctx), m.monitor.Shutdown(ctx), m.provider.Shutdown(ctx))
}

func (m *meter) summary(w io.Writer) error {
	p, used, took := m.monitor.Progress(), m.monitor.TokenUsage(0), m.monitor.Aggregate("generation_time", 0)
	_, err := fmt.Fprintf(w, "%d rows accepted, %d rejected, %d failed\n%d calls, %d of them failed; %.3f s on average\n%d tokens in, %d out\n",
		p.Done, p.Rejected, p.Failed, p.Calls, p.Failures, took.Mean, used.TotalPromptTokens, used.TotalCompletionTokens)
	return err
}
