package export

import (
	"math"
	"strconv"
	"time"
)

// appendNumber appends the shortest decimal that reads back as v: whole numbers without a point, and an exponent only where
// there would be many zeros. v must be finite.
func appendNumber(dst []byte, v float64) []byte {
	abs := math.Abs(v)
	switch {
	case v == math.Trunc(v) && abs < 1<<53:
		return strconv.AppendInt(dst, int64(v), 10)
	case abs < 1e-6 || abs >= 1e21:
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// appendTime appends t, which must be printable, by RFC 3339 in UTC: microseconds, nanoseconds where it has them.
func appendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = appendDigits(dst, year, 4)
	dst = appendDigits(append(dst, '-'), int(month), 2)
	dst = appendDigits(append(dst, '-'), day, 2)
	dst = appendDigits(append(dst, 'T'), hour, 2)
	dst = appendDigits(append(dst, ':'), minute, 2)
	dst = appendDigits(append(dst, ':'), second, 2)
	dst = append(dst, '.')
	if ns := t.Nanosecond(); ns%1000 == 0 {
		dst = appendDigits(dst, ns/1000, 6)
	} else {
		dst = appendDigits(dst, ns, 9)
	}
	return append(dst, 'Z')
}

// appendDigits appends n with at least as many digits.
func appendDigits(dst []byte, n, digits int) []byte {
	for range digits {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; n > 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}
