package eventline

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// time reads a timestamp or a number of seconds since 1970.
func (d *Decoder) time(key []byte, to *time.Time) bool {
	const expected = "a time of RFC 3339, or seconds since 1970"
	switch c := d.peek(); {
	case c == '"':
		at := d.s.i
		t, ok := d.s.text()
		if !ok {
			return false
		}
		when, good := d.zones.parse(d.unescape(t))
		switch {
		case !good:
			d.problem(key, monitor.ReasonWrongType, d.s.b[at:d.s.i], expected)
		case !plausible(when):
			d.problem(key, monitor.ReasonOutOfRange, d.s.b[at:d.s.i], expectedYears)
		default:
			*to = when
		}
		return true
	case isNumber(c):
		n, taken, ok := d.number(key, expected)
		if !taken {
			return ok
		}
		sec, ns, good := n.unix()
		when := time.Unix(sec, ns).UTC()
		if !good || !plausible(when) {
			d.problem(key, monitor.ReasonOutOfRange, n.raw, expectedYears+", in seconds since 1970")
			return true
		}
		*to = when
		return true
	}
	return d.wrong(key, expected)
}

// unix splits n into seconds and nanoseconds; it refuses what only makes sense as milliseconds.
func (n *number) unix() (sec, ns int64, ok bool) {
	if v, _, fits := n.scaled(9); fits {
		return v / 1e9, v % 1e9, true
	}
	v, _, fits := n.scaled(0) // beyond 2262 nanoseconds do not fit
	return v, 0, fits && v < maxUnix
}

const expectedYears = "a time between the years 1990 and 2200"

// plausible reports whether monitor takes t for the time of an event.
func plausible(t time.Time) bool { return 1990 <= t.Year() && t.Year() <= 2200 }
