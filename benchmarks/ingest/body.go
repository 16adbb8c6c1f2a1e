package main

import (
	"encoding/binary"
	"fmt"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// body is a batch of events whose ids can be written into it.
type body struct {
	path, contentType string
	data              []byte
	ids               []int // where the id of each event begins
	write             func(at []byte, id uint64)
	answer            func(batch int) string // to a batch that is taken whole; empty for any
}

// number gives the events the ids from first on.
func (b *body) number(data []byte, first uint64) {
	for i, at := range b.ids {
		b.write(data[at:], first+uint64(i))
	}
}

// eventLines is a batch of calls as genmeter's clients write them.
func eventLines(batch int) *body {
	b := &body{
		path: "/api/v1/events", contentType: "application/x-ndjson", write: hex16,
		answer: func(batch int) string {
			return fmt.Sprintf("{\"accepted\":%d,\"rejected\":0,\"duplicates\":0}\n", batch)
		},
	}
	now := time.Now().UTC().Format(time.RFC3339Nano)
	for i := range batch {
		b.ids = append(b.ids, len(b.data)+len(beforeID))
		b.data = appendCall(b.data, i, 0, now, true, "gpt-4o-mini")
	}
	return b
}

const beforeID = `{"event":"generation","id":"`

// appendCall appends the event line of a call, the i-th one.
func appendCall(dst []byte, i, id int, at string, success bool, model string) []byte {
	return fmt.Appendf(dst, beforeID+`%016x","timestamp":%q,"duration":%.3f,"success":%t,"model_name":%q,"provider":"openai",`+
		`"prompt_token_count":%d,"completion_token_count":%d,"finish_reason":"stop","record_id":"row-%d"}`+"\n",
		id, at, 0.5+float64(i%100)/10, success, model, 100+i%4000, 1+i%500, i)
}

// hex16 writes an id as 16 hexadecimal digits.
func hex16(at []byte, id uint64) {
	const digits = "0123456789abcdef"
	for i := 15; i >= 0; i-- {
		at[i] = digits[id&15]
		id >>= 4
	}
}

// spans is the same calls as OpenTelemetry's SDKs export them, all of one trace.
func spans(batch int) *body {
	b := &body{
		path: "/v1/traces", contentType: "application/x-protobuf", write: func(at []byte, id uint64) { binary.BigEndian.PutUint64(at, id+1) },
		answer: func(int) string { return "" },
	}
	text := func(key, value string) *commonpb.KeyValue {
		return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
	}
	number := func(key string, value int) *commonpb.KeyValue {
		return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: int64(value)}}}
	}
	scope := &tracepb.ScopeSpans{}
	end := uint64(time.Now().UnixNano())
	mark := []byte("\xf0genmark") // in the place of each span's id
	for i := range batch {
		scope.Spans = append(scope.Spans, &tracepb.Span{
			TraceId: []byte("0123456789abcdef"), SpanId: mark, Name: "chat gpt-4o-mini",
			StartTimeUnixNano: end - uint64(500+i%100)*uint64(time.Millisecond), EndTimeUnixNano: end,
			Attributes: []*commonpb.KeyValue{
				text("gen_ai.operation.name", "chat"), text("gen_ai.provider.name", "openai"), text("gen_ai.request.model", "gpt-4o-mini"),
				number("gen_ai.usage.input_tokens", 100+i%4000), number("gen_ai.usage.output_tokens", 1+i%500),
			},
		})
	}
	data, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{scope}}}})
	if err != nil {
		panic(err) // of a message that was just made
	}
	b.data, b.ids = data, placesOf(data, mark)
	return b
}
