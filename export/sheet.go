package export

import (
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"
)

// Bounds of Excel.
const (
	maxSheetRows = 1_048_576 // the header is one
	maxCellUnits = 32_767    // of text, in UTF-16
)

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

// sheet is a sheet under way. Cells are added from the left; col may be set to leave some out.
type sheet struct {
	out     io.Writer
	letters []string // of the columns
	row     int      // the number of the row under way, from 1
	begun   bool     // the row has a cell
	col     int      // of the next cell, from 0
	buf     []byte   // rows that are not written yet
	corner  string   // of the filter, which has all rows and columns of the table
}

// begin makes the next sheet, with a bold header that stays in sight and a filter over rows rows.
func (b *book) begin(columns []sheetColumn, rows int) (*sheet, error) {
	b.sheets++
	out, err := b.part("xl/worksheets/sheet" + strconv.Itoa(b.sheets) + ".xml")
	if err != nil {
		return nil, err
	}
	s := &sheet{out: out, row: 1}
	s.buf = fmt.Appendf(s.buf, xmlHead+`<worksheet xmlns="%s"><sheetViews><sheetView %sworkbookViewId="0">`+
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`,
		spreadsheet, map[bool]string{true: `tabSelected="1" `}[b.sheets == 1])
	for i, c := range columns {
		width := min(max(c.width, utf8.RuneCountInString(c.name)+3, leastWidth), mostWidth) + 1
		s.buf = fmt.Appendf(s.buf, `<col min="%d" max="%[1]d" width="%d" customWidth="1"/>`, i+1, width)
		s.letters = append(s.letters, columnLetters(i))
	}
	s.buf = append(s.buf, `</cols><sheetData>`...)
	s.corner = columnLetters(len(columns)-1) + strconv.Itoa(rows+1)
	for _, c := range columns {
		s.text([]byte(c.name), styleHeader)
	}
	return s, s.end()
}

// columnLetters returns the name of a column, from 0: A, B, … Z, AA.
func columnLetters(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnLetters(i/26-1) + string(rune('A'+i%26))
}

// end ends the row. One without cells is left out, as Excel does.
func (s *sheet) end() error {
	if s.begun {
		s.buf = append(s.buf, `</row>`...)
	}
	s.row++
	s.col, s.begun = 0, false
	return s.flush(csvBatch)
}

// flush writes what has gathered when it is more than so many bytes.
func (s *sheet) flush(bytes int) error {
	if len(s.buf) <= bytes {
		return nil
	}
	_, err := s.out.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

// close ends the sheet.
func (s *sheet) close() error {
	s.buf = fmt.Appendf(s.buf, `</sheetData><autoFilter ref="A1:%s"/></worksheet>`, s.corner)
	return s.flush(0)
}

// open begins a cell, up to the end of its tag, and the row with its first one.
func (s *sheet) open(style int, kind string) {
	if !s.begun {
		s.begun = true
		s.buf = append(strconv.AppendInt(append(s.buf, `<row r="`...), int64(s.row), 10), `">`...)
	}
	s.buf = append(append(s.buf, `<c r="`...), s.letters[s.col]...)
	s.buf = strconv.AppendInt(s.buf, int64(s.row), 10)
	if style != stylePlain {
		s.buf = append(s.buf, `" s="`...)
		s.buf = strconv.AppendInt(s.buf, int64(style), 10)
	}
	if kind != "" {
		s.buf = append(append(s.buf, `" t="`...), kind...)
	}
	s.buf = append(s.buf, `">`...)
	s.col++
}

// addNone leaves a cell empty.
func (s *sheet) addNone() { s.col++ }

// addFloat adds a number, or text where Excel has no such number.
func (s *sheet) addFloat(v float64) {
	if !finite(v) {
		s.addText(strconv.AppendFloat(nil, v, 'g', -1, 64))
		return
	}
	s.number(v, stylePlain)
}

func (s *sheet) number(v float64, style int) {
	s.open(style, "")
	s.buf = appendNumber(append(s.buf, `<v>`...), v)
	s.buf = append(s.buf, `</v></c>`...)
}

// addInt adds a number, as text beyond what a float64, which is what Excel computes with, holds.
func (s *sheet) addInt(n int64) {
	if n > exactInts || n < -exactInts {
		s.addText(strconv.AppendInt(nil, n, 10))
		return
	}
	s.number(float64(n), stylePlain)
}

func (s *sheet) addBool(v bool) {
	s.open(stylePlain, "b")
	digit := byte('0')
	if v {
		digit = '1'
	}
	s.buf = append(append(append(s.buf, `<v>`...), digit), `</v></c>`...)
}

// addTime adds a time as a date of Excel, or as text where Excel has none.
func (s *sheet) addTime(t time.Time) {
	if serial, ok := excelTime(t); ok {
		s.number(serial, styleTime)
	} else if printable(t) {
		s.addText(appendTime(nil, t))
	} else {
		s.addNone()
	}
}

// addText adds text, which is never a formula.
func (s *sheet) addText(text []byte) { s.text(text, stylePlain) }

func (s *sheet) addString(text string) { s.text([]byte(text), stylePlain) }

func (s *sheet) text(text []byte, style int) {
	s.open(style, "inlineStr")
	s.buf = append(s.buf, `<is><t xml:space="preserve">`...)
	s.buf = appendExcelText(s.buf, text)
	s.buf = append(s.buf, `</t></is></c>`...)
}

// addPairs adds a row for each key and value.
func (s *sheet) addPairs(info []pair) error {
	for _, p := range info {
		s.addString(p.key)
		s.addString(p.value)
		if err := s.end(); err != nil {
			return err
		}
	}
	return nil
}
