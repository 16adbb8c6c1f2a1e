package exporter

import (
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

const (
	// schemes counts the ways to escape names that are not legacy names, from
	// [model.NoEscaping] to [model.ValueEncodingEscaping].
	schemes = int(model.ValueEncodingEscaping) + 1
	// dialects counts the ways to write a family as text.
	dialects = 2 * schemes
)

// dialect is one way to write a family as text. Whatever of it does not change
// from scrape to scrape is written once by expfmt, for an example, and cut out
// of that: names, labels, escapes and bounds are expfmt's own, byte for byte.
// Only values and exemplars are written here.
type dialect struct {
	open   bool // OpenMetrics, as opposed to Prometheus's text
	scheme model.EscapingScheme
}

// dialectOf returns the dialect of a negotiated format, or false for protobuf.
func dialectOf(f expfmt.Format) (dialect, bool) {
	switch f.FormatType() {
	case expfmt.TypeTextPlain:
		return dialect{scheme: f.ToEscapingScheme()}, true
	case expfmt.TypeOpenMetrics:
		return dialect{open: true, scheme: f.ToEscapingScheme()}, true
	}
	return dialect{}, false
}

func (d dialect) index() int {
	if d.open {
		return schemes + int(d.scheme)
	}
	return int(d.scheme)
}

// write appends a family, wherever it comes from, to a page.
func (d dialect) write(p *page, f *dto.MetricFamily) error {
	f = model.EscapeMetricFamily(f, d.scheme)
	var err error
	if d.open {
		_, err = expfmt.MetricFamilyToOpenMetrics(p, f)
	} else {
		_, err = expfmt.MetricFamilyToText(p, f)
	}
	return err
}

// example returns what expfmt makes of a family that has one series.
func (d dialect) example(f *dto.MetricFamily) string {
	var p page
	if err := d.write(&p, f); err != nil {
		panic(err) // the family is of our own making and lacks nothing
	}
	return string(p.text)
}

// header returns the HELP and TYPE lines of a family.
func (d dialect) header(f *family) string {
	cached := &f.headers[d.index()]
	if *cached == "" {
		m := emptyMetric(f.typ, nil)
		text := d.example(&dto.MetricFamily{Name: &f.name, Help: &f.help, Type: &f.typ, Metric: []*dto.Metric{m}})
		end := strings.IndexByte(text, '\n') + 1
		end += strings.IndexByte(text[end:], '\n') + 1
		*cached = strings.Clone(text[:end])
	}
	return *cached
}

// emptyMetric returns a series whose values are all 0.
func emptyMetric(typ dto.MetricType, labels []*dto.LabelPair) *dto.Metric {
	m := &dto.Metric{Label: labels}
	switch typ {
	case dto.MetricType_COUNTER:
		m.Counter = &dto.Counter{}
	case dto.MetricType_HISTOGRAM:
		m.Histogram = &dto.Histogram{}
	default:
		m.Gauge = &dto.Gauge{}
	}
	return m
}
