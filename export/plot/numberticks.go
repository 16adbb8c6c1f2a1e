package plot

import (
	"math"
	"strconv"

	gplot "gonum.org/v1/plot"
)

// numberTicks are ticks at round numbers, at most about most of them, printed with commas between the thousands.
type numberTicks struct {
	most    int
	percent bool // values are shares, shown in per cent
	whole   bool // values are counts: no ticks between them
}

// Ticks implements [gplot.Ticker].
func (t numberTicks) Ticks(low, high float64) []gplot.Tick {
	if max(math.Abs(low), math.Abs(high)) > 1e300 { // their difference may be no float
		const far = 1e20
		ticks := t.Ticks(low/far, high/far)
		for i := range ticks {
			ticks[i].Value *= far
			ticks[i].Label = number(ticks[i].Value)
		}
		return ticks
	}
	scale := 1.0
	if t.percent {
		scale = 100
	}
	step := roundStep((high-low)*scale, t.most)
	if t.whole {
		step = max(step, 1)
	}
	var ticks []gplot.Tick
	first := math.Ceil(low*scale/step - 1e-9)
	for i := first; i*step <= high*scale*(1+1e-12)+step*1e-9 && len(ticks) <= 2*t.most; i++ {
		ticks = append(ticks, gplot.Tick{Value: i * step / scale, Label: stepText(i*step, step)})
	}
	return ticks
}

// roundStep returns 1, 2 or 5 times a power of ten that goes into span most times or fewer.
func roundStep(span float64, most int) float64 {
	rough := span / float64(max(most, 1))
	if !(rough > 1e-300) || math.IsInf(rough, 0) {
		return 1e-300
	}
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*power >= rough*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// stepText prints a multiple of step with as many decimals as step has.
func stepText(v, step float64) string {
	if math.Abs(v) < step/2 {
		return "0"
	}
	if math.Abs(v) >= 1e12 || step < 1e-6 {
		return scientific(v)
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	return grouped(strconv.FormatFloat(v, 'f', decimals, 64))
}

// logTicks are ticks at 1, 2 and 5 times powers of ten, or where the axis has too few of those at round numbers.
type logTicks struct{ most int }

// Ticks implements [gplot.Ticker].
func (t logTicks) Ticks(low, high float64) []gplot.Tick {
	for _, multiples := range [...][]float64{{1, 2, 5}, {1, 3}, {1}} {
		if ticks := decades(low, high, multiples, 1); len(ticks) <= t.most && len(ticks) >= 3 {
			return ticks
		}
	}
	if high/low < 30 {
		return numberTicks{most: max(3, t.most*2/3)}.Ticks(low, high)
	}
	for every := 2; ; every++ {
		if ticks := decades(low, high, []float64{1}, every); len(ticks) <= t.most {
			return ticks
		}
	}
}

// decades returns the ticks at those multiples of each power of ten, or of every so many.
func decades(low, high float64, multiples []float64, every int) []gplot.Tick {
	var ticks []gplot.Tick
	for e := int(math.Floor(math.Log10(low))); float64(e) <= math.Ceil(math.Log10(high)); e++ {
		for _, m := range multiples {
			if v := m * math.Pow10(e); e%every == 0 && v >= low*(1-1e-9) && v <= high*(1+1e-9) {
				ticks = append(ticks, gplot.Tick{Value: v, Label: number(v)})
			}
		}
	}
	return ticks
}
