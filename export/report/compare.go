package report

import (
	"cmp"
	"slices"

	"github.com/genmeter/genmeter/internal/quantity"
)

// The units of measures.
const (
	unitRatio   = "ratio"
	unitSeconds = "seconds"
	unitTokens  = "tokens"
	unitDollars = "usd"
)

// spec says how one measure comes out of a report.
type spec struct {
	group, name, of, title, unit, better string

	value func(*Report) *float64
	text  func(*Report) string // nil for the value in its unit
}

// Compare measures reports side by side, the first being what the others are compared with.
func Compare(reports ...*Report) []Measure {
	specs := slices.Concat(callSpecs, failureSpecs(reports), latencySpecs, usageSpecs, recordSpecs, scoreSpecs(reports),
		throughputSpecs, modelSpecs(reports), troubleSpecs)
	measures := make([]Measure, 0, len(specs))
	for i := range specs {
		if m := specs[i].measure(reports); m != nil {
			measures = append(measures, *m)
		}
	}
	return measures
}

// measure returns nil for what no run has.
func (s *spec) measure(reports []*Report) *Measure {
	m := &Measure{Name: s.name, Of: s.of, Unit: s.unit, Better: s.better, group: s.group, title: cmp.Or(s.title, s.of)}
	anything := false
	for _, r := range reports {
		v := s.value(r)
		text := unitText(v, s.unit)
		if s.text != nil {
			text = s.text(r)
		}
		anything = anything || v != nil || text != none
		m.Values, m.texts = append(m.Values, v), append(m.texts, text)
	}
	if !anything {
		return nil
	}
	m.compare()
	return m
}

func unitText(v *float64, unit string) string {
	switch {
	case v == nil:
		return none
	case unit == unitRatio:
		return share(v)
	case unit == unitSeconds:
		return took(*v)
	case unit == unitDollars:
		return dollars(*v)
	case *v == float64(int64(*v)) && *v < 1e7:
		return grouped(int64(*v))
	}
	return compact(*v)
}

// total makes a value of a count.
func total[T quantity.Whole](n T) *float64 { return new(float64(n)) }

// ofCalls, ofRecords and so on are values that only runs with such things have.
func ofCalls(f func(*Report) *float64) func(*Report) *float64 {
	return func(r *Report) *float64 {
		if r.Calls.Total == 0 {
			return nil
		}
		return f(r)
	}
}

func ofRecords(f func(*Report) *float64) func(*Report) *float64 {
	return func(r *Report) *float64 {
		if r.Records.Total == 0 {
			return nil
		}
		return f(r)
	}
}

// part is a number of a distribution.
func part(of func(*Report) *Distribution, f func(*Distribution) float64) func(*Report) *float64 {
	return func(r *Report) *float64 {
		if d := of(r); d != nil {
			return new(f(d))
		}
		return nil
	}
}

// complete is a cost that is wholly known: a part of one compares with nothing.
func complete(f func(*Report) *float64) func(*Report) *float64 {
	return func(r *Report) *float64 {
		if r.Usage.UnpricedTokens > 0 {
			return nil
		}
		return f(r)
	}
}
