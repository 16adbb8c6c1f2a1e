package export

import (
	"context"

	"github.com/genmeter/genmeter/monitor"
)

// lookEvery is after how many events an encoder looks whether its context has ended.
const lookEvery = 4096

// eachEvent calls f with the events of src in order. It ends with the first error of src, ctx or f, and returns it as it is.
// The event is f's until it returns.
func eachEvent(ctx context.Context, src monitor.Source, f func(*monitor.Event) error) error {
	var cur monitor.Event // one for all, since f's argument is on the heap
	n := 0
	for ev, err := range src {
		if err != nil {
			return err
		}
		if n%lookEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		n++
		cur = ev
		if err := f(&cur); err != nil {
			return err
		}
	}
	return ctx.Err()
}
