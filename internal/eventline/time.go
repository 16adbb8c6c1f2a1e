package eventline

import "time"

// zones turns timestamps into times. It remembers the last zone, because a file has one, and a new one costs an
// allocation.
type zones struct {
	local  *time.Location // of timestamps without a zone
	offset int
	last   *time.Location
}

func (z *zones) at(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	if z.last == nil || z.offset != offset {
		z.offset, z.last = offset, time.FixedZone("", offset)
	}
	return z.last
}

// parse reads an RFC 3339 timestamp, and what Python writes in its place: the fraction may have any length or be
// missing, the zone may be missing or lack its colon, a space may stand for the T, a comma for the point. Digits behind
// the ninth are dropped.
func (z *zones) parse(b []byte) (t time.Time, ok bool) {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || b[10]|0x20 != 't' && b[10] != ' ' || b[13] != ':' || b[16] != ':' {
		return t, false
	}
	good := true
	num := func(from, to, least, most int) (n int) {
		for _, c := range b[from:to] {
			good = good && '0' <= c && c <= '9'
			n = n*10 + int(c-'0')
		}
		good = good && least <= n && n <= most
		return n
	}
	year, month, day := num(0, 4, 0, 9999), num(5, 7, 1, 12), num(8, 10, 1, 31)
	hour, minute, second := num(11, 13, 0, 23), num(14, 16, 0, 59), num(17, 19, 0, 59)
	if !good || day > daysIn(month, year) {
		return t, false
	}
	ns, b := fraction(b[19:])
	if ns < 0 {
		return t, false
	}
	if len(b) == 0 {
		if z.local == nil {
			z.local = time.Local
		}
		return time.Date(year, time.Month(month), day, hour, minute, second, ns, z.local), true
	}
	offset, ok := zoneOffset(b)
	if !ok {
		return t, false
	}
	sec := daysSince1970(year, month, day)*86400 + int64(hour*3600+minute*60+second-offset)
	return time.Unix(sec, int64(ns)).In(z.at(offset)), true
}

// fraction reads a point and digits; ns is -1 when the point has no digits.
func fraction(b []byte) (ns int, rest []byte) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return 0, b
	}
	i, scale := 1, 100_000_000
	for ; i < len(b) && '0' <= b[i] && b[i] <= '9'; i++ {
		ns += int(b[i]-'0') * scale
		scale /= 10
	}
	if i == 1 {
		return -1, b
	}
	return ns, b[i:]
}

// zoneOffset reads Z, ±hh:mm, ±hhmm or ±hh and returns seconds east of Greenwich.
func zoneOffset(b []byte) (offset int, ok bool) {
	if len(b) == 1 && b[0]|0x20 == 'z' {
		return 0, true
	}
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	var d [4]int
	k := 0
	for i, c := range b[1:] {
		if c == ':' && i == 2 && len(b) == 6 {
			continue
		}
		if c < '0' || '9' < c || k == len(d) {
			return 0, false
		}
		d[k] = int(c - '0')
		k++
	}
	hours, minutes := d[0]*10+d[1], d[2]*10+d[3]
	if k == 3 || hours > 23 || minutes > 59 {
		return 0, false
	}
	if offset = hours*3600 + minutes*60; b[0] == '-' {
		offset = -offset
	}
	return offset, true
}

func daysIn(month, year int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts in years that begin in March, so that the leap day is the last of its year.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	year += 400 // keeps the year 0 from going below zero; 146097 days
	return int64(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468 - 146097)
}

// Unix times beyond the year 9999 are taken for milliseconds by mistake, and refused.
const maxUnix = 253402300800

// appendTime prints t with its zone; a zone with odd seconds, which RFC 3339 cannot tell, becomes UTC.
func appendTime(dst []byte, t time.Time) []byte {
	if _, offset := t.Zone(); offset%60 != 0 || offset <= -86400 || 86400 <= offset {
		t = t.UTC()
	}
	dst = append(dst, '"')
	dst = t.AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

// printable reports whether RFC 3339 has a form for t.
func printable(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	y, uy := t.Year(), t.UTC().Year()
	return 0 <= y && y <= 9999 && 0 <= uy && uy <= 9999
}
