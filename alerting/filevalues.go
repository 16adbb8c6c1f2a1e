package alerting

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/genmeter/genmeter/internal/timespan"
)

// Each of these returns a function that reads the value of the key name into where to points, or tells why it cannot.

// limit reads a number from 0 to most that can be switched off.
func (p *fileParser) limit(name string, most float64, to **float64) key {
	return key{name, func(n *yaml.Node) {
		want := "a number of 0 or more, or off"
		if most == 1 {
			want = "a number from 0 to 1, or off"
		}
		if isOff(n) {
			*to = nil
		} else if v, ok := asNumber(n); ok && v >= 0 && v <= most {
			*to = &v
		} else {
			p.wrong(n, "%s %s: want %s", name, p.shown(n), want)
		}
	}}
}

// number reads any finite number.
func (p *fileParser) number(name string, to *float64) key {
	return key{name, func(n *yaml.Node) {
		v, ok := asNumber(n)
		if !ok {
			p.wrong(n, "%s %s: want a number", name, p.shown(n))
		}
		*to = v
	}}
}

const durationExamples = "a duration such as 30s, 5m, 1h30m or 1d"

// time reads a duration between two bounds.
func (p *fileParser) time(name string, least, most time.Duration, to *time.Duration) key {
	return key{name, func(n *yaml.Node) {
		d, ok := asDuration(n)
		switch {
		case !ok:
			p.wrong(n, "%s %s: want %s", name, p.shown(n), durationExamples)
		case d < least || d > most:
			p.wrong(n, "%s %s: want 1s to 1h", name, p.shown(n))
		default:
			*to = d
		}
	}}
}

// timeLimit reads a duration that can be switched off.
func (p *fileParser) timeLimit(name string, to **time.Duration) key {
	return key{name, func(n *yaml.Node) {
		if isOff(n) {
			*to = nil
		} else if d, ok := asDuration(n); ok {
			*to = &d
		} else {
			p.wrong(n, "%s %s: want %s, or off", name, p.shown(n), durationExamples)
		}
	}}
}

// every reads a duration between repetitions: 0 is never, and less than a second is none that anybody wants.
func (p *fileParser) every(name string, to **time.Duration) key {
	return key{name, func(n *yaml.Node) {
		if d, ok := asDuration(n); ok && (d == 0 || d >= time.Second) {
			*to = &d
			return
		}
		p.wrong(n, "%s %s: want %s, 1s at least, or 0 for never", name, p.shown(n), durationExamples)
	}}
}

// atLeastOne reads a whole number.
func (p *fileParser) atLeastOne(name string, to *int) key {
	return key{name, func(n *yaml.Node) {
		v, ok := asNumber(n)
		if !ok || v != math.Trunc(v) || v < 1 || v > math.MaxInt32 {
			p.wrong(n, "%s %s: want a whole number of 1 or more", name, p.shown(n))
			return
		}
		*to = int(v)
	}}
}

// flag reads true or false, and on and off for the same.
func (p *fileParser) flag(name string, to *bool) key {
	return key{name, func(n *yaml.Node) {
		v, err := strconv.ParseBool(n.Value)
		switch {
		case isOff(n):
			*to = false
		case n.ShortTag() == "!!bool" && err == nil:
			*to = v
		case isPlain(n) && strings.EqualFold(n.Value, "on"):
			*to = true
		default:
			p.wrong(n, "%s %s: want true or false", name, p.shown(n))
		}
	}}
}

// text reads a string that is not empty. A number or a word such as true is one here: models are called 4o and so on.
func (p *fileParser) text(name string, to *string) key {
	return key{name, func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || isNull(n) || n.Value == "" {
			p.wrong(n, "%s %s: want text", name, p.shown(n))
			return
		}
		*to = n.Value
	}}
}

// word reads one of a closed set, of which it gives the index.
func (p *fileParser) word(name string, all []string, set func(int)) key {
	return key{name, func(n *yaml.Node) {
		i := slices.Index(all, n.Value)
		if n.Kind != yaml.ScalarNode || i < 0 {
			p.wrong(n, "%s %s: want one of %s", name, p.shown(n), strings.Join(all, ", "))
			return
		}
		set(i)
	}}
}

// asNumber reads a finite number that is not in quotes.
func asNumber(n *yaml.Node) (v float64, ok bool) {
	if tag := n.ShortTag(); n.Kind != yaml.ScalarNode || tag != "!!int" && tag != "!!float" {
		return 0, false
	}
	err := n.Decode(&v)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

func asDuration(n *yaml.Node) (time.Duration, bool) {
	if n.Kind != yaml.ScalarNode {
		return 0, false
	}
	return timespan.Parse(n.Value)
}

// isOff tells what switches something off. YAML 1.2 has no "off": it is a word here like any other. A key without a value does
// not: it may be that somebody has commented it out.
func isOff(n *yaml.Node) bool {
	return isNull(n) && n.Value != "" || isPlain(n) && strings.EqualFold(n.Value, "off")
}

func isPlain(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode }
