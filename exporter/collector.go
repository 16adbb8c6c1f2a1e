package exporter

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// collector is the road through a registry. What it sends must never change,
// because a registry does not tell when it is done with it: labels and
// descriptors are shared, values are copied.
type collector struct {
	bridge *bridge
}

// Describe sends nothing: which metrics there will be is not known when the
// collector is registered. Registries call that unchecked.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends every series, and for whatever had to be left out an invalid
// metric, so that the registry's user decides what a partial failure means. As
// in the official exporter, an error of a metrics callback is only logged; a
// panic is not.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := c.bridge.acquire()
	r := c.bridge.scrape(s)
	if r.spoiled {
		ch <- invalid(r.err)
		return
	}
	for _, err := range r.lost {
		ch <- invalid(err)
	}
	if len(r.families) == 0 {
		c.bridge.release(s)
		return
	}
	var metrics []constMetric
	for _, f := range s.sorted {
		metrics = slices.Grow(metrics, len(f.dto.Metric))
		for _, m := range f.dto.Metric {
			metrics = append(metrics, snapshot(f.desc, m))
		}
	}
	// Sending waits for the reader; the set does not have to.
	c.bridge.release(s)
	for i := range metrics {
		ch <- &metrics[i]
	}
}

func invalid(err error) prometheus.Metric {
	return prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), err)
}

// constMetric is one series as it was.
type constMetric struct {
	desc      *prometheus.Desc
	labels    []*dto.LabelPair
	counter   *dto.Counter
	gauge     *dto.Gauge
	histogram *dto.Histogram
}

func (m *constMetric) Desc() *prometheus.Desc { return m.desc }

func (m *constMetric) Write(out *dto.Metric) error {
	out.Label = m.labels
	out.Counter, out.Gauge, out.Histogram = m.counter, m.gauge, m.histogram
	return nil
}

func snapshot(desc *prometheus.Desc, m *dto.Metric) constMetric {
	c := constMetric{desc: desc, labels: m.Label}
	switch {
	case m.Counter != nil:
		c.counter = &dto.Counter{
			Value:            clone(m.Counter.Value),
			CreatedTimestamp: m.Counter.CreatedTimestamp,
			Exemplar:         m.Counter.Exemplar,
		}
	case m.Gauge != nil:
		c.gauge = &dto.Gauge{Value: clone(m.Gauge.Value)}
	case m.Histogram != nil:
		c.histogram = cloneHistogram(m.Histogram)
	}
	return c
}

func cloneHistogram(h *dto.Histogram) *dto.Histogram {
	out := &dto.Histogram{
		SampleCount:      clone(h.SampleCount),
		SampleSum:        clone(h.SampleSum),
		CreatedTimestamp: h.CreatedTimestamp,
		Exemplars:        h.Exemplars,
		Bucket:           cloneBuckets(h.Bucket),
	}
	if h.Schema == nil {
		return out
	}
	out.Schema = clone(h.Schema)
	out.ZeroCount, out.ZeroThreshold = clone(h.ZeroCount), clone(h.ZeroThreshold)
	out.PositiveSpan, out.PositiveDelta = cloneSpans(h.PositiveSpan), slices.Clone(h.PositiveDelta)
	out.NegativeSpan, out.NegativeDelta = cloneSpans(h.NegativeSpan), slices.Clone(h.NegativeDelta)
	return out
}

// cloneBuckets copies into one block each of counts, bounds, messages and
// pointers.
func cloneBuckets(in []*dto.Bucket) []*dto.Bucket {
	if len(in) == 0 {
		return nil
	}
	counts, bounds := make([]uint64, len(in)), make([]float64, len(in))
	messages := make([]dto.Bucket, len(in))
	out := make([]*dto.Bucket, len(in))
	for i, b := range in {
		counts[i], bounds[i] = *b.CumulativeCount, *b.UpperBound
		m := &messages[i]
		m.CumulativeCount, m.UpperBound, m.Exemplar = &counts[i], &bounds[i], b.Exemplar
		out[i] = m
	}
	return out
}

func cloneSpans(in []*dto.BucketSpan) []*dto.BucketSpan {
	if in == nil {
		return nil
	}
	out := make([]*dto.BucketSpan, len(in))
	for i, s := range in {
		out[i] = &dto.BucketSpan{Offset: clone(s.Offset), Length: clone(s.Length)}
	}
	return out
}

func clone[T any](p *T) *T {
	v := *p
	return &v
}
