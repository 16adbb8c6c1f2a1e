package export

import (
	"context"
	"io"
	"runtime/debug"
	"strings"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// Bounds of a row group, which is what is held in memory: rows, and bytes before the last compression.
const (
	rowGroupRows  = 128 << 10
	rowGroupBytes = 64 << 20
)

// dictionaryBytes is how large a column's dictionary grows before its values are written plainly: ids are all different.
const dictionaryBytes = 1 << 20

// parquetField is a column of a Parquet file: its name, type, and whether every row has a value.
type parquetField struct {
	name     string
	kind     columnKind
	required bool
}

// node says how the column is stored. Texts repeat: they have a dictionary. Times and counts lie close together: they are
// stored as differences. Scores, settings and prices repeat too; measured times do not, and a dictionary of them is larger than they.
func (f parquetField) node() parquet.Node {
	var n parquet.Node
	switch f.kind {
	case columnText:
		n = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	case columnInt:
		n = parquet.Encoded(parquet.Int(64), &parquet.RLEDictionary)
	case columnFloat:
		n = parquet.Leaf(parquet.DoubleType)
		if !strings.HasSuffix(f.name, "_seconds") {
			n = parquet.Encoded(n, &parquet.RLEDictionary)
		}
	case columnBool:
		n = parquet.Leaf(parquet.BooleanType)
	case columnTime:
		n = parquet.Encoded(parquet.Timestamp(parquet.Microsecond), &parquet.DeltaBinaryPacked)
	}
	if !f.required {
		n = parquet.Optional(n)
	}
	return n
}

// parquetColumns is the root of a schema whose columns keep their order; parquet.Group sorts them by name.
type parquetColumns struct {
	parquet.Group
	fields []parquet.Field
}

func (c *parquetColumns) Fields() []parquet.Field { return c.fields }

func newParquetSchema(fields []parquetField) *parquet.Schema {
	root := &parquetColumns{Group: make(parquet.Group, len(fields))}
	for _, f := range fields {
		root.Group[f.name] = f.node()
	}
	byName := make(map[string]parquet.Field, len(fields))
	for _, f := range root.Group.Fields() {
		byName[f.Name()] = f
	}
	for _, f := range fields {
		root.fields = append(root.fields, byName[f.name])
	}
	return parquet.NewSchema("genmeter", root)
}

// parquetTable writes a Parquet file, column by column. A row is made by giving each column its value, in any order, and
// ended by endRow. It holds one row group: its pages compressed, one page a column and rowsAtOnce rows as they are.
type parquetTable struct {
	ctx     context.Context
	sink    *sink
	w       *parquet.GenericWriter[any]
	columns []*parquet.ColumnWriter
	values  [][]parquet.Value // of each column, of the rows that no page has yet
	levels  []int             // of each column, that of a value: 1 where there may be none
	waiting int               // rows in values
	rows    int               // rows of the row group in pages
}

const rowsAtOnce = 1024

// newParquetTable begins a file with columns fields. layout says in the metadata what the rows are.
func newParquetTable(ctx context.Context, w io.Writer, fields []parquetField, layout string, c *config) *parquetTable {
	version := moduleVersion()
	options := []parquet.WriterOption{
		newParquetSchema(fields),
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault, Concurrency: 1}),
		parquet.CreatedBy("genmeter", version, ""),
		parquet.DictionaryMaxBytes(dictionaryBytes),
		parquet.ColumnIndexSizeLimit(func([]string) int { return 64 }),
	}
	for _, p := range c.info {
		options = append(options, parquet.KeyValueMetadata(p.key, p.value))
	}
	options = append(options, parquet.KeyValueMetadata("genmeter.layout", layout), parquet.KeyValueMetadata("genmeter.version", version))
	t := &parquetTable{ctx: ctx, sink: &sink{w: w}}
	t.w = parquet.NewGenericWriter[any](t.sink, options...)
	t.columns = t.w.ColumnWriters()
	t.values = make([][]parquet.Value, len(fields))
	t.levels = make([]int, len(fields))
	for i, f := range fields {
		t.values[i] = make([]parquet.Value, 0, rowsAtOnce)
		if !f.required {
			t.levels[i] = 1
		}
	}
	return t
}

func (t *parquetTable) set(column int, v parquet.Value) {
	t.values[column] = append(t.values[column], v.Level(0, t.levels[column], column))
}

func (t *parquetTable) null(column int) {
	t.values[column] = append(t.values[column], parquet.Value{}.Level(0, 0, column))
}

// endRow ends a row. The texts of its values must stay as they are until the next endRow that returns an error or
// rowsAtOnce further rows.
func (t *parquetTable) endRow() error {
	if t.waiting++; t.waiting < rowsAtOnce {
		return nil
	}
	return t.page()
}

// page moves the waiting rows into the columns' pages, and ends the row group when it is full.
func (t *parquetTable) page() error {
	for i, column := range t.columns {
		if _, err := column.WriteRowValues(t.values[i]); err != nil {
			return t.sink.cause(err)
		}
		t.values[i] = t.values[i][:0]
	}
	t.rows += t.waiting
	t.waiting = 0
	if t.rows < rowGroupRows && t.w.Size() < rowGroupBytes {
		return nil
	}
	if err := t.ctx.Err(); err != nil {
		return err
	}
	t.rows = 0
	return t.sink.cause(t.w.Flush())
}

// close writes what is left, and the footer.
func (t *parquetTable) close() error {
	if err := t.page(); err != nil {
		return err
	}
	return t.sink.cause(t.w.Close())
}

// sink keeps the error of its writer, which parquet-go wraps into words about pages.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	if err != nil && s.err == nil {
		s.err = err
	}
	return n, err
}

// cause returns the writer's own error where err comes from it.
func (s *sink) cause(err error) error {
	if err != nil && s.err != nil {
		return s.err
	}
	return err
}

// textValue is a Parquet value that shares the bytes of s.
func textValue(s string) parquet.Value {
	return parquet.ByteArrayValue(unsafe.Slice(unsafe.StringData(s), len(s)))
}

// moduleVersion is the version of genmeter that this program was built with, "(devel)" when it does not say.
func moduleVersion() string {
	const path = "github.com/genmeter/genmeter"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == path && m.Version != "" {
			return m.Version
		}
	}
	return "(devel)"
}
