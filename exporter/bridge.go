package exporter

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

const (
	targetInfoHelp = "Target metadata"

	// Metrics of contrib's Prometheus bridge come from a registry and belong
	// into one; sending them round would give them other names and labels.
	bridgeScope = "go.opentelemetry.io/contrib/bridges/prometheus"

	// maxIdle is how many sets of families wait for the next scrape: two, for
	// the usual pair of Prometheus servers. Each is about as large as the
	// scrape.
	maxIdle = 2
)

var errBridge = errors.New("exporter: metrics of OpenTelemetry's Prometheus bridge are left out: register their source with the registry instead")

// nativeHistograms is the aggregation of the reader that collects histograms a
// second time. It starts at the finest resolution that Prometheus knows.
func nativeHistograms(k sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	if k == sdkmetric.InstrumentKindHistogram {
		return sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: maxSchema}
	}
	return sdkmetric.AggregationDrop{}
}

// bridge collects from the SDK and keeps sets of families. Its lock is held
// for list operations only, never while collecting: a metrics callback may
// record, and a slow client stops nobody.
type bridge struct {
	reader       *sdkmetric.ManualReader
	native       *sdkmetric.ManualReader // of histograms alone; nil unless asked for
	hasProducers bool

	withoutTargetInfo bool
	withoutScopeInfo  bool
	resourceFilter    attribute.Filter
	run               string
	namer             namer
	labeler           labeler
	claims            *claims
	reporter          *reporter

	mu     sync.Mutex
	idle   []*set
	closed bool
}

func newBridge(c config) (*bridge, error) {
	labels := otlptranslator.LabelNamer{UTF8Allowed: !c.strategy.ShouldEscape()}
	namespace := c.namespace
	if namespace != "" {
		var err error
		if namespace, err = labels.Build(namespace); err != nil {
			return nil, fmt.Errorf("exporter: namespace: %w", err)
		}
	}
	b := &bridge{
		// The SDK's default temporality is cumulative for all instruments, the
		// only one that Prometheus understands.
		reader:            sdkmetric.NewManualReader(c.readerOpts...),
		hasProducers:      c.hasProducers,
		withoutTargetInfo: c.withoutTargetInfo,
		withoutScopeInfo:  c.withoutScopeInfo,
		resourceFilter:    c.resourceFilter,
		run:               valid(c.run),
		namer: namer{
			metrics:                otlptranslator.NewMetricNamer(namespace, c.strategy),
			withoutUnits:           c.withoutUnits,
			withoutCounterSuffixes: c.withoutCounterSuffixes,
		},
		labeler:  labeler{labels},
		claims:   newClaims(),
		reporter: newReporter(),
	}
	if c.nativeHistograms {
		b.native = sdkmetric.NewManualReader(sdkmetric.WithAggregationSelector(nativeHistograms))
	}
	if !c.withoutTargetInfo {
		b.claims.reserve(otlptranslator.TargetInfoMetricName, dto.MetricType_GAUGE)
	}
	return b, nil
}

// acquire takes an idle set, or makes one.
func (b *bridge) acquire() *set {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.idle)
	if n == 0 {
		return b.newSet()
	}
	s := b.idle[n-1]
	b.idle[n-1] = nil
	b.idle = b.idle[:n-1]
	return s
}

// release gives a set back once nobody reads its families.
func (b *bridge) release(s *set) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed && len(b.idle) < maxIdle {
		b.idle = append(b.idle, s)
	}
}

// close drops the idle sets and keeps later ones from gathering.
func (b *bridge) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.idle = nil
}

func (b *bridge) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// scraped is the outcome of one scrape.
type scraped struct {
	families []*family             // in the memory of the set
	lost     prometheus.MultiError // what had to be left out
	err      error                 // why the SDK's data is incomplete, or not there
	spoiled  bool                  // the set must not be used again
}

// all returns everything that went wrong.
func (r scraped) all() error {
	errs := r.lost
	if r.err != nil {
		errs = append(errs, r.err)
	}
	return errs.MaybeUnwrap()
}

// scrape collects into s and brings its families up to date.
func (b *bridge) scrape(s *set) scraped {
	panicked, err := b.collect(s)
	if errors.Is(err, sdkmetric.ErrReaderShutdown) {
		return scraped{}
	}
	if err != nil {
		err = fmt.Errorf("exporter: collecting: %w", err)
		b.reporter.report(problem{err: err})
	}
	if panicked || errors.Is(err, sdkmetric.ErrReaderNotRegistered) {
		return scraped{err: err, spoiled: panicked}
	}
	r := scraped{families: s.update(), err: err}
	for _, p := range s.problems {
		b.reporter.report(p)
		if p.lost {
			r.lost = append(r.lost, p.err)
		}
	}
	return r
}

// collect fills s.rm. A callback that panics costs this scrape its
// OpenTelemetry metrics, not the process: the SDK runs callbacks before it
// writes, so nothing is half done.
func (b *bridge) collect(s *set) (panicked bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			panicked, err = true, fmt.Errorf("panic in a callback: %v", r)
		}
	}()
	if b.hasProducers {
		// The SDK appends a producer's slices to ours, and would write its own
		// data over them the next time.
		s.rm = metricdata.ResourceMetrics{}
	}
	err = b.reader.Collect(context.Background(), &s.rm)
	if b.native != nil && !errors.Is(err, sdkmetric.ErrReaderShutdown) {
		// Of the errors of callbacks, which run again, the first reader's will do.
		_ = b.native.Collect(context.Background(), &s.native)
	}
	return false, err
}
