package report

import "math"

// Measure is one thing that runs are compared by.
type Measure struct {
	Name   string `json:"measure"` // such as success_rate or failures
	Of     string `json:"of"`      // the class of failures, the model or the score that it is of; empty for the whole run
	Unit   string `json:"unit"`    // calls, seconds, tokens, usd, ratio (0 to 1), …
	Better string `json:"better"`  // more or less; empty where neither is

	Values      []*float64    `json:"values"`      // of each run; null when not known
	Differences []*Difference `json:"differences"` // from the first run; null for itself and where either is not known

	group, title string
	texts        []string // what a person is shown
}

// Difference is by how much a value is greater than that of the first run.
type Difference struct {
	Absolute float64  `json:"absolute"` // in the unit
	Relative *float64 `json:"relative"` // 0.1 is 10 % more; null when the first run has 0
	Verdict  string   `json:"verdict"`  // better, worse or same; empty where it cannot be said
}

// equal is the text of no difference.
const equal = "="

// The verdicts on a difference.
const (
	verdictBetter = "better"
	verdictWorse  = "worse"
	verdictSame   = "same"
)

const (
	moreIsBetter = "more"
	lessIsBetter = "less"
	eitherWay    = ""
)

const (
	sameRelative = 0.005 // a difference of less is none worth a word
	sameRatio    = 0.001 // of ratios, the same in absolute terms
	rounding     = 1e-9  // what sums of floats differ by
)

func (m *Measure) compare() {
	m.Differences = make([]*Difference, len(m.Values))
	for i := 1; i < len(m.Values); i++ {
		if first, v := m.Values[0], m.Values[i]; first != nil && v != nil {
			m.Differences[i] = m.difference(*first, *v)
		}
	}
}

func (m *Measure) difference(first, v float64) *Difference {
	d := &Difference{Absolute: finite(v - first)}
	if first != 0 {
		d.Relative = new(finite((v - first) / math.Abs(first)))
	}
	same := d.Relative != nil && math.Abs(*d.Relative) < sameRelative || d.Absolute == 0
	if m.Unit == unitRatio {
		same = math.Abs(d.Absolute) < sameRatio
	}
	switch {
	case m.Better == eitherWay:
	case same:
		d.Verdict = verdictSame
	case d.Absolute > 0 == (m.Better == moreIsBetter):
		d.Verdict = verdictBetter
	default:
		d.Verdict = verdictWorse
	}
	return d
}

// text tells a difference in few words: ratios in percentage points, the rest in percent where it can be.
func (m *Measure) text(d *Difference) string {
	if d == nil {
		return ""
	}
	s := ""
	switch {
	case d.Absolute == 0 || d.Relative != nil && math.Abs(*d.Relative) < rounding:
		return equal
	case m.Unit == unitRatio:
		s = signed(100*d.Absolute) + " pts"
	case d.Relative == nil: // of nothing there is no percentage
	case math.Abs(*d.Relative) >= 9.995:
		s = "×" + compact(1+*d.Relative)
	default:
		s = signed(100**d.Relative) + " %"
	}
	return verdictText(s, d.Verdict)
}

func verdictText(s, verdict string) string {
	if verdict == "" || verdict == verdictSame {
		return s
	}
	if s == "" {
		return verdict
	}
	return s + " " + verdict
}
