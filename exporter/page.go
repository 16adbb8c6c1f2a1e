package exporter

import (
	"io"
	"math"
	"strconv"
	"unicode/utf8"
)

// pageSize is how much text is collected before it is sent.
const pageSize = 64 << 10

// page collects text for a client. It has the methods that expfmt would
// otherwise add by a buffer of its own. After an error it sends nothing more.
type page struct {
	text []byte
	to   io.Writer
	err  error
}

func (p *page) Write(b []byte) (int, error)       { p.text = append(p.text, b...); return len(b), nil }
func (p *page) WriteString(s string) (int, error) { p.text = append(p.text, s...); return len(s), nil }
func (p *page) WriteByte(b byte) error            { p.text = append(p.text, b); return nil }

func (p *page) WriteRune(r rune) (int, error) {
	n := len(p.text)
	p.text = utf8.AppendRune(p.text, r)
	return len(p.text) - n, nil
}

// turn sends the page if it is full.
func (p *page) turn() {
	if len(p.text) >= pageSize {
		p.send()
	}
}

func (p *page) send() {
	if p.err == nil {
		_, p.err = p.to.Write(p.text)
	}
	p.text = p.text[:0]
}

// number appends a value as both text formats have it, but for the ".0" that
// OpenMetrics puts behind whole numbers.
func (p *page) number(v float64) {
	// Below a million the shortest form of a whole number is its digits; that
	// also makes 0 of -0, as expfmt does.
	if v > -1e6 && v < 1e6 && v == math.Trunc(v) {
		p.text = strconv.AppendInt(p.text, int64(v), 10)
		return
	}
	p.text = strconv.AppendFloat(p.text, v, 'g', -1, 64)
}

func (p *page) openNumber(v float64) {
	from := len(p.text)
	p.number(v)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	for _, c := range p.text[from:] {
		if c == '.' || c == 'e' {
			return
		}
	}
	p.text = append(p.text, ".0"...)
}

// count appends a number of observations: OpenMetrics has them as integers,
// Prometheus's text as floats.
func (p *page) count(n uint64, open bool) {
	if open || n < 1e6 {
		p.text = strconv.AppendUint(p.text, n, 10)
		return
	}
	p.number(float64(n))
}
