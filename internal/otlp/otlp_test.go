package otlp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// teller writes down what it is told.
type teller struct {
	strings.Builder
	err error
}

func (l *teller) Attr(key []byte, v Value)      { fmt.Fprintf(l, "%s=%s ", key, v.Text()) }
func (l *teller) EventName(name Value)          { fmt.Fprintf(l, "[%s] ", name.Text()) }
func (l *teller) EventAttr(key []byte, v Value) { fmt.Fprintf(l, "[%s=%s] ", key, v.Text()) }
func (l *teller) Record(r *Record) error {
	fmt.Fprintf(l, "%s %x<%x %d-%d %d:%s bad=%v\n", r.Name.Text(), r.SpanID, r.ParentID, r.Start, r.End, r.Status, r.Message.Text(), r.BadID)
	return l.err
}

// TestJSONRecords: records in the order of the body, whatever the order of their keys, with what is about them and no more.
func TestJSONRecords(t *testing.T) {
	body := "\xef\xbb\xbf" + `{"x":[[],{"a":{}},"\\",-1.5e3,true,null],"resourceSpans":[null,{"scopeSpans":[{"spans":[
		{"status":{"message":"no\u00e7","x":1,"code":2},"attributes":[{"value":{"arrayValue":{"x":1,"values":[{"boolValue":true},{"arrayValue":{"values":[]}}]}},"key":"a"},
		 {"key":"b\u002ec","value":{"kvlistValue":{"values":[]}}},{"key":"d","value":{"arrayValue":{"values":[{"array_value":{}}]}}},{"key":"e","value":{"doubleValue":"NaN"}}],
		 "events":[{"attributes":[{"key":"k","value":{"string_value":"v"}}],"name":"n","timeUnixNano":"1"}],"spanId":"AAAAAAAAAAE=","parentSpanId":"zz",
		 "name":"s","endTimeUnixNano":18446744073709551615,"startTimeUnixNano":"1.5e3"}]}]}]} `
	var l teller
	if err := Traces([]byte(body), JSON, &l); err != nil {
		t.Fatal(err)
	}
	const want = "a=true b.c= d= e=NaN [k=v] [n] s 0000000000000001<0000000000000000 1500-18446744073709551615 2:noç bad=true\n"
	if l.String() != want {
		t.Errorf("got  %s\nwant %s", l.String(), want)
	}
}

// TestVisitorEndsWalk: its error ends the walk in either encoding, and is what is returned.
func TestVisitorEndsWalk(t *testing.T) {
	stop := errors.New("stop")
	record, _ := hex.DecodeString("0a06120412001200") // two log records without anything in them
	for enc, body := range [][]byte{record, []byte(`{"resource_logs":[{"scope_logs":[{"log_records":[{},{}]}]}]}`)} {
		l := teller{err: stop}
		if err := Logs(body, Encoding(enc), &l); !errors.Is(err, stop) || strings.Count(l.String(), "\n") != 1 {
			t.Errorf("%d: %v %q", enc, err, l.String())
		}
	}
}

// TestValues: what a value is taken for.
func TestValues(t *testing.T) {
	for _, test := range []struct {
		v     Value
		n     int64
		isInt bool
		f     float64
		isNum bool
		text  string
	}{
		{Value{}, 0, false, 0, false, ""},
		{textValue([]byte("7")), 7, true, 7, true, "7"},
		{textValue([]byte("7.5")), 0, false, 7.5, true, "7.5"},
		{textValue([]byte("7e2")), 700, true, 700, true, "7e2"},
		{textValue([]byte("seven")), 0, false, 0, false, "seven"},
		{Value{kind: kindInt, n: math.MinInt64}, math.MinInt64, true, math.MinInt64, true, "-9223372036854775808"},
		{Value{kind: kindFloat, f: 3}, 3, true, 3, true, "3"},
		{Value{kind: kindFloat, f: 1e19}, 0, false, 1e19, true, "1e+19"},
		{Value{kind: kindFloat, f: math.Inf(1)}, 0, false, math.Inf(1), true, "+Inf"},
		{Value{kind: kindBool, n: 1}, 0, false, 0, false, "true"},
		{Value{kind: kindOther}, 0, false, 0, false, ""},
		{Value{kind: kindText, text: []byte(`a\n\ud83d\ude00`), escaped: true}, 0, false, 0, false, "a\n😀"},
		{Value{kind: kindText, text: []byte(`\x`), escaped: true}, 0, false, 0, false, `\x`},
	} {
		n, isInt := test.v.Int()
		f, isNum := test.v.Float()
		if n != test.n || isInt != test.isInt || f != test.f || isNum != test.isNum || test.v.Text() != test.text {
			t.Errorf("%+v: %d %v, %g %v, %q", test.v, n, isInt, f, isNum, test.v.Text())
		}
	}
	long := textValue(bytes.Repeat([]byte("x"), 1<<20))
	if n := len(long.Text()); n != maxText {
		t.Errorf("%d bytes of a long text", n)
	}
}

// TestIDs: hexadecimal of either case, base64 with and without padding, and nothing else.
func TestIDs(t *testing.T) {
	for text, want := range map[string]string{
		"00000000000000ff": "00000000000000ff", "00000000000000FF": "00000000000000ff", "AAAAAAAAAP8=": "00000000000000ff",
		"AAAAAAAAAP8": "00000000000000ff", "": "0000000000000000", "00000000000000fg": "bad", "ff": "bad", "AAAA": "bad",
		strings.Repeat("A", 1000): "bad",
	} {
		var r Record
		r.id(r.SpanID[:], []byte(text), true)
		got := hex.EncodeToString(r.SpanID[:])
		if r.BadID {
			got = "bad"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// nobody is told and does nothing.
type nobody struct{}

func (nobody) Attr([]byte, Value)      {}
func (nobody) EventName(Value)         {}
func (nobody) EventAttr([]byte, Value) {}
func (nobody) Record(*Record) error    { return nil }

// TestWalkCopiesNothing: a walk over a thousand spans allocates as much as one over none.
func TestWalkCopiesNothing(t *testing.T) {
	span := `{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","attributes":[{"key":"gen_ai.input.messages","value":{"stringValue":"` +
		strings.Repeat(`a\"b`, 1000) + `"}}],"events":[{"name":"e","attributes":[{"key":"k","value":{"intValue":"1"}}]}]}`
	inJSON := func(n int) []byte {
		spans := strings.TrimSuffix(strings.Repeat(span+",", n), ",")
		return []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[` + spans + `]}]}]}`)
	}
	inProtobuf := func(n int) []byte {
		attr := message(attrKey, []byte("k"), attrValue, message(valueArray, message(arrayValues, message(valueText, []byte("v")))))
		span := message(spanAttrs, attr, spanEvents, message(eventAttrs, attr), spanStatus, message(statusMessage, []byte("m")))
		return message(resourcesOf, message(scopesOf, bytes.Repeat(message(recordsOf, span), n)))
	}
	for enc, body := range []func(int) []byte{inProtobuf, inJSON} {
		allocs := func(n int) float64 {
			b := body(n)
			return testing.AllocsPerRun(5, func() {
				if err := Traces(b, Encoding(enc), nobody{}); err != nil {
					t.Fatal(err)
				}
			})
		}
		if none, many := allocs(1), allocs(1000); many > none {
			t.Errorf("encoding %d: %g allocations for 1,000 spans, %g for one", enc, many, none)
		}
	}
}

// message returns a message of fields with a length: number, data, number, data …
func message(fields ...any) []byte {
	var b []byte
	for i := 0; i < len(fields); i += 2 {
		b = protowire.AppendTag(b, protowire.Number(fields[i].(int)), protowire.BytesType)
		b = protowire.AppendBytes(b, fields[i+1].([]byte))
	}
	return b
}
