package report

import (
	"fmt"
	"math"
	"time"

	"github.com/genmeter/genmeter/internal/quantity"
)

// unknown is what is shown for what is not known, none for what there is not.
const (
	unknown = "?"
	none    = "–"
)

// The live page writes quantities and texts in the same way.
var (
	compact, digits   = quantity.Compact, quantity.Digits
	took, every       = quantity.Took, quantity.Every
	dollars           = quantity.Dollars
	harmless, oneLine = quantity.Harmless, quantity.OneLine
)

func grouped[T quantity.Whole](n T) string { return quantity.Grouped(n) }

func plural[T quantity.Whole](n T, thing string) string { return quantity.Plural(n, thing) }

// shareOf is the share of n in a total.
func shareOf(n, total uint64) string { return share(ratio(float64(n), float64(total))) }

// amount returns a number as a count when it is whole.
func amount(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return grouped(int64(v))
	}
	return digits(v)
}

// tokens is a count of tokens that may be short.
func tokens(n int64) cell { return cell{text: grouped(n), short: compact(float64(n))} }

func counted[T quantity.Whole](n T) cell { return cell{text: grouped(n), short: compact(float64(n))} }

// share returns a part as a percentage, a dash when there is nothing of which it could be one.
func share(v *float64) string {
	if v == nil {
		return none
	}
	return quantity.Share(*v)
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
