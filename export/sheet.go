package export

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Bounds of Excel.
const (
	maxSheetRows    = 1_048_576 // the header is one
	maxSheetColumns = 16_384
	maxCellUnits    = 32_767 // of text, in UTF-16
)

// book is a workbook under way. Its sheets are written one after the other, each a stream: rows are not kept in memory.
type book struct {
	file   *excelize.File
	names  *sheetNames
	sheets int
	header int // styles
	time   int
}

func newBook() (*book, error) {
	b := &book{file: excelize.NewFile(), names: newSheetNames()}
	var err error
	bold := &excelize.Style{Font: &excelize.Font{Bold: true}}
	if b.header, err = b.file.NewStyle(bold); err != nil {
		return nil, err
	}
	format := "yyyy-mm-dd hh:mm:ss.000"
	b.time, err = b.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	return b, err
}

// close removes the temporary files of what was not written.
func (b *book) close() { _ = b.file.Close() }

// sheetColumn is a column of a sheet: its header, and the width of its longest text in characters.
type sheetColumn struct {
	name  string
	width int
}

// Columns are not made wider than a screen can show, nor too narrow for a filter's button.
const (
	leastWidth = 8
	mostWidth  = 60
	timeWidth  = 23
)

// sheet is a sheet under way.
type sheet struct {
	book  *book
	out   *excelize.StreamWriter
	row   int
	cells []any
	made  []excelize.Cell // what cells point to
}

// begin makes the next sheet, with a bold header that stays in sight and a filter over rows rows.
func (b *book) begin(name string, columns []sheetColumn, rows int) (*sheet, error) {
	if b.sheets++; b.sheets == 1 { // a workbook is born with one
		if err := b.file.SetSheetName(b.file.GetSheetName(0), name); err != nil {
			return nil, err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, c := range columns {
		width := float64(min(max(c.width, utf8.RuneCountInString(c.name)+3, leastWidth), mostWidth)) + 1
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	err = out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	if err != nil {
		return nil, err
	}
	corner, err := excelize.CoordinatesToCellName(len(columns), rows+1)
	if err != nil {
		return nil, err
	}
	if err := b.file.AutoFilter(name, "A1:"+corner, nil); err != nil {
		return nil, err
	}
	s := &sheet{book: b, out: out, made: make([]excelize.Cell, len(columns)), cells: make([]any, 0, len(columns))}
	for _, c := range columns {
		s.styled(c.name, b.header)
	}
	return s, s.end()
}

// add adds a cell to the row: an int, float64, bool, string, or nil for none. Text is never a formula.
func (s *sheet) add(v any) { s.styled(v, 0) }

// addTime adds a time as a date of Excel, or as text where Excel has none.
func (s *sheet) addTime(t time.Time) {
	if serial, ok := excelTime(t); ok {
		s.styled(serial, s.book.time)
	} else if printable(t) {
		s.add(string(appendTime(nil, t)))
	} else {
		s.add(nil)
	}
}

func (s *sheet) styled(v any, style int) {
	if text, ok := v.(string); ok {
		v = excelText(text)
	}
	i := len(s.cells)
	if v == nil || i >= len(s.made) {
		s.cells = append(s.cells, v)
		return
	}
	s.made[i] = excelize.Cell{StyleID: style, Value: v}
	s.cells = append(s.cells, &s.made[i])
}

// end writes the row.
func (s *sheet) end() error {
	s.row++
	cell, err := excelize.CoordinatesToCellName(1, s.row)
	if err != nil {
		return err
	}
	err = s.out.SetRow(cell, s.cells)
	s.cells = s.cells[:0]
	return err
}

// close ends the sheet.
func (s *sheet) close() error { return s.out.Flush() }

// excelTime returns the days since the end of 1899 in UTC. Excel has no times after 9999, and those before March 1900 are
// not the same in every program, because Excel's 1900 is a leap year.
func excelTime(t time.Time) (float64, bool) {
	t = t.UTC()
	if t.Year() > 9999 || t.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) {
		return 0, false
	}
	const epoch = -25569 // days from 1970 to 1899-12-30
	const day = 86400
	days, rest := t.Unix()/day, t.Unix()%day
	if rest < 0 {
		days, rest = days-1, rest+day
	}
	return float64(days-epoch) + (float64(rest)+float64(t.Nanosecond())/1e9)/day, true
}

// excelNumber returns v as a cell has it: a number, or text where a number would not be the same.
func excelNumber(v float64) any {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return v
}

// excelInt returns n as a cell has it: as text beyond what a float64, which is what Excel computes with, holds.
func excelInt(n int64) any {
	if n > exactInts || n < -exactInts {
		return strconv.FormatInt(n, 10)
	}
	return float64(n)
}

// cutMark stands at the end of a text that is longer than a cell may be.
const cutMark = "… [cut]"

// excelText returns s without what a workbook cannot hold: characters that XML forbids are replaced by U+FFFD, what is
// longer than a cell is cut, with a mark.
func excelText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) <= maxCellUnits { // no more units than bytes
		return s
	}
	units := 0
	for _, r := range s {
		units += utf16.RuneLen(r)
	}
	if units <= maxCellUnits {
		return s
	}
	return cutUnits(s, maxCellUnits-utf8.RuneCountInString(cutMark)) + cutMark
}
