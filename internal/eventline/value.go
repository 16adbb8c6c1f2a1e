package eventline

import (
	"bytes"
	"math"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// The largest count, total of tokens and cost that are taken, the bounds of monitor's own.
const (
	maxCount = 1 << 40
	maxTotal = 2 * maxCount
	maxCost  = 1 << 40
)

// The methods below read the value at d.s.i into a place. They return false only when the line is broken. A value of
// another type or out of bounds is told as a problem and leaves the place as it was; null leaves it without a word.

// problem tells of the value whose text, raw, was read last.
func (d *Decoder) problem(key []byte, reason string, raw []byte, expected string) {
	d.problems = append(d.problems, Problem{
		Key: d.pathTo(key), Reason: reason, Found: shown(raw), Expected: expected, Offset: d.s.i - len(raw),
	})
}

// shown is raw, a value of JSON, as an error shows it: as it is, unless it is long or hides what it says.
func shown(raw []byte) string {
	if len(raw) > quoteMax || !printed(raw) {
		return Quote(raw)
	}
	return string(raw)
}

// wrong skips a value that is not of the wanted type.
func (d *Decoder) wrong(key []byte, expected string) bool {
	raw, ok := d.s.skip()
	if ok && string(raw) != "null" {
		d.problem(key, monitor.ReasonWrongType, raw, expected)
	}
	return ok
}

// peek returns the first byte of the value.
func (d *Decoder) peek() byte {
	if d.s.i < len(d.s.b) {
		return d.s.b[d.s.i]
	}
	return 0
}

func isNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '-' || c == 'N' || c == 'I'
}

// name reads a string that comes again in other events.
func (d *Decoder) name(key []byte, to *string) bool {
	if d.peek() != '"' {
		return d.wrong(key, "a string")
	}
	t, ok := d.s.text()
	if ok {
		*to = d.strings.of(d.unescape(t))
	}
	return ok
}

// unescape is t.bytes in d's own memory, valid until the next call.
func (d *Decoder) unescape(t text) []byte {
	if !t.escaped && !t.wide {
		return t.raw
	}
	b := t.bytes(d.buf[:0])
	if t.escaped && cap(b) <= 64<<10 {
		d.buf = b[:0]
	}
	return b
}

// id reads a string of its own; a number is taken as its digits, because many rows are numbered.
func (d *Decoder) id(key []byte, to *string) bool {
	switch c := d.peek(); {
	case c == '"':
		t, ok := d.s.text()
		if ok {
			*to = string(d.unescape(t))
		}
		return ok
	case '0' <= c && c <= '9' || c == '-':
		raw, ok := d.s.skip()
		if ok {
			*to = string(raw)
		}
		return ok
	}
	return d.wrong(key, "a string")
}

// errorText takes any value, an object as its JSON text, because an error of an odd type is still an error. False and
// null are none.
func (d *Decoder) errorText(to *string) bool {
	if d.peek() == '"' {
		return d.id(nil, to)
	}
	raw, ok := d.s.skip()
	if ok && string(raw) != "null" && string(raw) != "false" {
		*to = validText(raw)
	}
	return ok
}

func validText(raw []byte) string { return string(bytes.ToValidUTF8(raw, []byte("\uFFFD"))) }

func (d *Decoder) bool(key []byte, to *bool) bool {
	c := d.peek()
	if c != 't' && c != 'f' {
		return d.wrong(key, "true or false")
	}
	if !d.s.value(0) {
		return false
	}
	*to = c == 't'
	return true
}

// number reads a finite number that is not negative; taken says that it is one.
func (d *Decoder) number(key []byte, expected string) (n number, taken, ok bool) {
	if !isNumber(d.peek()) {
		return n, false, d.wrong(key, expected)
	}
	n, ok = d.s.number()
	switch {
	case !ok:
		return n, false, false
	case n.nan != 0:
		d.problem(key, monitor.ReasonNotFinite, n.raw, expected)
		return n, false, true
	case n.neg && n.mant != 0:
		d.problem(key, monitor.ReasonNegative, n.raw, expected)
		return n, false, true
	}
	return n, true, true
}

func (d *Decoder) count(key []byte, to *int64, most int64) bool {
	expected := "a whole number from 0 to 2^40"
	if most == maxTotal {
		expected = "a whole number from 0 to 2^41"
	}
	v, taken, ok := d.whole(key, most, expected)
	if taken {
		*to = v
	}
	return ok
}

func (d *Decoder) small(key []byte, to *int32) bool {
	v, taken, ok := d.whole(key, math.MaxInt32, "a whole number below 2^31")
	if taken {
		*to = int32(v)
	}
	return ok
}

func (d *Decoder) whole(key []byte, most int64, expected string) (v int64, taken, ok bool) {
	n, taken, ok := d.number(key, expected)
	if !taken {
		return 0, false, ok
	}
	v, whole, fits := n.int64()
	switch {
	case !fits || v > most:
		d.problem(key, monitor.ReasonOutOfRange, n.raw, expected)
	case !whole:
		d.problem(key, monitor.ReasonWrongType, n.raw, expected)
	default:
		return v, true, true
	}
	return 0, false, true
}

func (d *Decoder) duration(key []byte, to *time.Duration) bool {
	return d.timespan(key, to, 0, "a number of seconds")
}

// millis reads a duration in milliseconds, unless the line has told it in seconds.
func (d *Decoder) millis(key []byte, to *time.Duration) bool {
	if *to != 0 {
		return d.s.value(0)
	}
	return d.timespan(key, to, -3, "a number of milliseconds")
}

// timespan reads a number of units of 10^exp seconds.
func (d *Decoder) timespan(key []byte, to *time.Duration, exp int, expected string) bool {
	n, taken, ok := d.number(key, expected)
	if !taken {
		return ok
	}
	n.exp += exp
	if v, fits := n.seconds(); fits {
		*to = v
	} else {
		d.problem(key, monitor.ReasonOutOfRange, n.raw, expected)
	}
	return true
}

func (d *Decoder) cost(key []byte, to *float64) bool {
	const expected = "a number of dollars"
	n, taken, ok := d.number(key, expected)
	if !taken {
		return ok
	}
	if v := n.float64(); v > maxCost {
		d.problem(key, monitor.ReasonOutOfRange, n.raw, "at most 2^40 dollars")
	} else {
		*to = v
	}
	return true
}

// finite stores n unless it is beyond float64.
func (d *Decoder) finite(key []byte, n *number, to *float64, expected string) bool {
	f := n.float64()
	switch {
	case n.nan != 0:
		d.problem(key, monitor.ReasonNotFinite, n.raw, expected)
	case math.IsInf(f, 0):
		d.problem(key, monitor.ReasonOutOfRange, n.raw, expected)
	default:
		*to = f
		return true
	}
	return false
}
