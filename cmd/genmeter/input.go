package main

import (
	"fmt"
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
