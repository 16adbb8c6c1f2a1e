package exporter

import (
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/resource"
)

// defaultMaxRequests bounds the scrapes in flight, because each one that a
// slow client holds open also holds a set of families.
const defaultMaxRequests = 40

// defaultCardinalityLimit is the SDK's own, written down so that a change
// upstream does not change what our users scrape.
const defaultCardinalityLimit = 2000

// Option configures [New] or [NewReader]. Most options suit both; one that
// has no meaning for a constructor makes it fail, so that nothing is ignored.
// Options are applied in order, a later one wins.
type Option interface {
	apply(*config)
}

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// constructor names the function that is being configured.
type constructor string

const (
	inNew       constructor = "New"
	inNewReader constructor = "NewReader"
)

type config struct {
	constructor constructor
	misplaced   []string

	// What both build: the bridge and its handler.
	withoutTargetInfo      bool
	withoutScopeInfo       bool
	withoutUnits           bool
	withoutCounterSuffixes bool
	strategy               otlptranslator.TranslationStrategyOption
	namespace              string
	resourceFilter         attribute.Filter
	readerOpts             []sdkmetric.ManualReaderOption
	hasProducers           bool
	run                    string
	gatherers              []prometheus.Gatherer
	handling

	// NewReader only.
	registerer   prometheus.Registerer
	unregistered bool

	// New only.
	readers          []sdkmetric.Reader
	views            []sdkmetric.View
	resource         *resource.Resource
	serviceName      string
	cardinalityLimit int
	nativeHistograms bool
	exemplars        bool
	exemplarFilter   exemplar.Filter
	withoutRuntime   bool
	collectors       []prometheus.Collector
}

func newConfig(in constructor, opts []Option) (config, error) {
	c := config{
		constructor:      in,
		withoutScopeInfo: in == inNew,
		strategy:         otlptranslator.UnderscoreEscapingWithSuffixes,
		cardinalityLimit: defaultCardinalityLimit,
		handling:         handling{maxRequests: defaultMaxRequests},
	}
	for _, o := range opts {
		o.apply(&c)
	}
	if len(c.misplaced) > 0 {
		return c, fmt.Errorf("exporter: %s does not take %s", in, strings.Join(c.misplaced, ", "))
	}
	if c.strategy == "" {
		c.strategy = otlptranslator.UnderscoreEscapingWithSuffixes
	}
	if !c.strategy.ShouldAddSuffixes() {
		c.withoutUnits, c.withoutCounterSuffixes = true, true
	}
	return c, nil
}

// only notes an option that the constructor at hand has no use for.
func (c *config) only(in constructor, option string) {
	if c.constructor != in {
		c.misplaced = append(c.misplaced, option)
	}
}
