package plot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// maxPoints is how many samples are drawn one by one; more are summed up by time.
const maxPoints = 2000

// samples are those of one metric, for drawing.
type samples struct {
	metric string
	all    exact
	lines  *timeline[sampleSlot]
	points []point // in the order of arrival; nil when there are more than maxPoints
	none   uint64  // samples without a time
	// from and to are the times of the first and the last sample, valid when there are any with a time.
	from, to float64
	known    map[string]struct{} // metrics that there are
	events   uint64
}

// sampleSlot are the samples within a bin of time.
type sampleSlot struct {
	sketch   // of their values
	from, to float64
}

func (s *sampleSlot) mergeSlot(o *sampleSlot) {
	if s.n == 0 {
		s.from, s.to = o.from, o.to
	}
	s.from, s.to = min(s.from, o.from), max(s.to, o.to)
	s.merge(&o.sketch)
}

// maxKnown is how many names of metrics are kept, for an error that lists them.
const maxKnown = 10_000

func readSamples(src monitor.Source, metric string) (*samples, error) {
	s := &samples{
		metric: metric, lines: newTimeline((*sampleSlot).mergeSlot), points: []point{}, known: make(map[string]struct{}),
	}
	for ev, err := range src {
		if err != nil {
			return nil, err
		}
		s.events++
		s.addEvent(&ev)
	}
	if s.all.n == 0 {
		return nil, s.missing()
	}
	return s, nil
}

func (s *samples) addEvent(e *monitor.Event) {
	for m := range e.Metrics {
		name := m.Name
		switch {
		case e.Kind == monitor.KindMetric && builtin(name):
			continue // a sample of the caller's own under such a name is in files alone
		case strings.HasPrefix(name, prefixFinish) && name != s.metric:
			name = prefixFinish + monitor.ClassifyFinishReason(name[len(prefixFinish):])
		}
		if !finite(m.Value) {
			continue
		}
		if name != s.metric {
			if _, ok := s.known[name]; !ok && len(s.known) < maxKnown {
				s.known[strings.Clone(name)] = struct{}{}
			}
			continue
		}
		s.add(m)
	}
}

func (s *samples) add(m monitor.Metric) {
	s.all.add(m.Value)
	if !datable(m.Time) {
		s.none++
		return
	}
	at := unix(m.Time)
	if s.all.n-s.none == 1 {
		s.from, s.to = at, at
	}
	s.from, s.to = min(s.from, at), max(s.to, at)
	slot := s.lines.at(m.Time)
	if slot.n == 0 {
		slot.from, slot.to = at, at
	}
	slot.from, slot.to = min(slot.from, at), max(slot.to, at)
	slot.add(m.Value)
	switch {
	case s.points == nil:
	case len(s.points) == maxPoints:
		s.points = nil
	default:
		s.points = append(s.points, point{at, m.Value})
	}
}

// missing says that the metric has no samples, and which metrics have.
func (s *samples) missing() error {
	if s.events == 0 {
		return fmt.Errorf("no samples of metric %q: there are no events at all", s.metric)
	}
	if len(s.known) == 0 {
		return fmt.Errorf("no samples of metric %q: none of the %s has a sample of any", s.metric, plural(s.events, "event"))
	}
	const most = 30
	all := slices.SortedFunc(maps.Keys(s.known), cmp.Compare[string])
	list := strings.Join(all[:min(len(all), most)], ", ")
	if len(all) > most {
		list += fmt.Sprintf(" and %d more", len(all)-most)
	}
	return fmt.Errorf("no samples of metric %q: there are %s", s.metric, list)
}
