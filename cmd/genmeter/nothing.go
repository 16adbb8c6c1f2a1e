package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxListed is how many names an error lists.
const maxListed = 20

// explain replaces the error of a command that found no events by what there is to find.
func (f *runFlags) explain(ctx context.Context, err error, runs []*recordedRun) error {
	for _, r := range runs {
		if r.given > 0 {
			return err
		}
	}
	if f.window == (windowValue{}) && len(*f.models) == 0 {
		return errors.Join(err, damaged(runs))
	}
	var span interval
	models := make(map[string]bool)
	for _, r := range runs {
		for ev, err := range r.whole {
			if ctx.Err() != nil {
				return errInterrupted
			}
			if err != nil {
				continue
			}
			if !ev.Time.IsZero() {
				span.add(ev.Time)
			}
			if ev.Model != "" {
				models[ev.Model] = true
			}
		}
	}
	return fmt.Errorf("nothing within --window and --model: the input is %s, and has the models %s", &span,
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
