package export

import (
	"context"
	"io"
	"log/slog"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// encodeJSON writes an object of metric to list of samples, metrics in the order of their names, a line a sample:
//
//	{"generation_time":[
//	{"timestamp":"2026-11-24T19:57:10.810207Z","value":1.857,"model_name":"gpt-4o-mini"}
//	]}
func encodeJSON(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	var r jsonRecord
	return tabulate(ctx, src, c, r.append, func(ts *tables, all []*table) error {
		for i, t := range all {
			begin := ",\n"
			if i == 0 {
				begin = "{"
			}
			if err := ts.writeJSON(ctx, w, begin, t); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "}\n")
		return err
	})
}

// writeJSON writes one metric behind begin: its name, and the list of its samples.
func (ts *tables) writeJSON(ctx context.Context, w io.Writer, begin string, t *table) error {
	if _, err := w.Write(append(eventline.AppendString([]byte(begin), t.name), ':')); err != nil {
		return err
	}
	first := true
	err := ts.read(ctx, t, func(chunk []byte) error {
		if first { // a list begins with a bracket, not with a comma
			first, chunk[0] = false, '['
		}
		_, err := w.Write(chunk)
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n]")
	return err
}

// jsonRecord makes the text of samples. What those of one event share is made once.
type jsonRecord struct{ head, tail []byte }

// append appends the sample with the comma before it.
func (r *jsonRecord) append(b []byte, _ *table, s *sample) []byte {
	if s.fresh {
		r.share(s)
	}
	b = append(append(b, r.head...), `,"value":`...)
	if finite(s.Value) {
		b = appendNumber(b, s.Value)
	} else {
		b = append(b, "null"...)
	}
	return append(b, r.tail...)
}

func (r *jsonRecord) share(s *sample) {
	if r.head = append(r.head[:0], ",\n{\"timestamp\":"...); printable(s.Time) {
		r.head = append(appendTime(append(r.head, '"'), s.Time), '"')
	} else {
		r.head = append(r.head, "null"...)
	}
	r.tail = r.tail[:0]
	for _, a := range s.attrs {
		r.tail = append(eventline.AppendString(append(r.tail, ','), a.Key), ':')
		r.tail = appendJSONValue(r.tail, a.Value)
	}
	r.tail = append(r.tail, '}')
}

// appendJSONValue appends an attribute's value with its type. Times are in UTC; NaN and infinities, which JSON has not, are null.
func appendJSONValue(b []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindTime:
		if printable(v.Time()) {
			return append(appendTime(append(b, '"'), v.Time()), '"')
		}
	case slog.KindFloat64:
		if !finite(v.Float64()) {
			return append(b, "null"...)
		}
	}
	return eventline.AppendValue(b, v)
}
