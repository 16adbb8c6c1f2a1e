package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// otlpExporter is OpenTelemetry's, with errors that people can act on.
type otlpExporter struct {
	sdkmetric.Exporter
	to     *receiver
	client *http.Client
	last   atomic.Bool // the push that follows is the last
}

// otlpReader pushes at an interval, and once more when the provider is shut down.
type otlpReader struct {
	sdkmetric.Reader
	exporter *otlpExporter
}

// Shutdown has the last push repeated where it fails.
func (r otlpReader) Shutdown(ctx context.Context) error {
	r.exporter.last.Store(true)
	return r.Reader.Shutdown(ctx)
}

// newOTLPReader returns a reader that pushes at the interval of c.
func newOTLPReader(c *otlpConfig, logger *slog.Logger) (sdkmetric.Reader, error) {
	client := newPushClient(c.tls, c.timeout)
	inner, err := otlpmetrichttp.New(context.Background(),
		otlpmetrichttp.WithEndpointURL(c.endpoint.String()),
		otlpmetrichttp.WithHTTPClient(client),
		// The SDK's own begins with 5 s: half of what the last push has.
		otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{
			Enabled: true, InitialInterval: time.Second, MaxInterval: 30 * time.Second, MaxElapsedTime: time.Minute,
		}))
	if err != nil {
		return nil, wrongUsage("OTLP: %v", err)
	}
	to := &receiver{
		url: c.endpoint.String(), what: "the OTLP receiver", failures: &failures{logger: logger},
		path: "is the path right? Prometheus wants --web.enable-otlp-receiver, and " +
			"OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:9090/api/v1/otlp.",
		login: "are the credentials in OTEL_EXPORTER_OTLP_HEADERS right?",
		cert:  "name certificates to trust in OTEL_EXPORTER_OTLP_CERTIFICATE",
	}
	logger.Info("pushing metrics", "by", "OTLP", "url", to.url, "interval", c.interval)
	exporter := &otlpExporter{Exporter: inner, to: to, client: client}
	return otlpReader{sdkmetric.NewPeriodicReader(exporter), exporter}, nil
}

// Export returns a *pushError when it fails. Those of intervals come to otelErrors, that of the end to meter.close: it is
// repeated until it arrives or ctx ends.
func (e *otlpExporter) Export(ctx context.Context, rm *metricdata.ResourceMetrics) error {
	if !e.last.Load() {
		return asError(e.push(ctx, rm))
	}
	return asError(persist(ctx, func(ctx context.Context) *pushError { return e.push(ctx, rm) }))
}

// asError does not make an error of a nil *pushError.
func asError(err *pushError) error {
	if err == nil {
		return nil
	}
	return err
}

func (e *otlpExporter) push(ctx context.Context, rm *metricdata.ResourceMetrics) *pushError {
	begun := time.Now()
	ctx, refused := watchRefusal(ctx)
	err := e.Exporter.Export(ctx, rm)
	if err == nil {
		e.to.failures.over(e.to.url)
		return nil
	}
	failure := e.to.failure(err, refused(), time.Since(begun))
	if message, rejected, ok := partialSuccess(err); ok {
		if !rejected { // a remark of a receiver that took everything
			e.to.failures.logger.Warn("the OTLP receiver remarks", "url", e.to.url, "remark", message)
			e.to.failures.over(e.to.url)
			return nil
		}
		failure.partly, failure.cause = true, "it took only a part: "+message
	}
	return failure
}

// partialSuccess finds the answer of a receiver that did not take every data point. Its type is internal to the exporter.
func partialSuccess(err error) (message string, rejected, ok bool) {
	_, message, ok = strings.Cut(err.Error(), "OTLP partial success: ")
	return firstLine(message), !strings.HasSuffix(message, "(0 metric data points rejected)"), ok
}

// Shutdown also lets go of the connections.
func (e *otlpExporter) Shutdown(ctx context.Context) error {
	defer e.client.CloseIdleConnections()
	return e.Exporter.Shutdown(ctx)
}
