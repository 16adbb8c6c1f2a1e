package export

import (
	"context"
	"io"
	"time"
	"unicode/utf8"

	"github.com/genmeter/genmeter/monitor"
)

// wideSheets are the sheets of a wide workbook.
var wideSheets = [...]struct {
	name string
	kind monitor.Kind
}{
	{"generations", monitor.KindGeneration},
	{"evaluations", monitor.KindEvaluation},
	{"records", monitor.KindRecord},
	{"usage", monitor.KindUsage},
}

// encodeWideExcel writes a workbook with a sheet a kind of events, each with the columns of the wide table that have values
// there. It reads src once to find the columns, once to see which have values, and once a sheet.
func encodeWideExcel(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	t, err := newWideTable(ctx, src)
	if err != nil {
		return err
	}
	uses, err := t.uses(ctx, src)
	if err != nil {
		return err
	}
	for _, sheet := range wideSheets {
		if u := uses[sheet.kind]; u != nil {
			if err := fits("the sheet "+sheet.name, u.rows, len(u.columns()), "wide-csv or wide-parquet"); err != nil {
				return err
			}
		}
	}
	b, err := newBook()
	if err != nil {
		return err
	}
	defer b.close()
	for _, sheet := range wideSheets {
		if u := uses[sheet.kind]; u != nil {
			if err := b.writeWide(ctx, b.names.pick(sheet.name), sheet.kind, t, u, src); err != nil {
				return err
			}
		}
	}
	if len(c.info) > 0 {
		if err := b.writeInfo(c.info); err != nil {
			return err
		}
	}
	_, err = b.file.WriteTo(w)
	return err
}

// columnUse is what one kind of events has of the wide table.
type columnUse struct {
	rows   int64
	widths []int // by column of the table: that of its longest value; 0 where it has none
}

// columns returns the columns that have values.
func (u *columnUse) columns() (used []int) {
	for i, width := range u.widths {
		if width > 0 {
			used = append(used, i)
		}
	}
	return used
}

// uses finds out which columns each kind of events has values in.
func (t *wideTable) uses(ctx context.Context, src monitor.Source) (map[monitor.Kind]*columnUse, error) {
	all := make(map[monitor.Kind]*columnUse)
	row := t.newRow()
	return all, eachEvent(ctx, src, func(ev *monitor.Event) error {
		if !isRow(ev) {
			return nil
		}
		u := all[ev.Kind]
		if u == nil {
			u = &columnUse{widths: make([]int, len(t.columns))}
			all[ev.Kind] = u
		}
		u.rows++
		row.load(ev)
		for i := range t.columns {
			u.widths[i] = max(u.widths[i], t.columns[i].width(row))
		}
		return nil
	})
}

// width returns about how many characters the value of row has, 0 when there is none.
func (c *column) width(row *wideRow) int {
	ok, width := false, 12
	switch c.kind {
	case columnText:
		var s string
		s, ok = c.text(row)
		width = max(1, utf8.RuneCountInString(s))
	case columnInt:
		_, ok = c.int(row)
	case columnFloat:
		_, ok = c.float(row)
	case columnBool:
		_, ok = c.bool(row)
		width = 5
	case columnTime:
		_, ok = c.time(row)
		width = timeWidth
	}
	if !ok {
		return 0
	}
	return width
}

// writeWide writes the sheet of one kind.
func (b *book) writeWide(ctx context.Context, name string, kind monitor.Kind, t *wideTable, u *columnUse, src monitor.Source) error {
	used := u.columns()
	headers := make([]sheetColumn, 0, len(used))
	for _, i := range used {
		header := sheetColumn{t.columns[i].name, u.widths[i]}
		if t.columns[i].kind == columnTime {
			header.name += " (UTC)"
		}
		headers = append(headers, header)
	}
	s, err := b.begin(name, headers, int(u.rows))
	if err != nil {
		return err
	}
	row := t.newRow()
	err = eachEvent(ctx, src, func(ev *monitor.Event) error {
		if ev.Kind != kind {
			return nil
		}
		row.load(ev)
		for _, i := range used {
			t.columns[i].addTo(s, row)
		}
		return s.end()
	})
	if err != nil {
		return err
	}
	return s.close()
}

// addTo adds the value of row to a sheet.
func (c *column) addTo(s *sheet, row *wideRow) {
	var v any
	switch c.kind {
	case columnText:
		if text, ok := c.text(row); ok {
			v = text
		}
	case columnInt:
		if n, ok := c.int(row); ok {
			v = excelInt(n)
		}
	case columnFloat:
		if f, ok := c.float(row); ok {
			v = excelNumber(f)
		}
	case columnBool:
		if is, ok := c.bool(row); ok {
			v = is
		}
	case columnTime:
		var t time.Time
		if at, ok := c.time(row); ok {
			t = at
		}
		s.addTime(t)
		return
	}
	s.add(v)
}

// writeInfo writes a last sheet with what is known of the whole.
func (b *book) writeInfo(info []pair) error {
	columns := []sheetColumn{{"key", 0}, {"value", 0}}
	for _, p := range info {
		columns[0].width = max(columns[0].width, utf8.RuneCountInString(p.key))
		columns[1].width = max(columns[1].width, utf8.RuneCountInString(p.value))
	}
	s, err := b.begin(b.names.pick("info"), columns, len(info))
	if err != nil {
		return err
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
