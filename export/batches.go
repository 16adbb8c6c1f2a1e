package export

import (
	"context"

	"github.com/genmeter/genmeter/monitor"
)

// batchSize is how many events pass from the goroutine that reads to the one that writes at a time, and batchCount how many
// such batches there are: about 2 MiB in all, and their strings.
const (
	batchSize  = 1024
	batchCount = 4
)

// eachBatch is like [eachEvent], but reads src in a goroutine of its own, ahead of f: decoding and encoding take a core each.
// f gets only events that want says yes to, and may keep a batch until it returns. The goroutine has ended when
// eachBatch returns; a panic of src comes up here.
func eachBatch(ctx context.Context, src monitor.Source, want func(*monitor.Event) bool, f func([]monitor.Event) error) error {
	full := make(chan []monitor.Event, batchCount)
	free := make(chan []monitor.Event, batchCount)
	for range batchCount {
		free <- make([]monitor.Event, 0, batchSize)
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	var panicked any
	go func() {
		defer close(full)
		defer func() { panicked = recover() }()
		failed = fillBatches(reading, src, want, full, free)
	}()
	var err error
	for batch := range full {
		if err == nil {
			if err = f(batch); err != nil {
				stop() // the rest is read no more; what is on its way is dropped
			}
		}
		free <- batch[:0]
	}
	switch {
	case panicked != nil:
		panic(panicked)
	case err != nil:
		return err
	}
	return failed
}

// fillBatches sends the events of src in batches. There are as many places in full and free as batches: only the wait for a
// free one blocks, and the receiver of full gives each back.
func fillBatches(
	ctx context.Context, src monitor.Source, want func(*monitor.Event) bool, full chan<- []monitor.Event, free <-chan []monitor.Event,
) error {
	batch := <-free
	for ev, err := range src {
		if err != nil {
			return err
		}
		if want != nil && !want(&ev) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		if batch = append(batch, ev); len(batch) < batchSize {
			continue
		}
		full <- batch
		if ctx.Err() != nil {
			return ctx.Err()
		}
		batch = <-free
	}
	if len(batch) > 0 {
		full <- batch
	}
	return ctx.Err()
}
