package export

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// encodeWideCSV writes the wide table as CSV: a header, then a row a call, evaluation, finished record or usage report, in order. An empty
// cell is null; an empty text, which only an attribute can be, is "". Times are RFC 3339 in UTC with a fraction of six to
// nine digits, numbers the shortest that read back as the same. src is read twice. It holds some thousand events and
// writeSize bytes.
func encodeWideCSV(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	table, err := newWideTable(ctx, src)
	if err != nil {
		return err
	}
	buf := make([]byte, 0, writeSize+64<<10)
	for i := range table.columns {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = appendCell(buf, table.columns[i].name, true)
	}
	buf = append(buf, '\n')
	row := table.newRow()
	err = eachBatch(ctx, src, isRow, func(batch []monitor.Event) error {
		for i := range batch {
			row.load(&batch[i])
			if buf = row.appendCSV(buf, c.rawText); len(buf) < writeSize {
				continue
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = w.Write(buf)
	return err
}

func (r *wideRow) appendCSV(b []byte, raw bool) []byte {
	for i := range r.t.columns {
		if i > 0 {
			b = append(b, ',')
		}
		c := &r.t.columns[i]
		switch c.kind {
		case columnText:
			if s, ok := c.text(r); s != "" {
				b = appendCell(b, s, raw)
			} else if ok {
				b = append(b, `""`...)
			}
		case columnInt:
			if n, ok := c.int(r); ok {
				b = strconv.AppendInt(b, n, 10)
			}
		case columnFloat:
			if f, ok := c.float(r); ok {
				b = strconv.AppendFloat(b, f, 'g', -1, 64)
			}
		case columnBool:
			if v, ok := c.bool(r); ok {
				b = strconv.AppendBool(b, v)
			}
		case columnTime:
			if at, ok := c.time(r); ok {
				b = appendUTC(b, at)
			}
		}
	}
	return append(b, '\n')
}

// appendUTC appends a printable time as RFC 3339 in UTC, at a third of AppendFormat's price. Whole seconds have a fraction too:
// pandas takes the first time of a column for the form of all, and leaves them text when one has none.
func appendUTC(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = append(b, byte('0'+year/1000), byte('0'+year/100%10))
	b = append(two(b, year%100), '-')
	b = append(two(b, int(month)), '-')
	b = append(two(b, day), 'T')
	b = append(two(b, hour), ':')
	b = append(two(b, minute), ':')
	b = two(b, second)
	b = append(b, '.')
	ns := t.Nanosecond()
	for scale := 100_000_000; ns != 0 || scale >= 1000; scale /= 10 {
		b = append(b, byte('0'+ns/scale))
		ns %= scale
	}
	return append(b, 'Z')
}

func two(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }
