package otlp

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Numbers of the fields of OTLP's messages.
const (
	resourcesOf = 1 // of a request: resource_spans, resource_logs
	scopesOf    = 2 // of those: scope_spans, scope_logs
	recordsOf   = 2 // of those: spans, log_records

	spanTraceID, spanSpanID, spanParentID = 1, 2, 4
	spanName, spanStart, spanEnd          = 5, 7, 8
	spanAttrs, spanEvents, spanStatus     = 9, 11, 15

	eventName, eventAttrs     = 2, 3
	statusMessage, statusCode = 2, 3

	logTime, logAttrs, logTraceID, logSpanID = 1, 6, 9, 10
	logObserved, logEventName                = 11, 12

	attrKey, attrValue                         = 1, 2
	valueText, valueBool, valueInt, valueFloat = 1, 2, 3, 4
	valueArray                                 = 5
	arrayValues                                = 1
)

// protoReader walks over a body in protobuf.
type protoReader struct {
	body []byte
	v    Visitor
	rec  Record
}

// field is one field of a message: data of one with a length, else n.
type field struct {
	num  protowire.Number
	typ  protowire.Type
	data []byte
	n    uint64
}

// is reports whether a field has this number and type. One of another type is no field that we know.
func (f *field) is(num protowire.Number, typ protowire.Type) bool {
	return f.num == num && f.typ == typ
}

func protoTraces(body []byte, v Visitor) error { return walkRecords(body, v, (*protoReader).span) }
func protoLogs(body []byte, v Visitor) error   { return walkRecords(body, v, (*protoReader).log) }

// walkRecords calls record for every span or log record: requests for both have the same shape.
func walkRecords(body []byte, v Visitor, record func(*protoReader, []byte) error) error {
	p := &protoReader{body: body, v: v}
	return p.each(body, resourcesOf, func(resource []byte) error {
		return p.each(resource, scopesOf, func(scope []byte) error {
			return p.each(scope, recordsOf, func(data []byte) error { return record(p, data) })
		})
	})
}

// each calls fn for every message in the field num of msg.
func (p *protoReader) each(msg []byte, num protowire.Number, fn func([]byte) error) error {
	return p.fields(msg, func(f field) error {
		if f.is(num, protowire.BytesType) {
			return fn(f.data)
		}
		return nil
	})
}

// fields calls fn for every field of msg.
func (p *protoReader) fields(msg []byte, fn func(field) error) error {
	for len(msg) > 0 {
		num, typ, n := protowire.ConsumeTag(msg)
		if n < 0 {
			return p.fail(msg, "no field of a message")
		}
		f := field{num: num, typ: typ}
		rest := msg[n:]
		switch typ {
		case protowire.VarintType:
			f.n, n = protowire.ConsumeVarint(rest)
		case protowire.Fixed64Type:
			f.n, n = protowire.ConsumeFixed64(rest)
		case protowire.BytesType:
			var size uint64
			if size, n = protowire.ConsumeVarint(rest); n >= 0 {
				if left := uint64(len(rest) - n); size > left {
					return p.fail(msg, fmt.Sprintf("a field of %d bytes where %d are left", size, left))
				}
				f.data = rest[n : n+int(size)]
				n += int(size)
			}
		default:
			n = protowire.ConsumeFieldValue(num, typ, rest)
		}
		if n < 0 {
			return p.fail(rest, "a field that is cut off or of no known type")
		}
		if err := fn(f); err != nil {
			return err
		}
		msg = rest[n:]
	}
	return nil
}

func (p *protoReader) fail(at []byte, found string) error {
	// All slices share the body's end of capacity, so the difference is where this one begins.
	return fmt.Errorf("byte %d: found %s, expected OTLP in protobuf", cap(p.body)-cap(at)+1, found)
}

func (p *protoReader) span(data []byte) error {
	r := &p.rec
	*r = Record{}
	err := p.fields(data, func(f field) error {
		switch {
		case f.is(spanTraceID, protowire.BytesType):
			r.id(r.TraceID[:], f.data, false)
		case f.is(spanSpanID, protowire.BytesType):
			r.id(r.SpanID[:], f.data, false)
		case f.is(spanParentID, protowire.BytesType):
			r.id(r.ParentID[:], f.data, false)
		case f.is(spanName, protowire.BytesType):
			r.Name = textValue(f.data)
		case f.is(spanStart, protowire.Fixed64Type):
			r.Start = f.n
		case f.is(spanEnd, protowire.Fixed64Type):
			r.End = f.n
		case f.is(spanAttrs, protowire.BytesType):
			return p.attr(f.data, p.v.Attr)
		case f.is(spanEvents, protowire.BytesType):
			return p.event(f.data)
		case f.is(spanStatus, protowire.BytesType):
			return p.status(f.data, r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.v.Record(r)
}

func (p *protoReader) event(data []byte) error {
	return p.fields(data, func(f field) error {
		switch {
		case f.is(eventName, protowire.BytesType):
			p.v.EventName(textValue(f.data))
		case f.is(eventAttrs, protowire.BytesType):
			return p.attr(f.data, p.v.EventAttr)
		}
		return nil
	})
}

func (p *protoReader) status(data []byte, r *Record) error {
	return p.fields(data, func(f field) error {
		switch {
		case f.is(statusMessage, protowire.BytesType):
			r.Message = textValue(f.data)
		case f.is(statusCode, protowire.VarintType):
			r.Status = int(int32(f.n))
		}
		return nil
	})
}

func (p *protoReader) log(data []byte) error {
	r := &p.rec
	*r = Record{}
	var observed uint64
	err := p.fields(data, func(f field) error {
		switch {
		case f.is(logTraceID, protowire.BytesType):
			r.id(r.TraceID[:], f.data, false)
		case f.is(logSpanID, protowire.BytesType):
			r.id(r.SpanID[:], f.data, false)
		case f.is(logEventName, protowire.BytesType):
			r.Name = textValue(f.data)
		case f.is(logTime, protowire.Fixed64Type):
			r.End = f.n
		case f.is(logObserved, protowire.Fixed64Type):
			observed = f.n
		case f.is(logAttrs, protowire.BytesType):
			return p.attr(f.data, p.v.Attr)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if r.End == 0 {
		r.End = observed
	}
	return p.v.Record(r)
}

// attr reads a KeyValue.
func (p *protoReader) attr(data []byte, tell func([]byte, Value)) error {
	var key []byte
	var v Value
	err := p.fields(data, func(f field) (err error) {
		switch {
		case f.is(attrKey, protowire.BytesType):
			key = f.data
		case f.is(attrValue, protowire.BytesType):
			v, err = p.value(f.data, true)
		}
		return err
	})
	if err == nil {
		tell(key, v)
	}
	return err
}

// value reads an AnyValue; an array only where it is not in an array itself.
func (p *protoReader) value(data []byte, arrays bool) (v Value, err error) {
	err = p.fields(data, func(f field) (err error) {
		switch {
		case f.is(valueText, protowire.BytesType):
			v = textValue(f.data)
		case f.is(valueBool, protowire.VarintType):
			v = Value{kind: kindBool, n: int64(min(f.n, 1))}
		case f.is(valueInt, protowire.VarintType):
			v = Value{kind: kindInt, n: int64(f.n)}
		case f.is(valueFloat, protowire.Fixed64Type):
			v = Value{kind: kindFloat, f: math.Float64frombits(f.n)}
		case f.is(valueArray, protowire.BytesType) && arrays:
			v, err = p.firstOf(f.data)
		default:
			v = Value{kind: kindOther}
		}
		return err
	})
	return v, err
}

// firstOf reads the first element of an array. The others are checked to be whole, and no more.
func (p *protoReader) firstOf(data []byte) (first Value, err error) {
	n := 0
	err = p.each(data, arrayValues, func(element []byte) error {
		v, err := p.value(element, false)
		if n++; n == 1 {
			first = v
		}
		return err
	})
	return first, err
}
