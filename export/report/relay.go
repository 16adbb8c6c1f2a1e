package report

import "github.com/genmeter/genmeter/monitor"

const (
	relayBatch   = 512 // events handed over at once
	relayBatches = 4   // on their way at most: with them, 1 MB
)

// relay hands events to another goroutine, so that a run is judged while it is read.
type relay struct {
	batch       []monitor.Event
	full, empty chan []monitor.Event
	done        chan struct{}
}

// newRelay calls see with each event in a goroutine of its own, and then finish.
func newRelay(see func(*monitor.Event), finish func()) *relay {
	r := &relay{
		full: make(chan []monitor.Event, relayBatches), empty: make(chan []monitor.Event, relayBatches), done: make(chan struct{}),
	}
	for range relayBatches {
		r.empty <- make([]monitor.Event, 0, relayBatch)
	}
	r.batch = <-r.empty
	go func() {
		defer close(r.done)
		for batch := range r.full {
			for i := range batch {
				see(&batch[i])
			}
			r.empty <- batch[:0]
		}
		finish()
	}()
	return r
}

func (r *relay) send(ev *monitor.Event) {
	r.batch = append(r.batch, *ev)
	if len(r.batch) == relayBatch {
		r.full <- r.batch
		r.batch = <-r.empty
	}
}

// close returns when everything has been seen.
func (r *relay) close() {
	r.full <- r.batch
	close(r.full)
	<-r.done
}
