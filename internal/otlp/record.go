package otlp

import (
	"encoding/base64"
	"encoding/hex"
)

// TraceID is the id of a trace; the zero id is none.
type TraceID [16]byte

// SpanID is the id of a span within its trace; the zero id is none.
type SpanID [8]byte

// Status codes of a span.
const (
	StatusUnset = 0
	StatusOK    = 1
	StatusError = 2
)

// Record is one span or log record, but for its attributes, which a [Visitor] is told of one by one.
type Record struct {
	TraceID  TraceID
	SpanID   SpanID
	ParentID SpanID // spans only
	BadID    bool   // an id that is there is no id, and left out

	Name Value // a span's name, a log record's event name

	// Start and End are nanoseconds since 1970, 0 when they are not given. A log record has only End: its own time, else
	// the time at which it was observed.
	Start, End uint64

	Status  int   // one of the Status constants; spans only
	Message Value // what the status says; spans only
}

// A Visitor is told of the records of a body. Attr, EventName and EventAttr come, in any order, before the Record that
// they belong to. Keys and values are slices of the body, and the Record is used again: copy what is kept.
type Visitor interface {
	Attr(key []byte, v Value)
	EventName(name Value) // of an event of a span
	EventAttr(key []byte, v Value)
	Record(r *Record) error // an error ends the walk, which returns it
}

// Encoding is how a body is written.
type Encoding uint8

// The encodings of OTLP/HTTP.
const (
	Protobuf Encoding = iota // application/x-protobuf
	JSON                     // application/json
)

// Traces walks over the body of an export of traces.
func Traces(body []byte, enc Encoding, v Visitor) error {
	if enc == JSON {
		return jsonTraces(body, v)
	}
	return protoTraces(body, v)
}

// Logs walks over the body of an export of logs.
func Logs(body []byte, enc Encoding, v Visitor) error {
	if enc == JSON {
		return jsonLogs(body, v)
	}
	return protoLogs(body, v)
}

// id reads an id into to: bytes in protobuf, hexadecimal in JSON, base64 where a generic protobuf library wrote the JSON.
// An empty one is none.
func (r *Record) id(to []byte, text []byte, isText bool) {
	clear(to)
	ok := true
	switch {
	case len(text) == 0:
	case !isText:
		if ok = len(text) == len(to); ok {
			copy(to, text)
		}
	case len(text) == hex.EncodedLen(len(to)):
		_, err := hex.Decode(to, text)
		ok = err == nil
	default:
		ok = fromBase64(to, text)
	}
	if !ok {
		clear(to)
		r.BadID = true
	}
}

func fromBase64(to []byte, text []byte) bool {
	var room [24]byte
	for _, enc := range [...]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding} {
		if enc.DecodedLen(len(text)) > len(room) {
			continue
		}
		if n, err := enc.Decode(room[:], text); err == nil && n == len(to) {
			copy(to, room[:n])
			return true
		}
	}
	return false
}
