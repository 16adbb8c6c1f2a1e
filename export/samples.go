package export

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/genmeter/genmeter/monitor"
)

// sample is one sample of an event.
type sample struct {
	monitor.Metric
	attrs []monitor.Attr // those of Metric, but for doubles and those named like a column of the sample's own
	own   bool           // of a metric of the caller's own
	fresh bool           // time or attributes are others than when it was last cleared
}

// set makes s the sample m; first says that it is the first one of an event.
func (s *sample) set(m monitor.Metric, first bool) {
	changed := first || !sameSlice(s.Attrs, m.Attrs)
	s.Metric = m
	if s.Name == "" {
		s.Name = "unknown"
	}
	if !changed {
		return
	}
	s.fresh = true
	s.attrs = s.attrs[:0]
	for _, a := range m.Attrs {
		if !utf8.ValidString(a.Key) {
			a.Key = strings.ToValidUTF8(a.Key, "\uFFFD")
		}
		own := a.Key == columnTimestamp || a.Key == columnValue
		if !own && !slices.ContainsFunc(s.attrs, func(o monitor.Attr) bool { return o.Key == a.Key }) {
			s.attrs = append(s.attrs, a)
		}
	}
}

// sameSlice reports whether a and b are one and the same slice.
func sameSlice(a, b []monitor.Attr) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// The columns that every sample has, in the formats by sample. Attributes of these names give way.
const (
	columnTimestamp = "timestamp"
	columnValue     = "value"
)
