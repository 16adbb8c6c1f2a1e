package main

import (
	"fmt"
	"io"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// sample is a line of an answer.
type sample struct {
	name   string // as in the text: with _bucket, _count or _sum
	labels []*dto.LabelPair
	bound  string // of a bucket, whose labels are without le
	value  float64
}

// parse reads the text format and passes the samples of the two metrics that all contestants have to each. Not every
// contestant declares types: a histogram without one is parsed as untyped metrics, which have the names of its samples.
func parse(body io.Reader, each func(sample)) error {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(body)
	if err != nil {
		return fmt.Errorf("parsing the answer: %w", err)
	}
	for name, family := range families {
		if name != counterName && !strings.HasPrefix(name, histogramName) {
			continue
		}
		for _, m := range family.Metric {
			switch {
			case m.Counter != nil:
				each(sample{name, m.Label, "", m.Counter.GetValue()})
			case m.Untyped != nil:
				labels, bound := withoutBound(m.Label)
				each(sample{name, labels, bound, m.Untyped.GetValue()})
			case m.Histogram != nil:
				parseHistogram(name, m, each)
			default:
				return fmt.Errorf("%s is neither a counter nor a histogram", name)
			}
		}
	}
	return nil
}

func parseHistogram(name string, m *dto.Metric, each func(sample)) {
	h := m.Histogram
	for _, b := range h.Bucket {
		each(sample{name + "_bucket", m.Label, fmt.Sprint(b.GetUpperBound()), float64(b.GetCumulativeCount())})
	}
	each(sample{name + "_count", m.Label, "", float64(h.GetSampleCount())})
	each(sample{name + "_sum", m.Label, "", h.GetSampleSum()})
}

// withoutBound takes the label le away.
func withoutBound(labels []*dto.LabelPair) (others []*dto.LabelPair, bound string) {
	for _, l := range labels {
		if l.GetName() == "le" {
			bound = l.GetValue()
		} else {
			others = append(others, l)
		}
	}
	return others, bound
}

// exposedTotals sums up the samples by name, and buckets by their bound too.
func exposedTotals(body io.Reader) (map[string]total, error) {
	totals := map[string]total{}
	err := parse(body, func(s sample) {
		name := s.name
		if s.bound != "" {
			name = bucketName(s.bound)
		}
		t := totals[name]
		totals[name] = total{t.series + 1, t.sum + s.value}
	})
	return totals, err
}
