package exporter

import (
	"fmt"
	"strings"
	"sync"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
	"github.com/prometheus/otlptranslator"
)

// namer gives instruments their Prometheus names.
type namer struct {
	metrics                otlptranslator.MetricNamer
	withoutUnits           bool
	withoutCounterSuffixes bool
}

// name returns the Prometheus name of an instrument of the given kind.
func (n namer) name(instrument, unit string, k kind) (string, error) {
	m := otlptranslator.Metric{Name: instrument, Type: k.translator()}
	if !n.withoutUnits {
		m.Unit = unit
	}
	if k == kindCounter && n.withoutCounterSuffixes {
		m.Type = otlptranslator.MetricTypeNonMonotonicCounter
	}
	name, err := n.metrics.Build(m)
	if err != nil {
		return "", err
	}
	if !model.UTF8Validation.IsValidMetricName(name) {
		return "", fmt.Errorf("invalid metric name %q", name)
	}
	return name, nil
}

// claims remembers what each metric name stands for. It is shared by all sets
// of families and never forgets, so that the first instrument to use a name
// keeps it, whichever set serves a scrape.
type claims struct {
	mu     sync.Mutex
	byName map[string]claim
}

type claim struct {
	typ      dto.MetricType
	help     string
	reserved bool
}

func newClaims() *claims { return &claims{byName: make(map[string]claim)} }

// take claims a name. It returns the help that the name has had since it was
// first claimed, or an error when it stands for something else already.
func (c *claims) take(name, help string, typ dto.MetricType) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if got, ok := c.byName[name]; ok {
		switch {
		case got.reserved:
			return "", fmt.Errorf("%s describes the resource, no instrument can have that name", name)
		case got.typ != typ:
			return "", fmt.Errorf("%s is a %s already, it cannot be a %s too", name, word(got.typ), word(typ))
		}
		return got.help, nil
	}
	typeOf := func(name string) (dto.MetricType, bool) {
		got, ok := c.byName[name]
		return got.typ, ok
	}
	if other, ok := collide(name, typ, typeOf); ok {
		return "", fmt.Errorf("%s collides with the samples of %s", name, other)
	}
	c.byName[name] = claim{typ: typ, help: help}
	return help, nil
}

// reserve keeps a name from all instruments. It is for the time before the
// first take.
func (c *claims) reserve(name string, typ dto.MetricType) {
	c.byName[name] = claim{typ: typ, reserved: true}
}

// collide finds a metric whose samples would have the same name as those of a
// metric that is new: a histogram and its _bucket, _count or _sum, a summary and
// the last two. typeOf tells what a name stands for already.
func collide(name string, typ dto.MetricType, typeOf func(string) (dto.MetricType, bool)) (string, bool) {
	for _, suffix := range [...]string{"_bucket", "_count", "_sum"} {
		if base, ok := strings.CutSuffix(name, suffix); ok {
			if got, ok := typeOf(base); ok && hasSample(got, suffix) {
				return base, true
			}
		}
		if hasSample(typ, suffix) {
			if _, ok := typeOf(name + suffix); ok {
				return name + suffix, true
			}
		}
	}
	return "", false
}

func hasSample(t dto.MetricType, suffix string) bool {
	switch t {
	case dto.MetricType_HISTOGRAM, dto.MetricType_GAUGE_HISTOGRAM:
		return true
	case dto.MetricType_SUMMARY:
		return suffix != "_bucket"
	}
	return false
}

func word(t dto.MetricType) string { return strings.ToLower(t.String()) }
