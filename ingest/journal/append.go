package journal

import (
	"context"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// Append writes a batch of events and returns when they are durable. After an error none of them is in the journal, and
// none will be read back; the package's comment says which errors there are. A batch of none does nothing.
//
// When ctx ends while the batch waits for its turn, it is withdrawn, and the error is ctx's. A batch that is being written
// can be withdrawn no more: the answer is then the disk's, however long that takes.
//
// The events are not kept. Where they came from (Source) and their spans are not written.
func (j *Journal) Append(ctx context.Context, events []monitor.Event) error {
	if len(events) == 0 {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b := j.takeBatch()
	defer j.giveBatch(b)
	if err := b.encode(events); err != nil {
		return err
	}
	return j.join(ctx, b)
}

// join puts a batch among those that wait, and waits: until another caller has written it, or until it is this one's turn
// to write for all who wait.
func (j *Journal) join(ctx context.Context, b *batch) error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return ErrClosed
	}
	j.pending = append(j.pending, b)
	j.mu.Unlock()
	select {
	case err := <-b.done:
		return err
	case j.turn <- struct{}{}:
		j.writePending()
		<-j.turn
	case <-ctx.Done():
		if j.withdraw(b) {
			return context.Cause(ctx)
		}
	}
	return <-b.done
}

// withdraw takes a batch back; it reports whether that was still possible.
func (j *Journal) withdraw(b *batch) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.Index(j.pending, b)
	if i >= 0 {
		j.pending = slices.Delete(j.pending, i, i+1)
	}
	return i >= 0
}

// writePending writes all that wait, and answers them. The caller has the turn.
func (j *Journal) writePending() {
	j.mu.Lock()
	group := j.pending
	j.pending, j.spare = j.spare[:0], nil
	j.mu.Unlock()
	for rest := group; len(rest) > 0; {
		n, err := j.write(rest)
		j.report(err)
		for _, b := range rest[:n] {
			b.done <- err
		}
		rest = rest[n:]
	}
	clear(group)
	j.mu.Lock()
	j.spare = group[:0]
	j.mu.Unlock()
}

// report logs when writing begins to fail and when it works again; what lies between, each caller is told.
func (j *Journal) report(err error) {
	switch {
	case err != nil && !j.failing:
		j.log.Error("journal: events cannot be written; nothing is acknowledged until they can", "dir", j.dir, "error", err)
	case err == nil && j.failing:
		j.log.Info("journal: events can be written again", "dir", j.dir)
	}
	j.failing = err != nil
}

// What is kept of batches between appends: at most 16 MiB.
const (
	maxFree      = 16
	maxFreeBytes = 1 << 20
)

func (j *Journal) takeBatch() *batch {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := len(j.free) - 1
	if n < 0 {
		return &batch{done: make(chan error, 1)}
	}
	b := j.free[n]
	j.free = j.free[:n]
	return b
}

func (j *Journal) giveBatch(b *batch) {
	if cap(b.buf) > maxFreeBytes {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.free) < maxFree {
		j.free = append(j.free, b)
	}
}
