package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/genmeter/genmeter/export"
)

// maxListed is how many names an error lists.
const maxListed = 20

// explain replaces the error of a command that found no events by what there is to find; by none when all that there is are
// damaged files.
func (f *runFlags) explain(ctx context.Context, err error, runs []*recordedRun) error {
	for _, r := range runs {
		if r.given > 0 {
			return err
		}
	}
	if damaged(runs) != nil {
		err = nil // that is why, and is told
	}
	if f.within == (export.Window{}) && len(*f.models) == 0 {
		return err
	}
	var span interval
	events, models := 0, make(map[string]bool)
	for _, r := range runs {
		for ev, err := range r.whole {
			if ctx.Err() != nil {
				return errInterrupted
			}
			if err != nil {
				continue
			}
			events++
			if !ev.Time.IsZero() {
				span.add(ev.Time)
			}
			if ev.Model != "" {
				models[ev.Model] = true
			}
		}
	}
	if events == 0 {
		return err
	}
	is := "is " + span.String()
	if span.first.IsZero() {
		is = "has no times"
	}
	return fmt.Errorf("nothing within --window and --model: the input %s, and has the models %s", is,
		listed(slices.Sorted(maps.Keys(models))))
}

// listed is names for people, not too many of them.
func listed(names []string) string {
	if len(names) == 0 {
		return "(none)"
	}
	more := ""
	if n := len(names) - maxListed; n > 0 {
		names, more = names[:maxListed], fmt.Sprintf(" and %d more", n)
	}
	return printable(strings.Join(names, ", ")) + more
}
