package export

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/genmeter/genmeter/monitor"
)

// encodeExcel writes a workbook: a sheet "index", which says which sheet has which metric, and a sheet a metric.
func encodeExcel(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	r := excelRecord{keys: newKeys(), widths: make(map[*table][]int)}
	ts, err := tabulate(ctx, src, c, r.append)
	defer ts.close()
	if err != nil {
		return err
	}
	all, err := ts.sorted()
	if err != nil {
		return err
	}
	for _, t := range all {
		if err := fits("metric "+t.name, t.rows, 2+len(t.columns.names(r.keys)), "csv or parquet"); err != nil {
			return err
		}
	}
	b, err := newBook()
	if err != nil {
		return err
	}
	defer b.close()
	index := b.names.pick("index")
	sheets := make([]string, len(all))
	for i, t := range all {
		sheets[i] = b.names.pick(t.name)
	}
	if err := b.writeIndex(index, sheets, all, c.info); err != nil {
		return err
	}
	for i, t := range all {
		if err := b.writeTable(ctx, sheets[i], ts, t, &r); err != nil {
			return err
		}
	}
	_, err = b.file.WriteTo(w)
	return err
}

// fits returns an error when Excel has not enough rows or columns for something.
func fits(what string, rows int64, columns int, instead string) error {
	if rows > maxSheetRows-1 {
		return fmt.Errorf("%s has %d rows, and a sheet of Excel holds %d below its header; write %s, or a shorter window", what, rows, maxSheetRows-1, instead)
	}
	if columns > maxSheetColumns {
		return fmt.Errorf("%s has %d columns, and a sheet of Excel holds %d; write %s", what, columns, maxSheetColumns, instead)
	}
	return nil
}

// writeIndex writes the first sheet: a row a metric, and below them what is known of the whole.
func (b *book) writeIndex(name string, sheets []string, all []*table, info []pair) error {
	columns := []sheetColumn{
		{"sheet", maxSheetName}, {"metric", 0}, {"samples", 0}, {"first (UTC)", timeWidth}, {"last (UTC)", timeWidth}, {"mean", 20},
	}
	for _, t := range all {
		columns[1].width = max(columns[1].width, utf8.RuneCountInString(t.name))
	}
	s, err := b.begin(name, columns, len(all))
	if err != nil {
		return err
	}
	for i, t := range all {
		s.add(sheets[i])
		s.add(t.name)
		s.add(float64(t.rows))
		s.addTime(t.first)
		s.addTime(t.last)
		s.add(excelNumber(t.sum / float64(t.rows)))
		if err := s.end(); err != nil {
			return err
		}
	}
	if len(info) > 0 {
		s.row++ // a line between
	}
	for _, p := range info {
		s.add(p.key)
		s.add(p.value)
		if err := s.end(); err != nil {
			return err
		}
	}
	return s.close()
}

// writeTable writes the sheet of a metric: timestamp, value, and its attributes.
func (b *book) writeTable(ctx context.Context, name string, ts *tables, t *table, r *excelRecord) error {
	columns := []sheetColumn{{"timestamp (UTC)", timeWidth}, {columnValue, 12}}
	skip := 1 // of the attributes' columns
	if t.columns.model {
		skip = 0
	}
	for i, key := range t.columns.names(r.keys) {
		columns = append(columns, sheetColumn{key, r.widths[t][i+skip]})
	}
	s, err := b.begin(name, columns, int(t.rows))
	if err != nil {
		return err
	}
	err = ts.read(ctx, t, func(chunk []byte) error {
		for len(chunk) > 0 {
			n := binary.LittleEndian.Uint32(chunk)
			record := chunk[4 : 4+n]
			chunk = chunk[4+n:]
			record = s.cell(s.cell(record)) // time, value
			if err := s.attributes(record, 2-skip); err != nil {
				return err
			}
			if s.row%lookEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.close()
}

// attributes adds the cells of attributes, column 0 of which is the sheet's column at, and ends the row.
func (s *sheet) attributes(record []byte, at int) error {
	base := len(s.cells)
	for range len(s.made) - base {
		s.cells = append(s.cells, nil)
	}
	row := s.cells
	for len(record) > 0 {
		col, n := binary.Uvarint(record)
		s.cells = row[:at+int(col)]
		record = s.cell(record[n:])
	}
	s.cells = row
	return s.end()
}
