package ingest

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// maxWaiting is how many lines may wait for their events to be complete, so that the state in which their places are kept
// stays small.
const maxWaiting = 16_384

// waiting returns how many lines wait.
func (f *follower) waiting() (n int) {
	for _, j := range f.joins {
		for _, g := range j.queue {
			n += len(g.samples)
		}
	}
	return n
}

// waitingSpans returns where the lines are that wait, by file. They are before what was read, and not given.
func (f *follower) waitingSpans() map[*origin][]span {
	lines := make(map[*origin][]span)
	for _, j := range f.joins {
		for _, g := range j.queue {
			for _, s := range g.samples {
				lines[s.from] = append(lines[s.from], span{s.at, s.end, s.line - 1})
			}
		}
	}
	for from, all := range lines {
		slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.From, b.From) })
		merged := all[:1]
		for _, s := range all[1:] {
			if last := &merged[len(merged)-1]; last.To == s.From {
				last.To = s.To
			} else {
				merged = append(merged, s)
			}
		}
		lines[from] = merged
	}
	return lines
}

// rejoin reads the lines that waited at the last stop, so that their events go on being put together.
func (f *follower) rejoin() {
	for _, t := range f.tails {
		if len(t.Wait) == 0 || t.file == nil {
			continue
		}
		rd := f.reader(t.Base, Samples)
		rd.name = t.Path
		rd.yield = func(ev monitor.Event, err error) bool {
			return err != nil || f.put(ev, nil) // what is wrong with these lines was told
		}
		for _, s := range t.Wait {
			f.reread(t, rd, s)
		}
		t.Wait = nil
	}
}

func (f *follower) reread(t *tail, rd *reader, s span) {
	b := make([]byte, s.To-s.From)
	if _, err := t.file.ReadAt(b, s.From); err != nil {
		f.problem(t.Path, &FileError{Err: reason(err)})
		return
	}
	at, n := s.From, s.Line
	for text := range bytes.Lines(b) {
		n++
		l := line{n: n, from: t.origin, at: at, end: at + int64(len(text)), whole: true}
		l.text = bytes.TrimLeft(bytes.TrimRight(text, "\r\n"), "\x00")
		l.size = int64(len(l.text))
		rd.line(&l)
		at = l.end
	}
}
