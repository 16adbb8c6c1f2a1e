package export

import (
	"log/slog"
	"math"
	"strconv"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
)

// columnKind is the type of a column's values. Its zero value is none.
type columnKind uint8

const (
	columnText  columnKind = iota + 1
	columnInt              // int64
	columnFloat            // float64, always finite
	columnBool
	columnTime // of the years 0 to 9999
)

// exactInts is the bound below which every integer is a float64.
const exactInts = 1 << 53

// seenKinds is the set of what an attribute's values were, a bit for each columnKind and those below.
type seenKinds uint16

const (
	seenBigInt    seenKinds = 1 << 8 // an integer that no float64 is
	seenNotFinite seenKinds = 1 << 9 // NaN or an infinity
)

// kindsOf says which kinds of column hold v as it is.
func kindsOf(v slog.Value) seenKinds {
	switch v.Kind() {
	case slog.KindBool:
		return 1 << columnBool
	case slog.KindInt64:
		if n := v.Int64(); n > exactInts || n < -exactInts {
			return 1<<columnInt | seenBigInt
		}
		return 1 << columnInt
	case slog.KindUint64:
		switch n := v.Uint64(); {
		case n > math.MaxInt64:
			return 1 << columnText
		case n > exactInts:
			return 1<<columnInt | seenBigInt
		}
		return 1 << columnInt
	case slog.KindFloat64:
		if f := v.Float64(); math.IsNaN(f) || math.IsInf(f, 0) {
			return seenNotFinite
		}
		return 1 << columnFloat
	case slog.KindDuration:
		return 1 << columnFloat
	case slog.KindTime:
		if printable(v.Time()) {
			return 1 << columnTime
		}
	}
	return 1 << columnText
}

// column returns the kind of column for values of which s was seen: their own when there is one, float64 for integers and
// floats that it holds exactly, else text. What is not finite gets no say, unless there is nothing else.
func (s seenKinds) column() columnKind {
	switch s &^ seenNotFinite {
	case 1 << columnInt, 1<<columnInt | seenBigInt:
		return columnInt
	case 1 << columnFloat, 1<<columnFloat | 1<<columnInt:
		return columnFloat
	case 1 << columnBool:
		return columnBool
	case 1 << columnTime:
		return columnTime
	}
	return columnText
}

// holds reports whether a column of kind k has a value that is v.
func (k columnKind) holds(v slog.Value) bool {
	s := kindsOf(v)
	switch k {
	case columnText:
		return true
	case columnFloat:
		return s == 1<<columnFloat || s == 1<<columnInt
	}
	return s&(1<<k) != 0
}

// intOf returns the value of one that a columnInt holds.
func intOf(v slog.Value) int64 {
	if v.Kind() == slog.KindUint64 {
		return int64(v.Uint64())
	}
	return v.Int64()
}

// floatOf returns the value of one that a columnFloat holds; durations in seconds.
func floatOf(v slog.Value) float64 {
	switch v.Kind() {
	case slog.KindFloat64:
		return v.Float64()
	case slog.KindDuration:
		return seconds(v.Duration())
	}
	return float64(intOf(v))
}

// textOf returns any value as text: numbers as in JSON, times in RFC 3339.
func textOf(v slog.Value) string {
	switch v.Kind() {
	case slog.KindString:
		return v.String()
	case slog.KindInt64, slog.KindUint64, slog.KindBool, slog.KindDuration:
		return string(eventline.AppendValue(nil, v))
	case slog.KindFloat64:
		return strconv.FormatFloat(v.Float64(), 'g', -1, 64)
	case slog.KindTime:
		return v.Time().Format(time.RFC3339Nano)
	}
	return v.String()
}

// seconds returns the float64 that is nearest to d: it prints as d's decimals (up to 104 days of it).
func seconds(d time.Duration) float64 { return float64(d) / 1e9 }

// printable reports whether RFC 3339 has a form for t in UTC.
func printable(t time.Time) bool {
	y := t.UTC().Year()
	return !t.IsZero() && 0 <= y && y <= 9999
}
