package monitor

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strconv"
	"time"
	"unicode/utf8"
)

// FileMetricHandler returns a MetricHandler that appends every sample to the file metrics.jsonl in dir, which
// [New] makes when needed: a JSON object a line with metric, value, timestamp (RFC 3339) and the sample's attributes
// flat beside them, as Python's afterimage.monitoring writes and tools for either read. It writes through a buffer, at
// most about 20 ms late. While the disk is full it waits, and goes on when there is room, unless the ring laps it:
// what it misses then is counted in genmeter_events_dropped_total. The file is not rotated.
func FileMetricHandler(dir string) MetricHandler {
	return &metricFile{appendFile: appendFile{path: filepath.Join(dir, "metrics.jsonl")}}
}

type metricFile struct {
	appendFile
	line []byte
}

// Name is the value of the handler label.
func (f *metricFile) Name() string { return "metrics.jsonl" }

// HandleMetric appends one sample.
func (f *metricFile) HandleMetric(_ context.Context, m Metric) error {
	_, err := f.Write(appendMetric(nil, m))
	return err
}

// append appends all samples of one event.
func (f *metricFile) append(e *Event) {
	f.line = f.line[:0]
	for m := range e.Metrics {
		f.line = appendMetric(f.line, m)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.add(f.line)
}

// appendMetric appends the line of one sample.
func appendMetric(b []byte, m Metric) []byte {
	b = append(b, `{"metric": `...)
	b = appendJSONString(b, m.Name)
	b = append(b, `, "value": `...)
	b = appendJSONFloat(b, m.Value)
	for _, a := range m.Attrs {
		switch a.Key {
		case "metric", "value", "timestamp":
			continue // the sample's own
		}
		b = append(b, ", "...)
		b = appendJSONString(b, a.Key)
		b = append(b, ": "...)
		b = appendJSONValue(b, a.Value)
	}
	b = append(b, `, "timestamp": "`...)
	b = m.Time.AppendFormat(b, time.RFC3339Nano)
	return append(b, "\"}\n"...)
}

func appendJSONValue(b []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindBool:
		return strconv.AppendBool(b, v.Bool())
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(b, v.Uint64(), 10)
	case slog.KindFloat64:
		return appendJSONFloat(b, v.Float64())
	case slog.KindDuration:
		return appendJSONFloat(b, v.Duration().Seconds())
	case slog.KindTime:
		b = append(b, '"')
		b = v.Time().AppendFormat(b, time.RFC3339Nano)
		return append(b, '"')
	}
	return appendJSONString(b, v.String())
}

// appendJSONFloat appends a number as Python writes it; JSON has no NaN and no infinities: those become null.
func appendJSONFloat(b []byte, v float64) []byte {
	if v-v != 0 {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

func appendJSONString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, _ := json.Marshal(s) // of a string: no error
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
