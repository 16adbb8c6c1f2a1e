package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// pathValue is the path of an input; "-" is standard input. Kingpin hands a lone "-" over as an empty string.
type pathValue string

func (p *pathValue) String() string { return string(*p) }

func (p *pathValue) Set(s string) error {
	if s == "" {
		s = "-"
	}
	*p = pathValue(s)
	return nil
}

func pathOf(s kingpin.Settings) *pathValue {
	p := new(pathValue)
	s.SetValue(p)
	return p
}

// zoneValue is a time zone by its name.
type zoneValue struct{ *time.Location }

func (z *zoneValue) Set(s string) error {
	loc, err := time.LoadLocation(s)
	if err != nil {
		return fmt.Errorf("unknown time zone %q: want a name such as UTC, Local or Europe/Istanbul", s)
	}
	z.Location = loc
	return nil
}

// speedValue is how many times faster than it happened a run is played; 0, when it is not set, is as fast as it goes.
type speedValue float64

func (v *speedValue) String() string { return strconv.FormatFloat(float64(*v), 'g', -1, 64) }

func (v *speedValue) Set(s string) error {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n > 0) || math.IsInf(n, 0) {
		return fmt.Errorf("--speed=%s: want a number above 0, such as 1 for real time or 60 for a minute a second", s)
	}
	*v = speedValue(n)
	return nil
}
