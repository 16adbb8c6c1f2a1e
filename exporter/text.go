package exporter

import (
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
)

// write appends the family to a page.
func (f *family) write(p *page, d dialect) {
	p.text = append(p.text, d.header(f)...)
	for _, one := range f.shown {
		one.write(p, d)
		if p.turn(); p.err != nil {
			return // nobody listens any more
		}
	}
}

// write appends the lines of one series.
func (pt *point) write(p *page, d dialect) {
	l := pt.line(d.scheme)
	switch {
	case pt.classic != nil:
		c := pt.classic
		c.write(p, l, d.open)
		p.total(l, c.sum, c.count, d.open)
	case pt.native != nil:
		n := pt.native
		p.text = append(append(p.text, l.bucket...), `le="+Inf"} `...)
		p.count(n.count, d.open)
		p.text = append(p.text, '\n')
		p.total(l, n.sum, n.count, d.open)
	default:
		p.text = append(p.text, l.value...)
		p.value(pt.value, d.open)
		if d.open {
			p.exemplar(pt.counter.Exemplar)
		}
		p.text = append(p.text, '\n')
	}
}

// write appends the lines of the buckets.
func (c *classic) write(p *page, l *lines, open bool) {
	bounds := c.bounds.text
	if open {
		bounds = c.bounds.open
	}
	for i, bound := range bounds {
		p.text = append(append(p.text, l.bucket...), bound...)
		n := c.count
		if i < len(c.cumulative) {
			n = c.cumulative[i]
		}
		p.count(n, open)
		if open && c.exemplified {
			p.exemplar(c.buckets[i].Exemplar)
		}
		p.text = append(p.text, '\n')
	}
}

// total appends the lines that end a histogram.
func (p *page) total(l *lines, sum float64, count uint64, open bool) {
	p.text = append(p.text, l.sum...)
	p.value(sum, open)
	p.text = append(append(p.text, '\n'), l.count...)
	p.count(count, open)
	p.text = append(p.text, '\n')
}

func (p *page) value(v float64, open bool) {
	if open {
		p.openNumber(v)
	} else {
		p.number(v)
	}
}

// quoted escapes label values as both text formats do.
var quoted = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

// exemplar appends an exemplar, if there is one, in OpenMetrics. It is the one
// thing that is new in most scrapes and not a number, so it is written here.
func (p *page) exemplar(e *dto.Exemplar) {
	if e == nil || len(e.Label) == 0 {
		return
	}
	p.text = append(p.text, " # {"...)
	for i, l := range e.Label {
		if i > 0 {
			p.text = append(p.text, ',')
		}
		p.name(l.GetName())
		p.text = append(p.text, `="`...)
		_, _ = quoted.WriteString(p, l.GetValue()) // a page takes everything
		p.text = append(p.text, '"')
	}
	p.text = append(p.text, "} "...)
	p.openNumber(e.GetValue())
	if e.Timestamp != nil {
		p.text = append(p.text, ' ')
		p.openNumber(float64(e.Timestamp.AsTime().UnixNano()) / 1e9)
	}
}

// name appends a label's name, quoted where it is not a legacy name.
func (p *page) name(name string) {
	if model.LegacyValidation.IsValidMetricName(name) {
		p.text = append(p.text, name...)
		return
	}
	p.text = append(p.text, '"')
	_, _ = quoted.WriteString(p, name)
	p.text = append(p.text, '"')
}
