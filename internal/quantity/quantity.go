// Package quantity writes numbers, lengths of time, money and texts from events down for people, on pages and in reports.
package quantity

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Whole is what can be counted.
type Whole interface{ ~int | ~int64 | ~uint64 }

// Grouped returns a whole number with its thousands apart.
func Grouped[T Whole](n T) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Compact returns a number of four digits at most.
func Compact(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e4 {
		return Grouped(int64(v))
	}
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e18, "E"}, {1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e4, "k"}} {
		if math.Abs(v) < unit.of {
			continue
		}
		if unit.of == 1e4 {
			unit.of = 1e3
		}
		return Digits(v/unit.of) + unit.name
	}
	return Digits(v)
}

// Digits returns a number with three significant digits, or all that are before the point.
func Digits(v float64) string {
	if v == 0 {
		return "0"
	}
	switch a := math.Abs(v); {
	case a >= 1e15:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case a >= 99.95:
		return Grouped(int64(math.Round(v)))
	case a >= 9.995:
		return fmt.Sprintf("%.1f", v)
	case a >= 0.9995:
		return fmt.Sprintf("%.2f", v)
	case a >= 0.0005:
		return fmt.Sprintf("%.3f", v)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// Took returns a length of time, given in seconds, in the unit that suits it.
func Took(seconds float64) string {
	switch {
	case seconds <= 0:
		return "0 s"
	case seconds < 0.0009995:
		return Digits(seconds*1e6) + " µs"
	case seconds < 0.9995:
		return Digits(seconds*1e3) + " ms"
	case seconds < 119.5:
		return Digits(seconds) + " s"
	}
	s := int64(min(math.Round(seconds), math.MaxInt32*1e3))
	switch {
	case s < 3600:
		return fmt.Sprintf("%dm %02ds", s/60, s%60)
	case s < 100*3600:
		return fmt.Sprintf("%dh %02dm", s/3600, s/60%60)
	case s < 1000*86400:
		return fmt.Sprintf("%dd %02dh", s/86400, s/3600%24)
	}
	return Digits(seconds/(365*86400)) + " y"
}

// Share returns a part, 0 to 1, as a percentage. What is not quite nothing or all does not look like it.
func Share(v float64) string {
	switch {
	case v == 0 || v == 1:
		return fmt.Sprintf("%.0f %%", 100*v)
	case v > 0 && v < 0.0005:
		return "<0.1 %"
	case v < 1 && v > 0.9995:
		return ">99.9 %"
	}
	return fmt.Sprintf("%.1f %%", 100*v)
}

// Every returns a length of time that somebody chose, in whole numbers.
func Every(seconds float64) string {
	if seconds < 120 && seconds == math.Trunc(seconds) {
		return fmt.Sprintf("%d s", int(seconds))
	}
	return strings.TrimSuffix(strings.TrimSuffix(Took(seconds), " 00s"), " 00m")
}

// Dollars returns an amount with at least three significant digits.
func Dollars(usd float64) string {
	switch {
	case usd == 0:
		return "$0"
	case usd >= 1e15:
		return "$" + Digits(usd)
	case usd >= 0.995:
		cents := int64(math.Round(100 * usd))
		return fmt.Sprintf("$%s.%02d", Grouped(cents/100), cents%100)
	case usd >= 0.00995:
		return fmt.Sprintf("$%.4f", usd)
	}
	places := min(12, 2-int(math.Floor(math.Log10(usd))))
	return "$" + strconv.FormatFloat(usd, 'f', places, 64)
}

// Plural returns n things.
func Plural[T Whole](n T, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Grouped(n) + " " + thing + "s"
}
