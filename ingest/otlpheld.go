package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// otlpHeldFile is the file of a data directory in which an [OTLPIntake] keeps what it holds. It is no event lines: what is in it
// may count or not.
const otlpHeldFile = "otlp-held.json"

// OTLPHeld is a file in a data directory with what an [OTLPIntake] holds, so that it survives a killed process: usage of agents
// and calls of log records, which wait for other spans and are in no journal yet. One process at a time may use it; the
// journal's lock sees to that.
//
// Open it before the journal is read, show it what the journal has, and give it to the intake:
//
//	held, err := ingest.OpenOTLPHeld("data")
//	for ev, err := range journal.Events() { … held.Seen(&ev) }
//	otlp.KeepIn(held, time.Now())
type OTLPHeld struct {
	// Problems are the lines that cannot be read; the others count nevertheless.
	Problems []error

	name string
	kept []otlpKept
	seen map[string]bool // of all ids in kept: whether the journal has an event of it

	earlier []otlpSighting // a ring of what the journal has; next is the oldest once it is full
	next    int

	mu    sync.Mutex // held while the file is written: who waits finds it done
	saved uint64     // the version that is on disk
}

// OpenOTLPHeld reads the file of a data directory, which need not be there. The error is the file system's.
func OpenOTLPHeld(dataDir string) (*OTLPHeld, error) {
	f := &OTLPHeld{name: filepath.Join(dataDir, otlpHeldFile), seen: make(map[string]bool)}
	text, err := os.ReadFile(f.name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError(f.name, err)
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		var k otlpKept
		if !k.read(line) {
			f.Problems = append(f.Problems, &LineError{
				File: f.name, Line: n, Reason: monitor.ReasonMalformed, Found: eventline.Quote(bytes.TrimSpace(line)),
				Expected: "usage that waits, as it was written here", Lost: true,
			})
			continue
		}
		f.kept = append(f.kept, k)
	}
	for i := range f.kept {
		for _, id := range []string{f.kept[i].event.ID, f.kept[i].Unless} {
			if id != "" {
				f.seen[id] = false
			}
		}
	}
	return f, nil
}

// read reads a line, and reports whether it was written here.
func (k *otlpKept) read(line []byte) bool {
	if json.Unmarshal(line, k) != nil || eventline.NewDecoder(nil).Decode(k.Event, &k.event) != nil {
		return false
	}
	_, _, _, ok := k.place()
	return ok
}

// Len is how many events the file had when it was opened.
func (f *OTLPHeld) Len() int { return len(f.kept) }

// Seen tells of an event that is in the journal. The last of those that came by OTLP are remembered, for what agents around them
// report later.
func (f *OTLPHeld) Seen(ev *monitor.Event) {
	if ev.Kind != monitor.KindGeneration && ev.Kind != monitor.KindUsage {
		return // a begin has the id of its generation
	}
	if _, ok := f.seen[ev.ID]; ok {
		f.seen[ev.ID] = true
	}
	trace, key, ok := otlpPlace(ev.ID)
	if !ok {
		return
	}
	s := otlpSighting{
		trace: trace, span: key.span, start: nanos(ev.Time.Add(-ev.Duration)), end: nanos(ev.Time),
		uses: ev.PromptTokens+ev.CompletionTokens+ev.TotalTokens > 0,
	}
	if ev.Kind == monitor.KindGeneration {
		s.role = otlpCall
	}
	if len(f.earlier) < otlpMaxEarlier {
		f.earlier = append(f.earlier, s)
		return
	}
	f.earlier[f.next] = s
	f.next = (f.next + 1) % otlpMaxEarlier
}

// waiting returns what the journal does not have, and that gives way to nothing that it has or that waits too.
func (f *OTLPHeld) waiting() []otlpKept {
	waits := make(map[string]bool, len(f.kept))
	for i := range f.kept {
		if k := &f.kept[i]; k.Unless != k.event.ID { // else it waits for a better event of its own id
			waits[k.event.ID] = true
		}
	}
	var kept []otlpKept
	for _, k := range f.kept {
		if !f.seen[k.event.ID] && !f.seen[k.Unless] && !waits[k.Unless] {
			kept = append(kept, k)
		}
	}
	return kept
}

// withHeld gives out the events of a data directory, and behind them what was held when its sidecar was killed.
func withHeld(dataDir string, src monitor.Source) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		held, err := OpenOTLPHeld(dataDir)
		if err != nil {
			held = &OTLPHeld{Problems: []error{err}}
		}
		for ev, err := range src {
			if err == nil {
				held.Seen(&ev)
			}
			if !yield(ev, err) {
				return
			}
		}
		for _, problem := range held.Problems {
			if !yield(monitor.Event{}, problem) {
				return
			}
		}
		for _, k := range held.waiting() {
			if !yield(k.event, nil) {
				return
			}
		}
	}
}

// KeepIn makes the intake keep in f what it holds from now on, and hold what f has: its time begins anew. It returns how many
// events that are. Call it before the first body.
func (o *OTLPIntake) KeepIn(f *OTLPHeld, now time.Time) int {
	kept := f.waiting()
	o.held = f
	o.left = append(o.left, o.otlp.restore(now, slices.Concat(f.earlier[f.next:], f.earlier[:f.next]), kept)...)
	f.kept, f.seen, f.earlier = nil, nil, nil
	return len(kept)
}

// save writes what is held if the file does not have it as it was at this version.
func (f *OTLPHeld) save(o *OTLP, version uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.saved >= version {
		return nil
	}
	kept, version := o.snapshot()
	var lines []byte
	for i := range kept {
		lines = kept[i].appendTo(lines)
	}
	var err error
	if len(lines) > 0 {
		err = replaceFile(f.name, lines)
	} else if err = os.Remove(f.name); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("usage that waits for its calls: %s: %w", f.name, reason(err))
	}
	f.saved = version
	return nil
}

// save writes what is held as it is at this version, where it is kept at all.
func (o *OTLPIntake) save(version uint64) error {
	if o.held == nil || version == 0 {
		return nil
	}
	return o.held.save(o.otlp, version)
}
