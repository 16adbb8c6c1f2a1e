package export

import (
	"context"
	"io"
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
			if err := fits("the sheet "+sheet.name, u.rows, "wide-csv or wide-parquet"); err != nil {
				return err
			}
		}
	}
	var kinds []monitor.Kind
	var names []string
	for _, sheet := range wideSheets {
		if uses[sheet.kind] != nil {
			kinds, names = append(kinds, sheet.kind), append(names, sheet.name)
		}
	}
	if len(c.info) > 0 {
		names = append(names, "info")
	}
	b, err := newBook(w, names)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		if err := b.writeWide(ctx, kind, t, uses[kind], src); err != nil {
			return err
		}
	}
	if len(c.info) > 0 {
		if err := b.writeInfo(c.info); err != nil {
			return err
		}
	}
	return b.close()
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
func (b *book) writeWide(ctx context.Context, kind monitor.Kind, t *wideTable, u *columnUse, src monitor.Source) error {
	used := u.columns()
	headers := make([]sheetColumn, 0, len(used))
	for _, i := range used {
		header := sheetColumn{t.columns[i].name, u.widths[i]}
		if t.columns[i].kind == columnTime {
			header.name += " (UTC)"
		}
		headers = append(headers, header)
	}
	s, err := b.begin(headers, int(u.rows))
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
	switch c.kind {
	case columnText:
		if text, ok := c.text(row); ok {
			s.addString(text)
			return
		}
	case columnInt:
		if n, ok := c.int(row); ok {
			s.addInt(n)
			return
		}
	case columnFloat:
		if f, ok := c.float(row); ok {
			s.addFloat(f)
			return
		}
	case columnBool:
		if is, ok := c.bool(row); ok {
			s.addBool(is)
			return
		}
	case columnTime:
		if at, ok := c.time(row); ok {
			s.addTime(at)
			return
		}
	}
	s.addNone()
}

// writeInfo writes a last sheet with what is known of the whole.
func (b *book) writeInfo(info []pair) error {
	columns := []sheetColumn{{"key", 0}, {"value", 0}}
	for _, p := range info {
		columns[0].width = max(columns[0].width, utf8.RuneCountInString(p.key))
		columns[1].width = max(columns[1].width, utf8.RuneCountInString(p.value))
	}
	s, err := b.begin(columns, len(info))
	if err != nil {
		return err
	}
	if err := s.addPairs(info); err != nil {
		return err
	}
	return s.close()
}
