package main

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"
)

// batchSizes are what the senders of a soak send at once.
var batchSizes = []int{1, 7, 100, 700}

// TestSoakKilled kills the sidecar at random moments while it is sent to, and starts it again, in the same data directory. What
// was acknowledged is on the disk once and counted once; what was not is there at most once, and may be sent again.
func TestSoakKilled(t *testing.T) {
	t.Parallel()
	kills := 10 * soakScale(t)
	events, redone := 0, 0
	for run := 0; kills > 0; run++ {
		some := min(kills, 10) // so that reading does not take ever longer
		kills -= some
		n, again := killRun(t, some)
		events += n
		redone += again
		if t.Failed() {
			return
		}
	}
	t.Logf("%d events acknowledged, none lost; %d batches were on the disk and not acknowledged when the sidecar was killed", events, redone)
}

// killRun is one run that is killed so many times.
func killRun(t *testing.T, kills int) (events, redone int) {
	l, dir := newLedger(), t.TempDir()
	p := startProcess(t, "", "--data-dir="+dir, "--resume")
	for range kills {
		underLoad(t, l, p, func() {
			time.Sleep(rand.N(100 * time.Millisecond)) // the random moment
			p.kill(t)
		})
		p = startProcess(t, "", "--data-dir="+dir, "--resume")
		redone += resendSome(t, l, p)
		l.checkRun(t, p, dir)
		if t.Failed() {
			break
		}
	}
	p.terminate(t)
	return l.events(), redone
}

// underLoad does something to p while it is sent to.
func underLoad(t *testing.T, l *ledger, p *sidecarProcess, do func()) {
	t.Helper()
	begin := l.events()
	s := send(t, l, p.address, batchSizes...)
	must(t, until(func() error { return l.grown(begin) }))
	do()
	s.stop()
}

// resendSome sends again, of what was on its way when the sidecar was killed, each with a chance of one half, and returns how many
// batches turned out to be there already.
func resendSome(t *testing.T, l *ledger, p *sidecarProcess) (redone int) {
	t.Helper()
	for batch, size := range l.takeOpen() {
		if rand.N(2) == 0 {
			continue
		}
		status, taken, err := postEvents(t.Context(), http.DefaultClient, p.address, soakBatch(batch, size))
		must(t, err)
		if status != http.StatusOK || taken.Accepted != size && taken.Duplicates != size {
			t.Errorf("batch %s of %d events, sent again: status %d, %+v", batch, size, status, taken)
		}
		if taken.Duplicates == size {
			redone++
		}
		l.ack(batch)
	}
	return redone
}

// TestSoakTerminated ends the sidecar by SIGTERM while it is sent to: it ends well, and what it said is true.
func TestSoakTerminated(t *testing.T) {
	t.Parallel()
	l, dir := newLedger(), t.TempDir()
	for range 2 * soakScale(t) {
		p := startProcess(t, "", "--data-dir="+dir, "--resume")
		l.checkRun(t, p, dir)
		underLoad(t, l, p, func() { p.terminate(t) })
		if t.Failed() {
			return
		}
	}
	l.check(t, readDisk(t, dir))
	t.Logf("%d events acknowledged, none lost", l.events())
}
