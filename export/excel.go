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
	return tabulate(ctx, src, c, r.append, func(ts *tables, all []*table) error {
		names := newSheetNames()
		sheets := []string{names.pick("index")}
		for _, t := range all {
			if err := fits("metric "+t.name, t.rows, "csv or parquet"); err != nil {
				return err
			}
			sheets = append(sheets, names.pick(t.name))
		}
		b, err := newBook(w, sheets)
		if err != nil {
			return err
		}
		if err := b.writeIndex(sheets[1:], all, c.info); err != nil {
			return err
		}
		for _, t := range all {
			if err := b.writeTable(ctx, ts, t, &r); err != nil {
				return err
			}
		}
		return b.close()
	})
}

// fits returns an error when Excel has not enough rows for something. It has columns for all that maxDynamicColumns lets be.
func fits(what string, rows int64, instead string) error {
	if rows > maxSheetRows-1 {
		return fmt.Errorf("%s has %d rows, and a sheet of Excel holds %d below its header; write %s, or a shorter window", what, rows, maxSheetRows-1, instead)
	}
	return nil
}

// writeIndex writes the first sheet: a row a metric, and below them what is known of the whole.
func (b *book) writeIndex(sheets []string, all []*table, info []pair) error {
	columns := []sheetColumn{
		{"sheet", maxSheetName}, {"metric", 0}, {"samples", 0}, {"first (UTC)", timeWidth}, {"last (UTC)", timeWidth}, {"mean", 20},
	}
	for _, t := range all {
		columns[1].width = max(columns[1].width, utf8.RuneCountInString(t.name))
	}
	s, err := b.begin(columns, len(all))
	if err != nil {
		return err
	}
	for i, t := range all {
		s.addString(sheets[i])
		s.addString(t.name)
		s.addFloat(float64(t.rows))
		s.addTime(t.first)
		s.addTime(t.last)
		if mean, ok := t.mean(); ok {
			s.addFloat(mean)
		}
		if err := s.end(); err != nil {
			return err
		}
	}
	if err := s.end(); err != nil { // a row of air
		return err
	}
	if err := s.addPairs(info); err != nil {
		return err
	}
	return s.close()
}

// writeTable writes the sheet of a metric: timestamp, value, and its attributes.
func (b *book) writeTable(ctx context.Context, ts *tables, t *table, r *excelRecord) error {
	columns := []sheetColumn{{"timestamp (UTC)", timeWidth}, {columnValue, 12}}
	skip := 1 // of the attributes' columns
	if t.columns.model {
		skip = 0
	}
	for i, key := range t.columns.names(r.keys) {
		columns = append(columns, sheetColumn{key, r.widths[t][i+skip]})
	}
	s, err := b.begin(columns, int(t.rows))
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
	for len(record) > 0 {
		col, n := binary.Uvarint(record)
		s.col = at + int(col)
		record = s.cell(record[n:])
	}
	return s.end()
}
