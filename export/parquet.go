package export

import (
	"context"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/genmeter/genmeter/monitor"
)

// layoutSamples says in a file's metadata, under genmeter.layout, that its rows are samples.
const layoutSamples = "samples/1"

// encodeParquet writes the samples of src as Parquet, in the order of events: metric_name, timestamp, value, and the
// attributes in columns of their own. src is read twice. It holds a row group.
func encodeParquet(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	table, err := newSampleTable(ctx, src, c.metrics)
	if err != nil {
		return err
	}
	fields := []parquetField{
		{"metric_name", columnText, true}, {"timestamp", columnTime, false}, {"value", columnFloat, true},
	}
	var names columnNames
	for _, f := range fields {
		names.take("", f.name)
	}
	names.take("", otherAttributes)
	for _, key := range table.keys {
		fields = append(fields, parquetField{name: names.take("", key), kind: table.attrs[key].kind})
	}
	fields = append(fields, parquetField{name: otherAttributes, kind: columnText})
	rows := sampleRows{table: table, out: newParquetTable(ctx, w, fields, layoutSamples, c)}
	rows.attrs = make([]parquet.Value, len(table.keys)+1)
	err = eachBatch(ctx, src, nil, func(batch []monitor.Event) error {
		for i := range batch {
			if err := rows.write(&batch[i]); err != nil {
				return err
			}
		}
		return rows.out.page() // the batch's texts are not ours any longer
	})
	if err != nil {
		return err
	}
	return rows.out.close()
}

// sampleRows writes rows of samples.
type sampleRows struct {
	table *sampleTable
	out   *parquetTable
	last  []monitor.Attr  // what attrs is of
	attrs []parquet.Value // of each attribute's column, then of other_attributes; null for none
}

const sampleColumns = 3 // before those of attributes

func (r *sampleRows) write(ev *monitor.Event) (err error) {
	r.last = nil
	clear(r.attrs)
	ev.Metrics(func(m monitor.Metric) bool {
		if !r.table.wants(m.Name) || !finite(m.Value) {
			return true
		}
		if !sameAttrs(m.Attrs, r.last) {
			r.load(m.Attrs)
		}
		r.out.set(0, textValue(validUTF8(m.Name)))
		if printable(m.Time) {
			r.out.set(1, parquet.Int64Value(m.Time.UnixMicro()))
		} else {
			r.out.null(1)
		}
		r.out.set(2, parquet.DoubleValue(m.Value))
		for i, v := range r.attrs {
			if v.IsNull() {
				r.out.null(sampleColumns + i)
			} else {
				r.out.set(sampleColumns+i, v)
			}
		}
		err = r.out.endRow()
		return err == nil
	})
	return err
}

// load makes attrs those of the samples that follow.
func (r *sampleRows) load(attrs []monitor.Attr) {
	r.last = attrs
	clear(r.attrs)
	var rest []byte
	for i := range attrs {
		a := &attrs[i]
		slot := r.table.attrs[a.Key]
		if slot != nil && slot.kind.holds(a.Value) && r.attrs[slot.slot].IsNull() {
			r.attrs[slot.slot] = parquetValue(slot.kind, a)
			continue
		}
		rest = appendOther(rest, "", a.Key, earlierKeys(attrs, i), a.Value)
	}
	if len(rest) > 0 {
		r.attrs[len(r.attrs)-1] = parquet.ByteArrayValue(append(rest, '}'))
	}
}

func parquetValue(kind columnKind, a *monitor.Attr) parquet.Value {
	switch kind {
	case columnInt:
		return parquet.Int64Value(intOf(a.Value))
	case columnFloat:
		return parquet.DoubleValue(floatOf(a.Value))
	case columnBool:
		return parquet.BooleanValue(a.Value.Bool())
	case columnTime:
		return parquet.Int64Value(a.Value.Time().UnixMicro())
	}
	return textValue(validUTF8(textOf(a.Value)))
}
