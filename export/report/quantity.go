package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// unknown is what is shown for what is not known, none for what there is not.
const (
	unknown = "?"
	none    = "–"
)

type whole interface{ ~int | ~int64 | ~uint64 }

// grouped returns a whole number with its thousands apart.
func grouped[T whole](n T) string {
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

// compact returns a number of four digits at most.
func compact(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e4 {
		return grouped(int64(v))
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
		return digits(v/unit.of) + unit.name
	}
	return digits(v)
}

// digits returns a number with three significant digits, or all that are before the point.
func digits(v float64) string {
	if v == 0 {
		return "0"
	}
	switch a := math.Abs(v); {
	case a >= 1e15:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case a >= 99.95:
		return grouped(int64(math.Round(v)))
	case a >= 9.995:
		return fmt.Sprintf("%.1f", v)
	case a >= 0.9995:
		return fmt.Sprintf("%.2f", v)
	case a >= 0.0005:
		return fmt.Sprintf("%.3f", v)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// quantity returns a number as a count when it is whole.
func quantity(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return grouped(int64(v))
	}
	return digits(v)
}

// tokens is a count of tokens that may be short.
func tokens(n int64) cell { return cell{text: grouped(n), short: compact(float64(n))} }

func counted[T whole](n T) cell { return cell{text: grouped(n), short: compact(float64(n))} }

// share returns a part as a percentage. What is not quite nothing or all does not look like it.
func share(v *float64) string {
	switch {
	case v == nil:
		return none
	case *v == 0 || *v == 1:
		return fmt.Sprintf("%.0f %%", 100**v)
	case *v > 0 && *v < 0.0005:
		return "<0.1 %"
	case *v < 1 && *v > 0.9995:
		return ">99.9 %"
	}
	return fmt.Sprintf("%.1f %%", 100**v)
}

// shareOf is the share of n in a total.
func shareOf(n, total uint64) string { return share(ratio(float64(n), float64(total))) }

// took returns a length of time, given in seconds, in the unit that suits it.
func took(seconds float64) string {
	switch {
	case seconds <= 0:
		return "0 s"
	case seconds < 0.0009995:
		return digits(seconds*1e6) + " µs"
	case seconds < 0.9995:
		return digits(seconds*1e3) + " ms"
	case seconds < 119.5:
		return digits(seconds) + " s"
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
	return digits(seconds/(365*86400)) + " y"
}

// every returns a length of time that somebody chose, in whole numbers.
func every(seconds float64) string {
	if seconds < 120 && seconds == math.Trunc(seconds) {
		return fmt.Sprintf("%d s", int(seconds))
	}
	return strings.TrimSuffix(strings.TrimSuffix(took(seconds), " 00s"), " 00m")
}

// dollars returns an amount with at least three significant digits.
func dollars(usd float64) string {
	switch {
	case usd == 0:
		return "$0"
	case usd >= 1e15:
		return "$" + digits(usd)
	case usd >= 99.995:
		cents := int64(math.Round(100 * usd))
		return fmt.Sprintf("$%s.%02d", grouped(cents/100), cents%100)
	case usd >= 0.995:
		return fmt.Sprintf("$%.3f", usd)
	case usd >= 0.00995:
		return fmt.Sprintf("$%.4f", usd)
	}
	places := min(12, 2-int(math.Floor(math.Log10(usd))))
	return "$" + strconv.FormatFloat(usd, 'f', places, 64)
}

// cost returns the known cost; a plus says that tokens without a price come on top, a question mark that nothing is known,
// and a dash that there is nothing to know.
func (u *Usage) cost() string { return u.costOf(u.CostUSD) }

// costOf is cost for a part of it.
func (u *Usage) costOf(usd *float64) string {
	switch {
	case usd == nil && u.Total == 0:
		return none
	case usd == nil:
		return unknown
	case u.UnpricedTokens > 0:
		return dollars(*usd) + "+"
	}
	return dollars(*usd)
}

// plural returns n things.
func plural[T whole](n T, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(n) + " " + thing + "s"
}

// clock returns a time for a person; zone is told elsewhere.
func clock(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

// clockAfter leaves out the day of a time that is on the same one as another.
func clockAfter(t, other time.Time) string {
	if t.Year() == other.Year() && t.YearDay() == other.YearDay() {
		return t.Format("15:04:05")
	}
	return clock(t)
}

// signed returns a number with its sign, and one digit behind the point below 100.
func signed(v float64) string {
	s := fmt.Sprintf("%+.1f", v)
	if math.Abs(v) >= 99.95 {
		s = fmt.Sprintf("%+.0f", v)
	}
	if s == "+0.0" || s == "-0.0" {
		return "~0"
	}
	return s
}
