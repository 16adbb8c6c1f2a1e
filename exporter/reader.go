package exporter

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// Reader bridges a program's own MeterProvider to Prometheus. It is an
// [sdkmetric.Reader], to be given to [sdkmetric.WithReader], and a
// [prometheus.TransactionalGatherer]. Make one with [NewReader] for each
// MeterProvider; it is safe for concurrent use.
type Reader struct {
	sdkmetric.Reader
	bridge    *bridge
	gatherers []prometheus.Gatherer
	handling  handling
}

var (
	_ sdkmetric.Reader                 = (*Reader)(nil)
	_ prometheus.TransactionalGatherer = (*Reader)(nil)
)

// NewReader returns a Reader with the options, defaults and output of the
// official exporter's New. Like that it registers itself with
// [prometheus.DefaultRegisterer] unless [WithRegisterer] or
// [WithoutRegisterer] says otherwise. It fails for options that only [New]
// takes, for a namespace that cannot be made a name, and when the registerer
// refuses it.
func NewReader(opts ...Option) (*Reader, error) {
	c, err := newConfig(inNewReader, opts)
	if err != nil {
		return nil, err
	}
	r, err := newReader(c)
	if err != nil {
		return nil, err
	}
	if c.unregistered {
		return r, nil
	}
	registerer := c.registerer
	if registerer == nil {
		registerer = prometheus.DefaultRegisterer
	}
	if err := registerer.Register(collector{r.bridge}); err != nil {
		return nil, fmt.Errorf("exporter: registering the reader: %w", err)
	}
	return r, nil
}

func newReader(c config) (*Reader, error) {
	b, err := newBridge(c)
	if err != nil {
		return nil, err
	}
	return &Reader{Reader: b.reader, bridge: b, gatherers: c.gatherers, handling: c.handling}, nil
}

// Gather collects and returns the metric families, sorted by name and their
// series by label values. The families are the reader's own memory: they must
// not be changed, nor read after done has been called. done is never nil, must
// be called, and may be called late: other scrapes do not wait for it.
//
// The error, a [prometheus.MultiError], tells what had to be left out; the
// families hold the rest. After Shutdown there are none, without an error.
// Before the reader has a MeterProvider the error wraps
// [sdkmetric.ErrReaderNotRegistered].
func (r *Reader) Gather() (families []*dto.MetricFamily, done func(), err error) {
	return r.bridge.gather()
}

func (b *bridge) gather() ([]*dto.MetricFamily, func(), error) {
	s := b.acquire()
	r := b.scrape(s)
	done := func() {}
	if !r.spoiled {
		done = sync.OnceFunc(func() { b.release(s) })
	}
	families := make([]*dto.MetricFamily, len(r.families))
	for i, f := range r.families {
		families[i] = &f.dto
	}
	return families, done, r.all()
}

// Handler returns a handler that serves what [Reader.Gather] returns, what
// [WithGatherers] adds and its own promhttp_* metrics, in text, OpenMetrics or
// protobuf, as the client asks. It is the fast road past any registry, whether or not the reader is
// registered with one. Problems do not fail a scrape: the rest is served, and
// promhttp_metric_handler_errors_total counts it. Each call returns a handler
// with metrics and limits of its own.
func (r *Reader) Handler() http.Handler {
	return newHandler(newGatherer(r.bridge, prometheus.NewRegistry(), r.gatherers), r.handling)
}

// Shutdown ends the reader: later scrapes are empty, without an error. A
// second call returns [sdkmetric.ErrReaderShutdown]. The MeterProvider calls
// it.
func (r *Reader) Shutdown(ctx context.Context) error {
	r.bridge.close()
	return r.Reader.Shutdown(ctx)
}

// MarshalLog is what OpenTelemetry's internal logger shows of the reader.
func (r *Reader) MarshalLog() any {
	return struct{ Type string }{"genmeter exporter"}
}
