package eventline

import (
	"log/slog"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendValue appends an attribute's value: numbers and booleans as such, durations in seconds, times in RFC 3339,
// everything else, and floats that JSON does not have, as text.
func AppendValue(dst []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindInt64:
		return strconv.AppendInt(dst, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(dst, v.Uint64(), 10)
	case slog.KindBool:
		return strconv.AppendBool(dst, v.Bool())
	case slog.KindFloat64:
		if f := v.Float64(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return appendFloat(dst, f, true)
		}
	case slog.KindDuration:
		return appendSeconds(dst, v.Duration())
	case slog.KindTime:
		if printable(v.Time()) {
			return appendTime(dst, v.Time())
		}
	case slog.KindLogValuer:
		return AppendValue(dst, v.Resolve())
	}
	return AppendString(dst, v.String())
}

// appendFloat appends the shortest number that reads back as f, null when JSON has none. marked gives whole numbers
// a point, so that they read back as floats.
func appendFloat(dst []byte, f float64, marked bool) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if marked && f == math.Trunc(f) {
		dst = append(dst, ".0"...)
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Text that is not UTF-8 is mended with U+FFFD; the line separators of
// JavaScript are escaped, so that no reader takes them for the end of the line.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		start := i
		for i < len(s) && plain[s[i]] {
			i++
		}
		if dst = append(dst, s[start:i]...); i == len(s) {
			break
		}
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == '\u2028' || r == '\u2029' {
				dst = append(dst, `\u202`...)
				dst = append(dst, hexDigits[r&15])
			} else {
				dst = utf8.AppendRune(dst, r)
			}
			i += n
			continue
		}
		i++
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(dst, '"')
}

// appendSeconds prints d as a decimal number of seconds, to the nanosecond.
func appendSeconds(dst []byte, d time.Duration) []byte {
	u := uint64(d)
	if d < 0 {
		dst = append(dst, '-')
		u = -u
	}
	sec, ns := u/1e9, u%1e9
	dst = strconv.AppendUint(dst, sec, 10)
	if ns == 0 {
		return dst
	}
	var frac [10]byte
	frac[0] = '.'
	last := 0
	for i := 9; i > 0; i, ns = i-1, ns/10 {
		frac[i] = byte('0' + ns%10)
		if last == 0 && frac[i] != '0' {
			last = i
		}
	}
	return append(dst, frac[:last+1]...)
}
