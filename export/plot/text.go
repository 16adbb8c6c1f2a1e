package plot

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable makes a name fit to be drawn: one line, without what XML forbids or what turns the direction of writing.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		case r == '\u00ad', unicode.Is(unicode.Cf, r), r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\ufffd"))
}

// shorten cuts out the middle of a name that has more than limit characters: both ends tell models apart.
func shorten(name string, limit int) string {
	name = printable(name)
	if utf8.RuneCountInString(name) <= limit {
		return name
	}
	runes := []rune(name)
	head := (limit - 1) / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(limit-1-head):])
}

// grouped puts commas between the thousands of a number's text.
func grouped(text string) string {
	sign, rest := "", text
	if strings.HasPrefix(rest, "-") {
		sign, rest = "−", rest[1:]
	}
	whole, fraction, dotted := strings.Cut(rest, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dotted {
		whole += "." + fraction
	}
	return sign + whole
}

func count[T int | uint64 | int64](n T) string { return grouped(strconv.FormatInt(int64(n), 10)) }

// plural returns the number and the noun.
func plural[T int | uint64 | int64](n T, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return count(n) + " " + noun
}

// number prints a value with three digits that matter, and all those before the point.
func number(v float64) string {
	size := math.Abs(v)
	switch {
	case size == 0:
		return "0"
	case size >= 1e12 || size < 1e-4:
		return scientific(v)
	case size >= 100:
		return grouped(strconv.FormatFloat(math.Round(v), 'f', 0, 64))
	}
	decimals := max(0, 2-int(math.Floor(math.Log10(size))))
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return grouped(text)
}

// scientific prints what has too many digits to be read at a glance.
func scientific(v float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', 3, 64), "e")
	mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	n, _ := strconv.Atoi(exponent)
	return strings.ReplaceAll(mantissa+"e"+strconv.Itoa(n), "-", "−")
}
