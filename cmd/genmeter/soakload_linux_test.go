package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestSoakSlow has clients that send a byte at a time or never read their answers; the others are served as ever.
func TestSoakSlow(t *testing.T) {
	t.Parallel()
	l, dir := newLedger(), t.TempDir()
	p := startProcess(t, "", "--data-dir="+dir, "--resume")
	var held []net.Conn
	for i := range 200 {
		c, err := net.Dial("tcp", p.address)
		must(t, err)
		defer c.Close()
		held = append(held, c)
		_, err = fmt.Fprintf(c, "POST /api/v1/events HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n", p.address)
		must(t, err)
		if i%2 == 0 { // requests without end, and nobody who reads what is answered
			go func() {
				for {
					if _, err := fmt.Fprintf(c, "GET /metrics HTTP/1.1\r\nHost: %s\r\n\r\n", p.address); err != nil {
						return
					}
				}
			}()
		}
	}
	for range 5 * soakScale(t) {
		underLoad(t, l, p, func() {
			for _, c := range held {
				_, _ = c.Write([]byte{'{'}) // the sidecar may have given it up
			}
		})
	}
	l.checkRun(t, p, dir)
	p.terminate(t)
}

// TestSoakConnections has a thousand clients at once, twice as many as the sidecar serves at a time.
func TestSoakConnections(t *testing.T) {
	t.Parallel()
	l, dir := newLedger(), t.TempDir()
	p := startProcess(t, "", "--data-dir="+dir, "--resume")
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	for range soakScale(t) {
		name := l.name()
		var wg sync.WaitGroup
		var failed atomic.Int64
		for i := range 1000 {
			wg.Go(func() {
				batch := fmt.Sprint(name, "/", i)
				l.send(batch, 2)
				status, taken, err := postEvents(t.Context(), client, p.address, soakBatch(batch, 2))
				if err != nil || status != http.StatusOK || taken.Accepted != 2 {
					failed.Add(1)
					t.Logf("%s: status %d, %+v, %v", batch, status, taken, err)
					return
				}
				l.ack(batch)
			})
		}
		wg.Wait()
		if n := failed.Load(); n > 0 {
			t.Fatalf("%d of 1,000 clients were not served", n)
		}
	}
	l.checkRun(t, p, dir)
	p.terminate(t)
}

// TestSoakDescriptors takes all file descriptors of the sidecar, so that it can neither open its journal nor accept a connection:
// senders wait or are refused, and are served when there are some again.
func TestSoakDescriptors(t *testing.T) {
	t.Parallel()
	l, dir := newLedger(), t.TempDir()
	p := startProcess(t, `ulimit -n 24; exec "$@"`, "--data-dir="+dir, "--resume")
	for range soakScale(t) {
		s := send(t, l, p.address, batchSizes[:2]...)
		begin := l.events()
		must(t, until(func() error { return l.grown(begin) }))
		var held []net.Conn
		for range 60 {
			c, err := net.Dial("tcp", p.address)
			must(t, err)
			defer c.Close()
			held = append(held, c)
		}
		must(t, until(func() error {
			if !strings.Contains(p.log.String(), "too many open files") {
				return fmt.Errorf("the log has no complaint:\n%s", p.log)
			}
			return nil
		}))
		for _, c := range held {
			must(t, c.Close())
		}
		s.stop()
		underLoad(t, l, p, func() {})
	}
	l.checkRun(t, p, dir)
	p.terminate(t)
}

// TestSoakMemory sends large batches to a sidecar that is told to do with little memory.
func TestSoakMemory(t *testing.T) {
	t.Parallel()
	const most = 512 << 20 // the race detector takes several times what the program does
	l, dir := newLedger(), t.TempDir()
	p := startProcess(t, `GOMEMLIMIT=64MiB exec "$@"`, "--data-dir="+dir, "--resume", "--data-dir.max-size=64MB")
	begun, enough := time.Now(), 200_000*soakScale(t)
	s := send(t, l, p.address, 5000, 5000, 5000, 5000)
	must(t, until(func() error { return l.grown(min(enough, 40_000) - 1) }))
	for l.events() < enough {
		before := l.events()
		must(t, until(func() error { return l.grown(before) }))
	}
	s.stop()
	peak := p.peakMemory(t)
	t.Logf("%d events in %v, at most %d MiB", l.events(), time.Since(begun).Round(time.Millisecond), peak>>20)
	if peak > most {
		t.Errorf("genmeter took %d MiB, expected at most %d", peak>>20, most>>20)
	}
	if c := p.counted(t); c.calls != l.events() {
		t.Errorf("genmeter has counted %d calls, %d were acknowledged", c.calls, l.events())
	}
	p.terminate(t)
}
