package eventline

import (
	"math"
	"strconv"
	"time"
)

// number is a number of a line as a decimal: mant · 10^exp. Durations and times are taken from the decimal, not from a
// float64, so that they keep every nanosecond that was written.
type number struct {
	raw   []byte
	mant  uint64
	exp   int
	neg   bool
	float bool    // has a fraction or an exponent
	more  bool    // has more digits than mant can hold
	nan   float64 // NaN or an infinity, when it is one of Python's words; else 0
}

// number reads a number, or one of the words that Python's json module writes for those that JSON does not have.
func (s *scanner) number() (n number, ok bool) {
	b, i := s.b, s.i
	start := i
	if i < len(b) && b[i] == '-' {
		n.neg = true
		i++
	}
	if i < len(b) && (b[i] == 'N' || b[i] == 'I') {
		s.i = i
		n.nan = math.NaN()
		if b[i] == 'I' {
			n.nan = math.Inf(1)
			ok = s.word("Infinity")
		} else {
			ok = !n.neg && s.word("NaN")
		}
		n.raw = b[start:s.i]
		return n, ok || s.fail("a JSON value")
	}
	digits := i
	i = n.digits(b, i, false)
	switch {
	case i == digits:
		s.i = i
		return n, s.fail("a JSON value")
	case b[digits] == '0' && i > digits+1:
		s.i = digits + 1
		return n, s.fail("no leading zero in a number")
	}
	if i < len(b) && b[i] == '.' {
		n.float = true
		digits = i + 1
		if i = n.digits(b, digits, true); i == digits {
			s.i = i
			return n, s.fail("a digit behind the point")
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		n.float = true
		if i = n.exponent(b, i+1); i < 0 {
			s.i = min(-i, len(b))
			return n, s.fail("a digit in the exponent")
		}
	}
	n.raw, s.i = b[start:i], i
	return n, true
}

// digits adds the digits at b[i:] to n and returns the index behind them.
func (n *number) digits(b []byte, i int, fraction bool) int {
	for ; i < len(b) && '0' <= b[i] && b[i] <= '9'; i++ {
		if n.mant > (math.MaxUint64-9)/10 {
			n.more = n.more || b[i] != '0'
			if !fraction {
				n.exp++
			}
			continue
		}
		n.mant = n.mant*10 + uint64(b[i]-'0')
		if fraction {
			n.exp--
		}
	}
	return i
}

// exponent adds the exponent at b[i:] to n and returns the index behind it, or minus the index where a digit is missing.
func (n *number) exponent(b []byte, i int) int {
	sign := 1
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		if b[i] == '-' {
			sign = -1
		}
		i++
	}
	start, e := i, 0
	for ; i < len(b) && '0' <= b[i] && b[i] <= '9'; i++ {
		if e < 1_000_000 { // far beyond what any float64 can use
			e = e*10 + int(b[i]-'0')
		}
	}
	if i == start {
		return -i
	}
	n.exp += sign * e
	return i
}

// pow10 are the powers of ten that a uint64 holds; all are exact as float64, too.
var pow10 = [...]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// float64 returns n's nearest float64, an infinity when it is too large for one.
func (n *number) float64() float64 {
	if n.nan != 0 {
		return n.nan
	}
	// Up to 2^53 and 10^19 both are exact, so one division or product rounds once: the nearest.
	if n.mant < 1<<53 && !n.more && -len(pow10) < n.exp && n.exp < len(pow10) {
		f := float64(n.mant)
		if n.exp < 0 {
			f /= float64(pow10[-n.exp])
		} else {
			f *= float64(pow10[n.exp])
		}
		if n.neg {
			f = -f
		}
		return f
	}
	f, _ := strconv.ParseFloat(string(n.raw), 64) // out of range gives the infinity
	return f
}

// scaled returns n · 10^scale rounded to the nearest integer, halves away from zero; exact says that nothing was
// rounded, ok that it fits.
func (n *number) scaled(scale int) (v int64, exact, ok bool) {
	u, exact := n.mant, !n.more
	switch e := n.exp + scale; {
	case u == 0:
	case e >= len(pow10) || e > 0 && u > math.MaxUint64/pow10[e]:
		return 0, false, false
	case e >= 0:
		u *= pow10[e]
	case -e >= len(pow10):
		u, exact = 0, false
	default:
		d := pow10[-e]
		q, r := u/d, u%d
		if exact = exact && r == 0; r >= d-r {
			q++
		}
		u = q
	}
	if u > math.MaxInt64 {
		return 0, false, false
	}
	if v = int64(u); n.neg {
		v = -v
	}
	return v, exact, true
}

// int64 returns n when it is a whole number, however it is written (12, 12.0, 1.2e1).
func (n *number) int64() (v int64, whole, ok bool) {
	if !n.float && n.exp == 0 && n.mant <= math.MaxInt64 { // nearly always
		if v = int64(n.mant); n.neg {
			v = -v
		}
		return v, true, true
	}
	return n.scaled(0)
}

// seconds returns n seconds as a duration.
func (n *number) seconds() (d time.Duration, ok bool) {
	v, _, ok := n.scaled(9)
	return time.Duration(v), ok
}
