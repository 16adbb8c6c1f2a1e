package main

import (
	"fmt"
	"time"
)

// interval is from the earliest to the latest of the times that were added.
type interval struct{ first, last time.Time }

func (i *interval) add(t time.Time) {
	if i.first.IsZero() || t.Before(i.first) {
		i.first = t
	}
	if t.After(i.last) {
		i.last = t
	}
}

// String says how long it is, from when to when.
func (i *interval) String() string {
	if i.first.IsZero() {
		return "no timestamps in the input"
	}
	return fmt.Sprintf("%v, from %s to %s", i.length().Round(time.Millisecond),
		i.first.Format(time.RFC3339), i.last.Format(time.RFC3339))
}

func (i *interval) length() time.Duration { return i.last.Sub(i.first) }
