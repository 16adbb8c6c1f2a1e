package plot

import (
	"time"

	gplot "gonum.org/v1/plot"
)

// timeTicks are ticks at round times in UTC, at most about most of them.
type timeTicks struct{ most int }

// tickStep is a distance between ticks: a length of time, or where that differs months of the calendar.
type tickStep struct {
	length time.Duration
	months int
	layout string
}

var tickSteps = func() []tickStep {
	var steps []tickStep
	add := func(layout string, unit time.Duration, multiples ...time.Duration) {
		for _, m := range multiples {
			steps = append(steps, tickStep{length: m * unit, layout: layout})
		}
	}
	add("15:04:05.000", time.Millisecond, 1, 2, 5, 10, 20, 50)
	add("15:04:05.0", time.Millisecond, 100, 200, 500)
	add("15:04:05", time.Second, 1, 2, 5, 10, 15, 30)
	add("15:04", time.Minute, 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
	add("Jan 2", day, 1, 2, 7)
	for _, m := range [...]int{1, 2, 3, 6} {
		steps = append(steps, tickStep{time.Duration(m) * 30 * day, m, "Jan 2006"})
	}
	for _, y := range [...]int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000} {
		steps = append(steps, tickStep{time.Duration(min(y, 280)) * 365 * day, 12 * y, "2006"})
	}
	return steps
}()

// Ticks implements [gplot.Ticker] for seconds since 1970.
func (t timeTicks) Ticks(low, high float64) []gplot.Tick {
	for _, s := range tickSteps {
		if s.seconds()*float64(t.most) >= high-low {
			return s.ticks(low, high)
		}
	}
	return tickSteps[len(tickSteps)-1].ticks(low, high)
}

func (s tickStep) seconds() float64 {
	if s.months > 0 {
		return float64(s.months) * 30.4 * 86400
	}
	return s.length.Seconds()
}

func (s tickStep) ticks(low, high float64) []gplot.Tick {
	from, to := fromUnix(low), fromUnix(high)
	dated := s.length < day && from.Truncate(day) != to.Truncate(day)
	yeared := s.months == 0 && s.length >= day && from.Year() != to.Year()
	var ticks []gplot.Tick
	var date string
	for at := s.first(from); !at.After(to) && len(ticks) < 200; at = s.next(at) {
		if at.Before(from) {
			continue
		}
		label := at.Format(s.layout)
		switch d := at.Format("Jan 2"); {
		case dated && d != date:
			label, date = label+"\n"+d, d
		case yeared && at.Format("2006") != date:
			date = at.Format("2006")
			label += "\n" + date
		}
		ticks = append(ticks, gplot.Tick{Value: unix(at), Label: label})
	}
	return ticks
}

// first returns a round time that is not after the first one from t on.
func (s tickStep) first(t time.Time) time.Time {
	if s.months == 0 {
		return t.Truncate(s.length)
	}
	month := t.Year()*12 + int(t.Month()) - 1
	return time.Date(0, time.Month(month-month%s.months+1), 1, 0, 0, 0, 0, time.UTC)
}

func (s tickStep) next(t time.Time) time.Time {
	if s.months == 0 {
		return t.Add(s.length)
	}
	return t.AddDate(0, s.months, 0)
}
