package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// totals is what a run has in all.
type totals struct {
	calls  int
	prompt map[string]int // prompt tokens by model
}

func (c totals) equal(other totals) bool {
	return c.calls == other.calls && maps.Equal(c.prompt, other.prompt)
}

// ledger is what senders remember: which batches were sent and which of them were acknowledged. It is safe for concurrent use.
type ledger struct {
	mu    sync.Mutex
	sent  map[string]int // events, by batch
	acked map[string]int
	open  map[string]int // sent since the last resend, and not acknowledged
	names int
}

func newLedger() *ledger {
	return &ledger{sent: map[string]int{}, acked: map[string]int{}, open: map[string]int{}}
}

// name returns a name that batches can begin with and that no other has.
func (l *ledger) name() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names++
	return fmt.Sprint(l.names)
}

func (l *ledger) send(batch string, events int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent[batch], l.open[batch] = events, events
}

func (l *ledger) ack(batch string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked[batch] = l.sent[batch]
	delete(l.open, batch)
}

// takeOpen returns what was sent and not acknowledged since it was called last.
func (l *ledger) takeOpen() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	open := l.open
	l.open = map[string]int{}
	return open
}

// grown is an error until more events were acknowledged than so many.
func (l *ledger) grown(since int) error {
	if n := l.events(); n <= since {
		return fmt.Errorf("%d events are acknowledged, expected more", n)
	}
	return nil
}

// events returns how many events were acknowledged.
func (l *ledger) events() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.acked {
		n += k
	}
	return n
}

func eventID(batch string, i int) string { return fmt.Sprintf("%s#%d", batch, i) }

// onDisk is what an independent reader finds in a data directory.
type onDisk struct {
	totals
	ids  map[string]int // how often each is there
	torn int            // last lines that end in the middle
}

// readDisk reads the segments of data directories as any program would read lines of JSON. They may have a torn end only when
// their process was killed and nobody has opened them since.
func readDisk(t *testing.T, dirs ...string) onDisk {
	t.Helper()
	d := onDisk{totals: totals{prompt: map[string]int{}}, ids: map[string]int{}}
	for _, dir := range dirs {
		names, err := filepath.Glob(filepath.Join(dir, "*.ndjson"))
		must(t, err)
		for _, name := range names {
			d.readFile(t, name)
		}
	}
	return d
}

func (d *onDisk) readFile(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	must(t, err)
	defer f.Close()
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			if len(line) > 0 {
				d.torn++
			}
			return
		}
		must(t, err)
		var ev struct {
			Event, ID string
			Model     string `json:"model_name"`
			Prompt    int    `json:"prompt_token_count"`
		}
		if err := unmarshal(bytes.TrimSpace(line), &ev); err != nil || ev.Event != "generation" {
			t.Fatalf("%s has the line %q: %v", name, line, err)
		}
		d.ids[ev.ID]++
		d.calls++
		d.prompt[ev.Model] += ev.Prompt
	}
}

// check wants every acknowledged event on the disk once, and every other one that was sent at most once, all of its batch or
// none; and nothing that was not sent.
func (l *ledger) check(t *testing.T, d onDisk) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	lost, twice, parts, known := 0, 0, 0, 0
	for batch, events := range l.sent {
		there := 0
		for i := range events {
			switch n := d.ids[eventID(batch, i)]; {
			case n > 1:
				twice++
				fallthrough
			case n == 1:
				there++
			}
		}
		known += there
		switch _, acked := l.acked[batch]; {
		case acked:
			lost += events - there
		case there != 0 && there != events:
			parts++
		}
	}
	if lost > 0 || twice > 0 || parts > 0 || d.torn > 0 || known != len(d.ids) {
		t.Errorf("acknowledged and lost: %d events; there twice: %d; batches there in part: %d; torn lines: %d; unknown ids: %d; in all %d, of %d batches",
			lost, twice, parts, d.torn, len(d.ids)-known, len(d.ids), len(l.sent))
	}
}

// checkRun wants the disk to have what was acknowledged, and the process to have counted what the disk has. Nobody may be sending.
func (l *ledger) checkRun(t *testing.T, p *sidecarProcess, dir string) {
	t.Helper()
	d := readDisk(t, dir)
	l.check(t, d)
	if c := p.counted(t); !c.equal(d.totals) {
		t.Errorf("genmeter has counted %+v, the journal has %+v", c, d.totals)
	}
}
