package exporter

import (
	"errors"
	"io"

	"github.com/prometheus/common/expfmt"
)

// encode sends families in a format. A family that cannot be encoded costs
// itself alone; a client that is gone ends it.
func encode(w io.Writer, s *set, format expfmt.Format, families []exposed) error {
	d, ok := dialectOf(format)
	if !ok {
		return encodeProtobuf(w, format, families)
	}
	p := &page{text: s.text[:0], to: w}
	defer func() { s.text = p.text[:0] }()
	var errs []error
	for _, f := range families {
		if f.own != nil {
			f.own.write(p, d)
		} else if err := d.write(p, f.MetricFamily); err != nil {
			errs = append(errs, err)
		}
		if p.turn(); p.err != nil {
			break
		}
	}
	if d.open {
		_, _ = expfmt.FinalizeOpenMetrics(p) // a page takes everything
	}
	p.send()
	return errors.Join(append(errs, p.err)...)
}

func encodeProtobuf(w io.Writer, format expfmt.Format, families []exposed) error {
	var errs []error
	to := &client{w: w}
	enc := expfmt.NewEncoder(to, format)
	for _, f := range families {
		if errs = append(errs, enc.Encode(f.MetricFamily)); to.gone {
			break
		}
	}
	return errors.Join(errs...)
}

// client notes that nobody listens any more.
type client struct {
	w    io.Writer
	gone bool
}

func (c *client) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.gone = c.gone || err != nil
	return n, err
}
