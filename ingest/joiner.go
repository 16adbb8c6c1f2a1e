package ingest

import (
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// Bounds of what waits to be put together: the writers of one file are threads of one program, so few events are
// being written at a time, and close together.
const (
	maxGroups  = 256
	maxWait    = 10 * time.Second // between times in the file, not of the clock
	maxSamples = 512              // of one timestamp, and those of its last event
)

// joiner puts the samples of a metrics.jsonl together to events. Each event's samples have its timestamp, to the
// microsecond, wherever other threads' lines stand between them. A timestamp's samples wait until 256 later ones have
// begun, or the file has gone 10 s away from it; then they are given out, in the order of their first lines.
//
// What it cannot know: whether a call was a finished conversation (afterimage writes the same samples for both, so that
// records count as calls), the class of a failure and its text (unless genmeter wrote the file), and, of several
// events of one microsecond, which of them had a sample that not all have: see [assemble].
type joiner struct {
	groups map[int64]*group
	queue  []*group // in the order of their first lines
}

// group is the samples of one timestamp.
type group struct {
	key     int64
	at      time.Time
	samples []sample
	arrived time.Time // when its last line did; see reader.now
}

// sample is one line of metrics.jsonl.
type sample struct {
	name  string
	value float64
	attrs []monitor.Attr
	line  int

	from    *origin // of a followed file; nil otherwise
	at, end int64   // where its line is, when from is not nil
}

func newJoiner() *joiner { return &joiner{groups: make(map[int64]*group)} }

// line reads one line.
func (j *joiner) line(rd *reader, l *line) bool {
	var ev monitor.Event
	if err := rd.dec.DecodeAs(monitor.KindMetric, l.text, &ev); err != nil {
		// A call whose time is NaN is a call nevertheless: only the value is lost.
		var p *eventline.Problem
		valueOnly := errors.As(err, &p) && p.Key == "value" && p.Reason != monitor.ReasonMalformed
		if rd.metricsOnly && ofEvent(l.text) {
			return true // the log has it
		}
		if !valueOnly || !opens(ev.Name) || ev.Time.IsZero() {
			return rd.lost(l, err, 0)
		}
		if !rd.bad(valueError(l, p, 0)) {
			return false
		}
		ev.Value = 0
	}
	for _, p := range rd.dec.Problems() {
		if !rd.bad(valueError(l, &p, 0)) {
			return false
		}
	}
	if ev.ID != "" { // to a sample it is an attribute like any other
		ev.Attrs = append(ev.Attrs, monitor.String("id", ev.ID))
	}
	return j.add(rd, ev.Time, sample{
		name: ev.Name, value: ev.Value, attrs: ev.Attrs, line: l.n, from: l.from, at: l.at, end: l.end,
	})
}

// add puts a sample into its group and gives out the groups that have waited long enough.
func (j *joiner) add(rd *reader, at time.Time, s sample) bool {
	key := at.UnixNano()
	g := j.groups[key]
	// A full group is cut where an event begins, so that none is cut in two; one that goes on for ever is cut all the same.
	full := g != nil && (len(g.samples) >= maxSamples && opens(s.name) || len(g.samples) >= 8*maxSamples)
	if g == nil || at.IsZero() || full {
		g = &group{key: key, at: at} // one without a time belongs to nothing else
		j.queue = append(j.queue, g)
		if !at.IsZero() {
			j.groups[key] = g
		}
	}
	g.samples = append(g.samples, s)
	g.arrived = rd.now
	done := 0
	for len(j.queue)-done > 1 && (len(j.queue)-done > maxGroups || j.queue[done].at.Sub(at).Abs() > maxWait) {
		if !j.out(rd, j.queue[done]) {
			return false
		}
		done++
	}
	j.queue = slices.Delete(j.queue, 0, done)
	return true
}

// out gives out one group.
func (j *joiner) out(rd *reader, g *group) bool {
	if j.groups[g.key] == g {
		delete(j.groups, g.key)
	}
	events, bad := assemble(g)
	if rd.metricsOnly {
		events = slices.DeleteFunc(events, func(ev monitor.Event) bool { return ev.Kind != monitor.KindMetric })
		bad = nil
	}
	for i := range events {
		settle(&events[i])
		if !rd.yield(events[i], nil) {
			return false
		}
	}
	for _, e := range bad {
		if !rd.bad(e) {
			return false
		}
	}
	return true
}

// expire gives out the groups whose last line arrived no later than before, as far as none that is younger stands before
// them: they have waited long enough for lines that may never come.
func (j *joiner) expire(rd *reader, before time.Time) bool {
	done := 0
	for done < len(j.queue) && !j.queue[done].arrived.After(before) {
		if !j.out(rd, j.queue[done]) {
			return false
		}
		done++
	}
	j.queue = slices.Delete(j.queue, 0, done)
	return true
}

// flush gives out what still waits.
func (j *joiner) flush(rd *reader) bool {
	for _, g := range j.queue {
		if !j.out(rd, g) {
			return false
		}
	}
	j.queue = nil
	return true
}

// sampleName finds the name of a sample on a line that may be cut off.
var sampleName = regexp.MustCompile(`"metric"\s*:\s*"([^"]*)`)

// ofEvent reports whether a line that could not be read is a sample of a call or an evaluation.
func ofEvent(line []byte) bool {
	m := sampleName.FindSubmatch(line)
	if m == nil {
		return false
	}
	name, _, _ := slot(string(m[1]))
	return name != ""
}
