package exporter

import (
	"cmp"
	"fmt"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// streamKey identifies what one instrument reports. Views can make two
// streams that are equal in everything: n tells them apart.
type streamKey struct {
	scope                   instrumentation.Scope
	name, unit, description string
	kind                    kind
	n                       int
}

// compare orders streams whose series have the same labels: the first gives
// the value where values cannot be merged. A native histogram comes last, so
// that the classic one takes it in.
func (k *streamKey) compare(o *streamKey) int {
	return cmp.Or(
		cmp.Compare(k.kind, o.kind),
		compareScopes(&k.scope, &o.scope),
		cmp.Compare(k.name, o.name),
		cmp.Compare(k.unit, o.unit),
		cmp.Compare(k.description, o.description),
		cmp.Compare(k.n, o.n),
	)
}

func (k *streamKey) String() string {
	return fmt.Sprintf("instrument %q of scope %q", k.name, k.scope.Name)
}

func compareScopes(a, b *instrumentation.Scope) int {
	if c := cmp.Or(
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Version, b.Version),
		cmp.Compare(a.SchemaURL, b.SchemaURL),
	); c != 0 || a.Attributes == b.Attributes {
		return c
	}
	return cmp.Compare(encoded(&a.Attributes), encoded(&b.Attributes))
}

func encoded(set *attribute.Set) string { return set.Encoded(attribute.DefaultEncoder()) }

// stream keeps the series of one instrument between scrapes.
type stream struct {
	key    streamKey
	err    error   // why nothing of it can be exposed, for good
	family *family // nil when err is set
	labels []label // scope and constant labels, on every series
	bounds *bounds // the latest of its buckets
	isTwin bool    // native buckets for classic histograms, nothing by themselves
	points map[attribute.Distinct]*point

	// Of the scrape at hand.
	scrape  uint64
	seen    int
	bad     int // series that had to be left out
	lastErr error
}

// newStream finds the name, the family and the labels of an instrument that
// was not there in the scrape before.
func (s *set) newStream(key streamKey) *stream {
	st := &stream{key: key, points: make(map[attribute.Distinct]*point)}
	st.err = func() error {
		switch key.kind {
		case kindUnsupported:
			return errUnsupported
		case kindDelta:
			return errDelta
		}
		if !s.bridge.withoutScopeInfo {
			labels, err := s.bridge.labeler.scope(key.scope)
			if err != nil {
				return fmt.Errorf("scope attributes: %w", err)
			}
			st.labels = labels
		}
		st.labels = append(st.labels, s.resourceLabels...)
		name, err := s.bridge.namer.name(key.name, key.unit, key.kind)
		if err != nil {
			return err
		}
		help, err := s.bridge.claims.take(name, valid(key.description), key.kind.prometheus())
		if err != nil {
			return err
		}
		st.family = s.family(name, help, key.kind.prometheus())
		st.family.add(st)
		return nil
	}()
	return st
}

// stream returns the stream of m, which it marks as seen. Nothing of a stream
// that is broken needs to be read.
func (s *set) stream(scope instrumentation.Scope, m *metricdata.Metrics) *stream {
	key := streamKey{scope: scope, name: m.Name, unit: m.Unit, description: m.Description, kind: kindOf(m.Data)}
	for {
		st, ok := s.streams[key]
		if !ok {
			st = s.newStream(key)
			s.streams[key] = st
		}
		if st.scrape != s.scrape {
			st.scrape, st.seen, st.bad, st.lastErr = s.scrape, 0, 0, nil
			return st
		}
		key.n++
	}
}

// boundsOf returns the bounds with these values; the series of a stream share
// them as a rule.
func (st *stream) boundsOf(values []float64) *bounds {
	if st.bounds == nil || !slices.Equal(st.bounds.values, values) {
		st.bounds = newBounds(values)
	}
	return st.bounds
}

// fail leaves a series out of this scrape.
func (st *stream) fail(err error) {
	st.bad++
	st.lastErr = err
}

// problem sums up what was left out. Its key has no figures in it, so that it
// is logged once and not whenever one more series is affected.
func (st *stream) problem() (problem, bool) {
	switch {
	case st.err != nil:
		return problem{fmt.Errorf("exporter: %v is not exposed: %w", &st.key, st.err), st.key.String(), true}, true
	case st.bad > 0:
		return problem{
			fmt.Errorf("exporter: %v: %d series left out: %w", &st.key, st.bad, st.lastErr),
			st.key.String() + " series", true,
		}, true
	}
	return problem{}, false
}
