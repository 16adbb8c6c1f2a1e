package exporter

import (
	"math"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
)

// lines are the lines of one series as far as they never change: all but the
// values, and of buckets all but the bounds. They are the same in text and in
// OpenMetrics.
type lines struct {
	value              string // of a counter or gauge
	bucket, sum, count string // of a histogram
}

// lines returns the lines of p in one escaping scheme, made when they are
// first asked for.
func (p *point) line(scheme model.EscapingScheme) *lines {
	if p.plain {
		scheme = model.NoEscaping
	}
	if l := p.lines[scheme]; l != nil {
		return l
	}
	l := newLines(p.stream.family, p.metric.Label, scheme)
	p.lines[scheme] = l
	return l
}

func newLines(f *family, labels []*dto.LabelPair, scheme model.EscapingScheme) *lines {
	text := dialect{scheme: scheme}.example(&dto.MetricFamily{
		Name: &f.name, Type: &f.typ, Metric: []*dto.Metric{emptyMetric(f.typ, labels)},
	})
	// Line breaks in labels are escaped.
	samples := strings.Split(text, "\n")[1:]
	if f.typ != dto.MetricType_HISTOGRAM {
		return &lines{value: withoutZero(samples[0])}
	}
	return &lines{
		bucket: strings.TrimSuffix(samples[0], `le="+Inf"} 0`),
		sum:    withoutZero(samples[1]),
		count:  withoutZero(samples[2]),
	}
}

func withoutZero(line string) string { return strings.TrimSuffix(line, "0") }

// isPlain reports whether a series is the same in all escaping schemes.
func isPlain(name string, labels []*dto.LabelPair) bool {
	if !model.LegacyValidation.IsValidMetricName(name) {
		return false
	}
	for _, l := range labels {
		if !model.LegacyValidation.IsValidMetricName(l.GetName()) {
			return false
		}
	}
	return true
}

// bounds are the upper bounds of a histogram's buckets, shared by all series
// that have them and never changed.
type bounds struct {
	values []float64 // with +Inf behind them
	// How the lines of the buckets go on after the series' own labels: the le
	// label and the space before the value. The last is +Inf's.
	text, open []string
}

func newBounds(values []float64) *bounds {
	n := len(values)
	b := &bounds{values: make([]float64, n+1)[:n]}
	copy(b.values, values)
	b.values[:n+1][n] = math.Inf(+1)
	b.text, b.open = dialect{}.bounds(b.values), dialect{open: true}.bounds(b.values)
	return b
}

// bounds returns how the lines of the buckets go on. If +Inf is among the
// bounds there is no implied one behind it.
func (d dialect) bounds(values []float64) []string {
	name, typ := "h", dto.MetricType_HISTOGRAM
	m := emptyMetric(typ, nil)
	for i := range values {
		m.Histogram.Bucket = append(m.Histogram.Bucket, &dto.Bucket{UpperBound: &values[i]})
	}
	text := d.example(&dto.MetricFamily{Name: &name, Type: &typ, Metric: []*dto.Metric{m}})
	var out []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "h_bucket{"); ok {
			out = append(out, strings.TrimSuffix(rest, "0\n"))
		}
	}
	return out
}
