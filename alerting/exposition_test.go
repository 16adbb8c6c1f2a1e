package alerting_test

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// exposition is what was scraped, in the notation of promtool's tests: a value for each tick, "_" for none, "stale" when a
// series ended.
type exposition struct {
	ticks  int
	series map[string][]string
}

func (e *exposition) add(families []*dto.MetricFamily) {
	now := make(map[string]string)
	for _, f := range families {
		for _, m := range f.Metric {
			samples(f, m, func(name string, v float64, more ...string) {
				labels := append([]string{`job="genmeter"`, `instance="sim:9464"`}, more...)
				for _, l := range m.Label {
					labels = append(labels, l.GetName()+"="+strconv.Quote(l.GetValue()))
				}
				now[name+"{"+strings.Join(labels, ",")+"}"] = strconv.FormatFloat(v, 'f', -1, 64)
			})
		}
	}
	e.push(now)
}

// miss is a scrape that failed: all series end, for Prometheus.
func (e *exposition) miss() { e.push(nil) }

func (e *exposition) push(now map[string]string) {
	if e.series == nil {
		e.series = make(map[string][]string)
	}
	for name := range now {
		if e.series[name] == nil {
			e.series[name] = slices.Repeat([]string{"_"}, e.ticks)
		}
	}
	for name, values := range e.series {
		v, ok := now[name]
		if last := len(values) - 1; !ok {
			if v = "stale"; last < 0 || values[last] == "stale" || values[last] == "_" {
				v = "_"
			}
		}
		e.series[name] = append(values, v)
	}
	e.ticks++
}

func samples(f *dto.MetricFamily, m *dto.Metric, yield func(name string, v float64, labels ...string)) {
	switch name := f.GetName(); f.GetType() {
	case dto.MetricType_COUNTER:
		yield(name, m.GetCounter().GetValue())
	case dto.MetricType_GAUGE:
		yield(name, m.GetGauge().GetValue())
	case dto.MetricType_HISTOGRAM:
		h := m.GetHistogram()
		yield(name+"_sum", h.GetSampleSum())
		yield(name+"_count", float64(h.GetSampleCount()))
		for _, b := range h.Bucket {
			yield(name+"_bucket", float64(b.GetCumulativeCount()), fmt.Sprintf(`le="%v"`, b.GetUpperBound()))
		}
		yield(name+"_bucket", float64(h.GetSampleCount()), `le="+Inf"`)
	}
}

// write writes the series as a test's input.
func (e *exposition) write(w io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(e.series)) {
		fmt.Fprintf(w, "  - {series: '%s', values: '%s'}\n", name, strings.Join(e.series[name], " "))
	}
}
