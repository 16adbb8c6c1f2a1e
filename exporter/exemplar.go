package exporter

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// keptExemplar is one that was exposed, and what it was made of.
type keptExemplar struct {
	time        time.Time
	value       float64
	trace, span []byte
	bare        bool // no attributes besides the trace
	dto         *dto.Exemplar
}

func isSame[N int64 | float64](e *keptExemplar, in *metricdata.Exemplar[N]) bool {
	return e.bare && len(in.FilteredAttributes) == 0 && e.time.Equal(in.Time) && e.value == float64(in.Value) &&
		bytes.Equal(e.trace, in.TraceID) && bytes.Equal(e.span, in.SpanID)
}

// toExemplars makes the exemplars of one series. If one of them cannot be
// exposed, the series goes without any, as in the official exporter. Registries
// may keep them, so they are never changed: one that is still the same in the
// next scrape is taken again, others are made anew.
func toExemplars[N int64 | float64](s *set, p *point, in []metricdata.Exemplar[N]) []*dto.Exemplar {
	if len(in) == 0 {
		p.exemplars = p.exemplars[:0]
		return nil
	}
	p.exemplars = slices.Grow(p.exemplars[:0], len(in))[:len(in)]
	out := make([]*dto.Exemplar, len(in))
	for i := range in {
		e := &p.exemplars[i]
		if e.dto == nil || !isSame(e, &in[i]) {
			labels, err := exemplarLabels(s.bridge.labeler, &in[i])
			if err != nil {
				s.notice("exemplars", fmt.Errorf("exporter: exemplars left out: %w", err))
				return nil
			}
			value := float64(in[i].Value)
			made := &dto.Exemplar{Label: labels, Value: &value}
			if !in[i].Time.IsZero() {
				made.Timestamp = timestamppb.New(in[i].Time)
			}
			*e = keptExemplar{
				in[i].Time, value, slices.Clone(in[i].TraceID), slices.Clone(in[i].SpanID), len(in[i].FilteredAttributes) == 0, made,
			}
		}
		out[i] = e.dto
	}
	return out
}

// exemplarLabels returns the attributes that the series was stripped of and the
// trace. The trace's labels are there even without a trace, empty.
func exemplarLabels[N int64 | float64](l labeler, e *metricdata.Exemplar[N]) ([]*dto.LabelPair, error) {
	labels := []label{
		{otlptranslator.ExemplarTraceIDKey, hex.EncodeToString(e.TraceID)},
		{otlptranslator.ExemplarSpanIDKey, hex.EncodeToString(e.SpanID)},
	}
	for _, kv := range e.FilteredAttributes {
		name, err := l.name(string(kv.Key))
		if err != nil {
			return nil, err
		}
		// The trace's names are taken; of two equal ones the last stays.
		i := slices.IndexFunc(labels, func(l label) bool { return l.name == name })
		switch {
		case i < 0:
			labels = append(labels, label{name, valid(kv.Value.String())})
		case i > 1:
			labels[i].value = valid(kv.Value.String())
		}
	}
	runes := 0
	for _, l := range labels {
		runes += utf8.RuneCountInString(l.name) + utf8.RuneCountInString(l.value)
	}
	if runes > prometheus.ExemplarMaxRunes {
		return nil, fmt.Errorf("labels of %d runes, more than the %d that OpenMetrics allows", runes, prometheus.ExemplarMaxRunes)
	}
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(a.name, b.name) })
	return pairs(labels, false)
}
