package otlp

import (
	"bytes"
	"strconv"
)

// jsonReader walks over a body in JSON.
type jsonReader struct {
	scanner
	v   Visitor
	end error // the Visitor's
	rec Record
}

func jsonTraces(body []byte, v Visitor) error {
	r := newJSONReader(body, v)
	return r.request("resourceSpans", "resource_spans", "scopeSpans", "scope_spans", "spans", "spans", r.span)
}

func jsonLogs(body []byte, v Visitor) error {
	r := newJSONReader(body, v)
	return r.request("resourceLogs", "resource_logs", "scopeLogs", "scope_logs", "logRecords", "log_records", r.log)
}

func newJSONReader(body []byte, v Visitor) *jsonReader {
	return &jsonReader{scanner: scanner{b: bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))}, v: v}
}

// request reads a request whose lists have these names; record reads one element of the innermost.
func (r *jsonReader) request(resources, resources2, scopes, scopes2, records, records2 string, record func()) error {
	if r.peek() != '{' {
		r.fail("a JSON object with " + resources)
		return r.err
	}
	r.lists("a JSON object with "+resources, resources, resources2, func() {
		r.lists("an object with "+scopes, scopes, scopes2, func() {
			r.lists("an object with "+records, records, records2, func() {
				if record(); r.err == nil {
					r.err = r.end
				}
			})
		})
	})
	if r.peek(); r.err == nil && r.i < len(r.b) {
		r.fail("the end of the body")
	}
	return r.err
}

// lists reads an object, and calls fn for each element of its array of this name.
func (r *jsonReader) lists(what, name, name2 string, fn func()) {
	r.object(what, func(key []byte) {
		if string(key) == name || string(key) == name2 {
			r.array("an array of "+name, fn)
		} else {
			r.skip()
		}
	})
}

func (r *jsonReader) span() {
	rec := &r.rec
	*rec = Record{}
	r.object("a span", func(key []byte) {
		switch string(key) {
		case "traceId", "trace_id":
			r.id(rec, rec.TraceID[:])
		case "spanId", "span_id":
			r.id(rec, rec.SpanID[:])
		case "parentSpanId", "parent_span_id":
			r.id(rec, rec.ParentID[:])
		case "name":
			rec.Name = r.scalar()
		case "startTimeUnixNano", "start_time_unix_nano":
			rec.Start = r.nanos()
		case "endTimeUnixNano", "end_time_unix_nano":
			rec.End = r.nanos()
		case "attributes":
			r.attrs(r.v.Attr)
		case "events":
			r.array("an array of events", r.event)
		case "status":
			r.status(rec)
		default:
			r.skip()
		}
	})
	r.tell(rec)
}

// tell hands a whole record to the Visitor.
func (r *jsonReader) tell(rec *Record) {
	if r.err == nil {
		r.end = r.v.Record(rec)
	}
}

func (r *jsonReader) event() {
	r.object("an event", func(key []byte) {
		switch string(key) {
		case "name":
			r.v.EventName(r.scalar())
		case "attributes":
			r.attrs(r.v.EventAttr)
		default:
			r.skip()
		}
	})
}

func (r *jsonReader) status(rec *Record) {
	r.object("a status", func(key []byte) {
		switch string(key) {
		case "code":
			v := r.scalar()
			rec.Status = statusOf(v)
		case "message":
			rec.Message = r.scalar()
		default:
			r.skip()
		}
	})
}

// statusOf returns the code that a number or a name stands for.
func statusOf(v Value) int {
	if n, ok := v.Int(); ok {
		return int(n)
	}
	switch string(bytes.ToUpper(bytes.TrimPrefix(v.text, []byte("STATUS_CODE_")))) {
	case "OK":
		return StatusOK
	case "ERROR":
		return StatusError
	}
	return StatusUnset
}

func (r *jsonReader) log() {
	rec := &r.rec
	*rec = Record{}
	var observed uint64
	r.object("a log record", func(key []byte) {
		switch string(key) {
		case "traceId", "trace_id":
			r.id(rec, rec.TraceID[:])
		case "spanId", "span_id":
			r.id(rec, rec.SpanID[:])
		case "eventName", "event_name":
			rec.Name = r.scalar()
		case "timeUnixNano", "time_unix_nano":
			rec.End = r.nanos()
		case "observedTimeUnixNano", "observed_time_unix_nano":
			observed = r.nanos()
		case "attributes":
			r.attrs(r.v.Attr)
		default:
			r.skip()
		}
	})
	if rec.End == 0 {
		rec.End = observed
	}
	r.tell(rec)
}

// id reads an id into to, which is one of rec's.
func (r *jsonReader) id(rec *Record, to []byte) {
	v := r.scalar()
	if v.kind == kindNone {
		return
	}
	if v.kind != kindText {
		rec.BadID = true
		return
	}
	text := v.text
	if v.escaped {
		text = []byte(v.Text()) // base64 with its slash escaped
	}
	rec.id(to, text, true)
}

// nanos reads a time in nanoseconds, 0 when there is none. JavaScript writes some as floats.
func (r *jsonReader) nanos() uint64 {
	v := r.scalar()
	if v.kind != kindText && v.kind != kindNumber {
		return 0
	}
	if n, err := strconv.ParseUint(string(v.text), 10, 64); err == nil {
		return n
	}
	if f, ok := v.Float(); ok && f > 0 && f < 1<<64 {
		return uint64(f)
	}
	return 0
}

// attrs reads an array of attributes.
func (r *jsonReader) attrs(tell func([]byte, Value)) {
	r.array("an array of attributes", func() {
		var key []byte
		var v Value
		r.object("an attribute", func(name []byte) {
			switch string(name) {
			case "key":
				k := r.scalar()
				if key = k.text; k.escaped {
					key = []byte(k.Text())
				}
			case "value":
				v = r.value(true)
			default:
				r.skip()
			}
		})
		if r.err == nil {
			tell(key, v)
		}
	})
}

// value reads a value; an array only where it is not in an array itself. A bare string, number or boolean is taken too.
func (r *jsonReader) value(arrays bool) (v Value) {
	if r.peek() != '{' {
		return r.scalar()
	}
	r.object("a value", func(key []byte) {
		switch string(key) {
		case "stringValue", "string_value", "boolValue", "bool_value":
			v = r.scalar()
		case "intValue", "int_value", "doubleValue", "double_value":
			if v = r.scalar(); v.kind == kindText {
				v.kind = kindNumber
			}
		case "arrayValue", "array_value":
			if !arrays {
				r.skip()
				v = Value{kind: kindOther}
				return
			}
			v = r.firstOf()
		default:
			r.skip()
			v = Value{kind: kindOther}
		}
	})
	return v
}

// firstOf reads the first element of an array.
func (r *jsonReader) firstOf() (first Value) {
	n := 0
	r.object("an array value", func(key []byte) {
		if string(key) != "values" {
			r.skip()
			return
		}
		r.array("an array of values", func() {
			v := r.value(false)
			if n++; n == 1 {
				first = v
			}
		})
	})
	return first
}
