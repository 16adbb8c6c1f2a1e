package monitor

import (
	"context"
	"path/filepath"
	"slices"
	"time"
)

// FileMetricHandler returns a MetricHandler that appends every sample to the file metrics.jsonl in dir, which
// [New] makes when needed: a JSON object a line with metric, value, timestamp (RFC 3339, UTC) and the sample's
// attributes flat beside them, as Python's afterimage.monitoring writes and tools for either read. It writes through a
// buffer, at most about 20 ms late; inside a handler of your own, which New does not know, it writes at once. While the
// disk is full it waits, and goes on when there is room, unless the ring laps it: what it misses then is counted in
// genmeter_events_dropped_total. The file is not rotated; it is made again when it was moved away.
func FileMetricHandler(dir string) MetricHandler {
	return &metricFile{appendFile: newAppendFile(filepath.Join(dir, "metrics.jsonl"), 0, 0)}
}

type metricFile struct {
	*appendFile
	lines []byte // of one event
	tail  []byte // what the lines of one event have in common
}

// Name is the value of the handler label.
func (f *metricFile) Name() string { return "metrics.jsonl" }

// HandleMetric appends one sample.
func (f *metricFile) HandleMetric(_ context.Context, m Metric) error {
	_, err := f.Write(appendTail(appendHead(nil, m), m))
	return err
}

// append appends all samples of one event. Most share their attributes and all their time: these are encoded once.
func (f *metricFile) append(e *Event) {
	f.lines, f.tail = f.lines[:0], f.tail[:0]
	var attrs []Attr // of tail
	for m := range e.Metrics {
		if len(f.tail) == 0 || !sameSlice(attrs, m.Attrs) {
			f.tail, attrs = appendTail(f.tail[:0], m), m.Attrs
		}
		f.lines = append(appendHead(f.lines, m), f.tail...)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.add(f.lines)
}

// sameSlice reports whether a and b are one and the same slice.
func sameSlice(a, b []Attr) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// appendHead appends what a sample's line begins with.
func appendHead(b []byte, m Metric) []byte {
	b = append(b, `{"metric": `...)
	b = appendJSONString(b, m.Name)
	b = append(b, `, "value": `...)
	return appendJSONFloat(b, m.Value)
}

// appendTail appends the rest of a sample's line. No key appears twice: the first one stands.
func appendTail(b []byte, m Metric) []byte {
	for i, a := range m.Attrs {
		switch a.Key {
		case "metric", "value", "timestamp":
			continue // the sample's own
		}
		if slices.ContainsFunc(m.Attrs[:i], func(o Attr) bool { return o.Key == a.Key }) {
			continue
		}
		b = append(b, ", "...)
		b = appendJSONString(b, a.Key)
		b = append(b, ": "...)
		b = appendJSONValue(b, a.Value)
	}
	b = append(b, `, "timestamp": "`...)
	b = m.Time.UTC().AppendFormat(b, time.RFC3339Nano)
	return append(b, "\"}\n"...)
}
