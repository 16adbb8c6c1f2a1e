package export

import (
	"context"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/genmeter/genmeter/monitor"
)

// layoutWide says in a file's metadata, under genmeter.layout, that its rows are those of the wide table.
const layoutWide = "wide/1"

// encodeWideParquet writes the wide table as Parquet. src is read twice. It holds a row group.
func encodeWideParquet(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	table, err := newWideTable(ctx, src)
	if err != nil {
		return err
	}
	fields := make([]parquetField, len(table.columns))
	for i := range table.columns {
		fields[i] = parquetField{name: table.columns[i].name, kind: table.columns[i].kind}
	}
	out := newParquetTable(ctx, w, fields, layoutWide, c)
	row := table.newRow()
	err = eachBatch(ctx, src, isRow, func(batch []monitor.Event) error {
		for i := range batch {
			row.load(&batch[i])
			row.store(out)
			if err := out.endRow(); err != nil {
				return err
			}
		}
		return out.page() // the batch's texts are not ours any longer
	})
	if err != nil {
		return err
	}
	return out.close()
}

// store gives each column its value.
func (r *wideRow) store(t *parquetTable) {
	for i := range r.t.columns {
		c := &r.t.columns[i]
		switch c.kind {
		case columnText:
			if s, ok := c.text(r); ok {
				t.set(i, textValue(validUTF8(s)))
				continue
			}
		case columnInt:
			if n, ok := c.int(r); ok {
				t.set(i, parquet.Int64Value(n))
				continue
			}
		case columnFloat:
			if f, ok := c.float(r); ok {
				t.set(i, parquet.DoubleValue(f))
				continue
			}
		case columnBool:
			if b, ok := c.bool(r); ok {
				t.set(i, parquet.BooleanValue(b))
				continue
			}
		case columnTime:
			if at, ok := c.time(r); ok {
				t.set(i, parquet.Int64Value(at.UnixMicro()))
				continue
			}
		}
		t.null(i)
	}
}

// validUTF8 mends what is not UTF-8 with U+FFFD.
func validUTF8(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
