package exporter

import (
	"fmt"
	"time"

	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// point is one series kept between scrapes: its labels never change, a scrape
// only sets its values, to which the protobuf parts point.
type point struct {
	stream *stream
	attrs  attribute.Set
	metric dto.Metric
	plain  bool // written alike in all escaping schemes
	lines  [schemes]*lines
	scrape uint64
	broken error // its labels are impossible, for good
	err    error // why it is left out now

	value   float64
	start   time.Time
	created *timestamppb.Timestamp
	counter dto.Counter
	gauge   dto.Gauge
	classic *classic
	native  *native

	exemplars []keptExemplar // of the latest scrape
}

// newPoint makes the labels of a series that was not there before.
func (s *set) newPoint(st *stream, attrs attribute.Set) *point {
	p := &point{stream: st, attrs: attrs}
	labels, err := s.bridge.labeler.attributes(&attrs)
	if err == nil {
		labels = withRun(append(labels, st.labels...), s.bridge.run)
		p.metric.Label, err = pairs(labels, st.family.typ == dto.MetricType_HISTOGRAM)
	}
	if p.broken, p.err = err, err; err != nil {
		return p
	}
	p.plain = isPlain(st.family.name, p.metric.Label)
	switch st.key.kind {
	case kindCounter:
		p.counter.Value = &p.value
		p.metric.Counter = &p.counter
	case kindUpDown, kindGauge:
		p.gauge.Value = &p.value
		p.metric.Gauge = &p.gauge
	case kindClassic:
		p.classic = &classic{}
		p.metric.Histogram = &p.classic.dto
	case kindNative:
		p.native = &native{}
		p.metric.Histogram = &p.native.dto
	}
	return p
}

// point returns the series of attrs, marked as seen, or nil if it is left out.
func (s *set) point(st *stream, attrs *attribute.Set) *point {
	p, ok := st.points[attrs.Equivalent()]
	if !ok {
		p = s.newPoint(st, *attrs)
		st.points[attrs.Equivalent()] = p
		st.family.changed = true
	}
	if p.scrape == s.scrape {
		// The SDK never does this, an external producer may.
		st.fail(fmt.Errorf("the attributes %s are there twice", encoded(attrs)))
		return nil
	}
	p.scrape = s.scrape
	st.seen++
	if p.broken != nil {
		st.fail(p.broken)
		return nil
	}
	return p
}

// reject leaves the series out of this scrape, or takes it in again after a
// nil err.
func (p *point) reject(err error) {
	if (p.err == nil) != (err == nil) {
		p.stream.family.changed = true
	}
	if p.err = err; err != nil {
		p.stream.fail(err)
	}
}

// startedAt keeps the created timestamp. It is replaced and never written, as
// scrapes through a registry share it.
func (p *point) startedAt(t time.Time) *timestamppb.Timestamp {
	if !t.Equal(p.start) {
		if p.start, p.created = t, nil; !t.IsZero() {
			p.created = timestamppb.New(t)
		}
	}
	return p.created
}

func updateNumbers[N int64 | float64](s *set, st *stream, points []metricdata.DataPoint[N]) {
	for i := range points {
		dp := &points[i]
		p := s.point(st, &dp.Attributes)
		if p == nil {
			continue
		}
		p.value = float64(dp.Value)
		if st.key.kind != kindCounter {
			continue
		}
		p.counter.CreatedTimestamp = p.startedAt(dp.StartTime)
		p.counter.Exemplar = nil
		if exemplars := toExemplars(s, p, dp.Exemplars); len(exemplars) > 0 {
			p.counter.Exemplar = exemplars[len(exemplars)-1]
		}
	}
}
