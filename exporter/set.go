package exporter

import (
	"cmp"
	"fmt"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
)

// set is everything that one scrape in flight needs: the SDK's data and the
// families made of it. Both are kept between scrapes and belong to one scrape
// at a time, so that a client that reads slowly holds up no other.
type set struct {
	bridge  *bridge
	rm      metricdata.ResourceMetrics
	native  metricdata.ResourceMetrics // histograms once more, if asked for
	scrape  uint64                     // counts the scrapes that this set served
	streams map[streamKey]*stream
	byName  map[string]*family
	sorted  []*family
	changed bool // a family came or went
	out     []*family
	text    []byte // a page's memory

	resource       *resource.Resource
	resourceLabels []label

	problems []problem
}

func (b *bridge) newSet() *set {
	return &set{
		bridge:  b,
		streams: make(map[streamKey]*stream),
		byName:  make(map[string]*family),
	}
}

// update makes the families say what the SDK has collected, and returns them
// sorted by name. They are valid until the next update.
func (s *set) update() []*family {
	s.scrape++
	s.problems = s.problems[:0]
	s.setResource()
	// The SDK's order of scopes is random, and of two instruments that clash
	// the first wins.
	slices.SortFunc(s.rm.ScopeMetrics, func(a, b metricdata.ScopeMetrics) int {
		return compareScopes(&a.Scope, &b.Scope)
	})
	for i := range s.rm.ScopeMetrics {
		sm := &s.rm.ScopeMetrics[i]
		if sm.Scope.Name == bridgeScope {
			s.notice("bridge", errBridge)
			continue
		}
		for j := range sm.Metrics {
			m := &sm.Metrics[j]
			if st := s.stream(sm.Scope, m); st.err == nil {
				s.updateStream(st, m.Data)
			}
		}
	}
	s.addNative()
	s.sweep()
	return s.expose()
}

// addNative takes the native twins of classic histograms. Where a view has
// chosen an aggregation both readers have the same, and one is enough.
func (s *set) addNative() {
	for i := range s.native.ScopeMetrics {
		sm := &s.native.ScopeMetrics[i]
		for j := range sm.Metrics {
			m := &sm.Metrics[j]
			key := streamKey{scope: sm.Scope, name: m.Name, unit: m.Unit, description: m.Description, kind: kindClassic}
			twin, ok := s.streams[key]
			if !ok || twin.scrape != s.scrape || twin.err != nil || kindOf(m.Data) != kindNative {
				continue
			}
			st := s.stream(sm.Scope, m)
			st.isTwin = true
			s.updateStream(st, m.Data)
		}
	}
}

func (s *set) updateStream(st *stream, data metricdata.Aggregation) {
	switch v := data.(type) {
	case metricdata.Sum[int64]:
		updateNumbers(s, st, v.DataPoints)
	case metricdata.Sum[float64]:
		updateNumbers(s, st, v.DataPoints)
	case metricdata.Gauge[int64]:
		updateNumbers(s, st, v.DataPoints)
	case metricdata.Gauge[float64]:
		updateNumbers(s, st, v.DataPoints)
	case metricdata.Histogram[int64]:
		updateClassic(s, st, v.DataPoints)
	case metricdata.Histogram[float64]:
		updateClassic(s, st, v.DataPoints)
	case metricdata.ExponentialHistogram[int64]:
		updateNative(s, st, v.DataPoints)
	case metricdata.ExponentialHistogram[float64]:
		updateNative(s, st, v.DataPoints)
	}
}

// sweep forgets the series and streams that were not reported this time.
func (s *set) sweep() {
	for key, st := range s.streams {
		switch {
		case st.scrape != s.scrape:
			delete(s.streams, key)
			if st.family != nil {
				st.family.remove(st)
			}
			continue
		case st.seen != len(st.points):
			for k, p := range st.points {
				if p.scrape != s.scrape {
					delete(st.points, k)
				}
			}
			st.family.changed = true
		}
		if p, ok := st.problem(); ok {
			s.problems = append(s.problems, p)
		}
	}
}

// expose settles the families and lists those that have series.
func (s *set) expose() []*family {
	if s.changed {
		s.sorted = s.sorted[:0]
		for _, f := range s.byName {
			s.sorted = append(s.sorted, f)
		}
		slices.SortFunc(s.sorted, func(a, b *family) int { return cmp.Compare(a.name, b.name) })
		s.changed = false
	}
	s.out = s.out[:0]
	for _, f := range s.sorted {
		f.settle()
		if len(f.dto.Metric) > 0 {
			s.out = append(s.out, f)
		} else if len(f.streams) == 0 {
			delete(s.byName, f.name)
			s.changed = true
		}
		if p, ok := f.problem(); ok {
			s.problems = append(s.problems, p)
		}
	}
	return s.out
}

// family returns the family of a name, a new one if there is none.
func (s *set) family(name, help string, typ dto.MetricType) *family {
	f, ok := s.byName[name]
	if !ok {
		f = newFamily(name, help, typ)
		s.byName[name] = f
		s.changed = true
	}
	return f
}

// notice reports what costs no data.
func (s *set) notice(key string, err error) {
	s.problems = append(s.problems, problem{err, key, false})
}

// setResource makes target_info and the constant labels when the resource is
// first seen.
func (s *set) setResource() {
	if s.resource == s.rm.Resource && s.resource != nil {
		return
	}
	s.resource = s.rm.Resource
	b := s.bridge
	if b.resourceFilter != nil {
		attrs, _ := s.resource.Set().Filter(b.resourceFilter)
		labels, err := b.labeler.attributes(&attrs)
		if err != nil {
			s.problems = append(s.problems, problem{fmt.Errorf("exporter: resource attributes as labels: %w", err), "resource", true})
		}
		s.resourceLabels = labels
	}
	if b.withoutTargetInfo {
		return
	}
	st := &stream{family: s.family(otlptranslator.TargetInfoMetricName, targetInfoHelp, dto.MetricType_GAUGE)}
	st.key.kind = kindGauge
	p := s.newPoint(st, *s.resource.Set())
	if p.err != nil {
		s.notice("target_info", fmt.Errorf("exporter: no target_info: %w", p.err))
		return
	}
	p.value = 1
	f := st.family
	f.streams, f.points, f.shown, f.changed = []*stream{st}, []*point{p}, []*point{p}, false
	f.dto.Metric = append(f.dto.Metric[:0], &p.metric)
}
