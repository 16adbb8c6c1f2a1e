package ingest

import (
	"fmt"

	"github.com/genmeter/genmeter/monitor"
)

// Clean gives what a monitor would record of src, so that what is made of a file offline agrees with a replay of it: events
// whose id was seen among the last 65,536 are left out, and impossible values are taken out (see [monitor.Event.Mend]). An
// event of which nothing can be kept is an error among the events, as those of src are; more follow it.
func Clean(src monitor.Source) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		ids := NewIDWindow(0)
		for ev, err := range src {
			switch {
			case err != nil:
			case ids.Has(&ev):
				continue
			default:
				if reason := ev.Mend(nil); reason != "" {
					ev, err = monitor.Event{}, fmt.Errorf("a %s event is refused: %s", ev.Kind, reason)
				} else {
					ids.Add(&ev)
				}
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
