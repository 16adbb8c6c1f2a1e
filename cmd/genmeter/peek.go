package main

import (
	"errors"
	"fmt"
	"iter"

	"github.com/genmeter/genmeter/monitor"
)

// firstEvent returns the first event that can be read, or an error that says why there is none.
func firstEvent(src monitor.Source) (monitor.Event, error) {
	var problem error
	for ev, err := range src {
		if err == nil {
			return ev, nil
		}
		if problem == nil {
			problem = err
		}
	}
	if problem == nil {
		return monitor.Event{}, errors.New("no events in the input")
	}
	return monitor.Event{}, fmt.Errorf("no events in the input: %w", problem)
}

// item is what a Source gives at a time.
type item struct {
	event monitor.Event
	err   error
}

// peekable gives the items of src, which can be read once, to two readers: the first may look at as much as it likes,
// the second has everything from the start. What the first has seen is held in memory until then.
func peekable(src monitor.Source) monitor.Source {
	var seen []item
	next, stop := iter.Pull2(iter.Seq2[monitor.Event, error](src))
	readers := 0
	return func(yield func(monitor.Event, error) bool) {
		readers++
		last := readers > 1
		if last {
			defer stop()
		}
		for _, i := range seen {
			if !yield(i.event, i.err) {
				return
			}
		}
		for {
			ev, err, ok := next()
			if !ok {
				return
			}
			if !last {
				seen = append(seen, item{ev, err})
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
