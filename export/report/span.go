package report

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Span is when a run was. Its times are null, and its length too, when no event has one.
type Span struct {
	From   *time.Time `json:"from"` // of the earliest event
	To     *time.Time `json:"to"`   // of the latest
	Length *float64   `json:"length_seconds"`
}

// Events counts what the report is made of.
type Events struct {
	Total       uint64 `json:"total"`
	Generations uint64 `json:"generations"`
	Evaluations uint64 `json:"evaluations"`
	Records     uint64 `json:"records"`
	Metrics     uint64 `json:"metrics"`
	Begins      uint64 `json:"begins"`
	Targets     uint64 `json:"targets"`
	Usages      uint64 `json:"usages"` // tokens of calls that are not known one by one
	WithoutTime uint64 `json:"without_time"`
}

func (e *Events) add(ev *monitor.Event) {
	e.Total++
	switch ev.Kind {
	case monitor.KindGeneration:
		e.Generations++
	case monitor.KindEvaluation:
		e.Evaluations++
	case monitor.KindRecord:
		e.Records++
	case monitor.KindMetric:
		e.Metrics++
	case monitor.KindBegin:
		e.Begins++
	case monitor.KindTarget:
		e.Targets++
	case monitor.KindUsage:
		e.Usages++
	}
}

// Unreadable is what of the run could not be read: lines, and values that a line lost.
type Unreadable struct {
	Count    uint64   `json:"count"`
	Examples []string `json:"examples"` // the first five
}

const maxExamples = 5

func (u *Unreadable) add(err error) {
	if u.Count++; len(u.Examples) < maxExamples {
		u.Examples = append(u.Examples, oneLine(err.Error(), maxExampleText))
	}
}

// times are what is known of when events were, in nanoseconds since 1970.
type times struct {
	first, last int64
	known       bool
	silences    silences
}

// earliest and latest bound the times that are taken for times: those of the monitor. Nanoseconds since 1970 hold them.
var (
	earliest = time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// instant returns when an event was, false when that is not known.
func instant(t time.Time) (nanos int64, ok bool) {
	if sec := t.Unix(); t.IsZero() || sec < earliest || sec > latest {
		return 0, false
	}
	return t.UnixNano(), true
}

func (t *times) add(at int64) {
	if !t.known {
		t.first, t.last, t.known = at, at, true
		return
	}
	switch {
	case at > t.last:
		t.silences.add(t.last, at)
		t.last = at
	case at < t.first:
		t.silences.add(at, t.first)
		t.first = at
	default:
		t.silences.split(at)
	}
}

func (t *times) span(zone *time.Location) Span {
	if !t.known {
		return Span{}
	}
	return Span{From: new(moment(t.first, zone)), To: new(moment(t.last, zone)), Length: new(seconds(time.Duration(t.last - t.first)))}
}

func moment(nanos int64, zone *time.Location) time.Time { return time.Unix(0, nanos).In(zone) }

// seconds is the number nearest to d; Duration.Seconds makes 1.8599999999999999 of 1.86 s.
func seconds(d time.Duration) float64 { return float64(d) / 1e9 }
