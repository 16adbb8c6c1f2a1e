package export

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"strconv"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// csvRecord makes the rows of samples in the form in which they wait for the last column to be known. What the samples of
// one event share is made once.
type csvRecord struct {
	keys  *keys
	raw   bool
	time  []byte
	cells cells
	slots slots
}

// Before each row stand its length, the number of columns that were known, and the length of timestamp and value.
const csvHead = 4 + 4 + 1

// append appends the row timestamp,value,model_name,… up to the last attribute that the table had so far.
func (r *csvRecord) append(b []byte, t *table, s *sample) []byte {
	if s.fresh {
		r.share(s)
	}
	slots := r.slots.of(&t.columns, s)
	if rest := r.slots.rest; len(rest) > 0 {
		r.cells.cut(len(s.attrs))
		r.cells.add(appendCell(r.cells.bytes, string(rest), r.raw))
	}
	start := len(b)
	b = append(b, make([]byte, csvHead)...)
	b = append(append(b, r.time...), ',')
	if finite(s.Value) {
		b = appendNumber(b, s.Value)
	}
	b[start+8] = byte(len(b) - start - csvHead)
	for _, at := range slots {
		if b = append(b, ','); at > 0 {
			b = append(b, r.cells.of(at)...)
		}
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-csvHead))
	binary.LittleEndian.PutUint32(b[start+4:], uint32(len(slots)))
	return b
}

func (r *csvRecord) share(s *sample) {
	if r.time = r.time[:0]; printable(s.Time) {
		r.time = appendTime(r.time, s.Time)
	}
	r.slots.keys(r.keys, s)
	r.cells.cut(0)
	for _, a := range s.attrs {
		r.cells.add(appendCellValue(r.cells.bytes, a.Value, r.raw))
	}
}

// appendCellValue appends an attribute's value as a cell: numbers and booleans as such, durations in seconds, times in UTC.
func appendCellValue(b []byte, v slog.Value, raw bool) []byte {
	switch v.Kind() {
	case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindDuration:
		return eventline.AppendValue(b, v)
	case slog.KindFloat64:
		if f := v.Float64(); finite(f) {
			return appendNumber(b, f)
		}
		return strconv.AppendFloat(b, v.Float64(), 'g', -1, 64)
	case slog.KindTime:
		if printable(v.Time()) {
			return appendTime(b, v.Time())
		}
	}
	return appendCell(b, v.Resolve().String(), raw)
}

// writeCSV writes one metric: a header and a row a sample.
func (ts *tables) writeCSV(ctx context.Context, w io.Writer, t *table, r *csvRecord) error {
	out := append([]byte(nil), columnTimestamp+","+columnValue...)
	for _, name := range t.columns.names(r.keys) {
		out = appendCell(append(out, ','), name, r.raw)
	}
	out = append(out, '\n')
	return ts.read(ctx, t, func(chunk []byte) error {
		for len(chunk) > 0 {
			if len(out) > csvBatch {
				if _, err := w.Write(out); err != nil {
					return err
				}
				out = out[:0]
			}
			n, known, head := int(binary.LittleEndian.Uint32(chunk)), int(binary.LittleEndian.Uint32(chunk[4:])), int(chunk[8])
			row := chunk[csvHead : csvHead+n]
			chunk = chunk[csvHead+n:]
			if out = append(out, row[:head]...); !t.columns.model {
				head++ // the comma of a column that there is not
			}
			out = append(out, row[head:]...)
			for range t.columns.len() - known {
				out = append(out, ',')
			}
			out = append(out, '\n')
		}
		_, err := w.Write(out)
		out = out[:0]
		return err
	})
}

// csvBatch is how much of a file is written at once.
const csvBatch = 64 << 10

// encodeCSV writes the one metric that was chosen, else an archive of all files.
func encodeCSV(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	r := csvRecord{keys: newKeys(), raw: c.rawText}
	return tabulate(ctx, src, c, r.append, func(ts *tables, all []*table) error {
		if len(c.metrics) > 0 && len(all) == 1 {
			return ts.writeCSV(ctx, w, all[0], &r)
		}
		return ts.writeZip(ctx, w, all, &r)
	})
}
