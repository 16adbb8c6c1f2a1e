package export

import (
	"encoding/binary"
	"log/slog"
	"math"
	"time"
	"unicode/utf8"
)

// excelRecord makes the records of samples for a workbook, typed. What the samples of one event share is made once.
type excelRecord struct {
	keys   *keys
	widths map[*table][]int // of the columns' values, in characters
	cells  cells
	chars  []int // of each cell
	slots  slots
}

// Kinds of cells in a record.
const (
	cellNumber = iota + 1
	cellText
	cellBool
	cellTime
)

// append appends a record: its length, time, value, the number of cells, and each cell with its column.
func (r *excelRecord) append(b []byte, t *table, s *sample) []byte {
	if s.fresh {
		r.share(s)
	}
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	b = appendTimeCell(b, s.Time)
	b = appendFloatCell(b, s.Value)
	widths := r.widths[t]
	slots := r.slots.of(&t.columns, s)
	if rest := r.slots.rest; len(rest) > 0 {
		r.cut(len(s.attrs))
		r.add(slog.StringValue(string(rest)))
	}
	for col, at := range slots {
		if col >= len(widths) {
			widths = append(widths, 0)
			r.widths[t] = widths
		}
		if at == 0 {
			continue
		}
		b = binary.AppendUvarint(b, uint64(col))
		b = append(b, r.cells.of(at)...)
		widths[col] = max(widths[col], r.chars[at-1])
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

func (r *excelRecord) share(s *sample) {
	r.slots.keys(r.keys, s)
	r.cut(0)
	for _, a := range s.attrs {
		r.add(a.Value)
	}
}

// cut leaves the first n cells.
func (r *excelRecord) cut(n int) {
	r.cells.cut(n)
	r.chars = r.chars[:n]
}

func (r *excelRecord) add(v slog.Value) {
	b, chars := appendTypedCell(r.cells.bytes, v)
	r.cells.add(b)
	r.chars = append(r.chars, chars)
}

// appendTypedCell appends an attribute's value, and returns about how wide it is.
func appendTypedCell(b []byte, v slog.Value) ([]byte, int) {
	switch v.Kind() {
	case slog.KindBool:
		n := byte(0)
		if v.Bool() {
			n = 1
		}
		return append(b, cellBool, n), 5
	case slog.KindFloat64:
		return appendFloatCell(b, v.Float64()), 12
	case slog.KindDuration:
		return appendFloatCell(b, seconds(v.Duration())), 12
	case slog.KindInt64:
		if n := v.Int64(); -exactInts <= n && n <= exactInts {
			return appendFloatCell(b, float64(n)), 12
		}
	case slog.KindUint64:
		if n := v.Uint64(); n <= exactInts {
			return appendFloatCell(b, float64(n)), 12
		}
	case slog.KindTime:
		return appendTimeCell(b, v.Time()), timeWidth
	}
	s := textOf(v)
	b = binary.AppendUvarint(append(b, cellText), uint64(len(s)))
	return append(b, s...), utf8.RuneCountInString(s)
}

func appendFloatCell(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, cellNumber), math.Float64bits(v))
}

func appendTimeCell(b []byte, t time.Time) []byte {
	known := byte(0)
	if printable(t) {
		known = 1
	}
	b = binary.LittleEndian.AppendUint64(append(b, cellTime, known), uint64(t.Unix()))
	return binary.LittleEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

// cell adds the cell at the start of b to a sheet, and returns what is behind it.
func (s *sheet) cell(b []byte) []byte {
	switch kind := b[0]; kind {
	case cellNumber:
		s.addFloat(math.Float64frombits(binary.LittleEndian.Uint64(b[1:])))
		return b[9:]
	case cellBool:
		s.addBool(b[1] != 0)
		return b[2:]
	case cellTime:
		if b[1] == 0 {
			s.addNone()
		} else {
			s.addTime(time.Unix(int64(binary.LittleEndian.Uint64(b[2:])), int64(binary.LittleEndian.Uint32(b[10:]))))
		}
		return b[14:]
	default: // text
		n, size := binary.Uvarint(b[1:])
		b = b[1+size:]
		s.addText(b[:n])
		return b[n:]
	}
}
