package ingest_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	collogspb "go.opentelemetry.io/proto/slim/otlp/collector/logs/v1"
	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	logspb "go.opentelemetry.io/proto/slim/otlp/logs/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// Bodies are built of OTLP's own generated messages and written by protobuf's own encoders, which did not write the
// reader.

// otlpNow is when bodies arrive, and about when their spans end.
var otlpNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

type attrs map[string]any

func keyValues(from attrs) []*commonpb.KeyValue {
	var list []*commonpb.KeyValue
	for key, v := range from {
		list = append(list, &commonpb.KeyValue{Key: key, Value: anyValue(v)})
	}
	return list
}

func anyValue(v any) *commonpb.AnyValue {
	switch v := v.(type) {
	case string:
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: v}}
	case bool:
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: v}}
	case int:
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: int64(v)}}
	case float64:
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: v}}
	case []string:
		list := &commonpb.ArrayValue{}
		for _, s := range v {
			list.Values = append(list.Values, anyValue(s))
		}
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: list}}
	case attrs:
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_KvlistValue{KvlistValue: &commonpb.KeyValueList{Values: keyValues(v)}}}
	}
	panic(fmt.Sprintf("no value of OTLP: %T", v))
}

// bytesOf returns an id of so many bytes for a small number; nil for 0.
func bytesOf(size, n int) []byte {
	if n == 0 {
		return nil
	}
	id := make([]byte, size)
	binary.BigEndian.PutUint64(id[size-8:], uint64(n))
	return id
}

// span returns a span of trace 1 that ends at otlpNow and took 2 s.
func span(id, parent int, from attrs) *tracepb.Span {
	return &tracepb.Span{
		TraceId: bytesOf(16, 1), SpanId: bytesOf(8, id), ParentSpanId: bytesOf(8, parent), Name: "span",
		Kind:              tracepb.Span_SPAN_KIND_CLIENT,
		StartTimeUnixNano: uint64(otlpNow.Add(-2 * time.Second).UnixNano()), EndTimeUnixNano: uint64(otlpNow.UnixNano()),
		Attributes: keyValues(from),
	}
}

// spanID is the id of the event of a span of trace 1.
func spanID(id int) string { return fmt.Sprintf("%032x-%016x", 1, id) }

func traces(spans ...*tracepb.Span) *coltracepb.ExportTraceServiceRequest {
	return &coltracepb.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{{
		ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}},
	}}}
}

func logs(records ...*logspb.LogRecord) *collogspb.ExportLogsServiceRequest {
	return &collogspb.ExportLogsServiceRequest{ResourceLogs: []*logspb.ResourceLogs{{
		ScopeLogs: []*logspb.ScopeLogs{{LogRecords: records}},
	}}}
}

func protobuf(t testing.TB, m proto.Message) []byte {
	t.Helper()
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// asJSON writes a message as a generic protobuf library does: ids in base64.
func asJSON(t testing.TB, m proto.Message, opts protojson.MarshalOptions) []byte {
	t.Helper()
	body, err := opts.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// readSpans reads spans as one body that arrives at otlpNow.
func readSpans(t testing.TB, o *ingest.OTLP, spans ...*tracepb.Span) ingest.OTLPResult {
	t.Helper()
	r, err := o.Traces(otlpNow, protobuf(t, traces(spans...)), ingest.OTLPProtobuf)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sums are the totals that events come to: calls, failed ones, usage of agents, input, output and cached tokens.
type sums struct{ calls, failed, usages, input, output, cached int64 }

func sumOf(events []monitor.Event) (s sums) {
	seen := map[string]bool{}
	for i := range events {
		ev := &events[i]
		if ev.ID != "" && seen[ev.Kind.String()+ev.ID] {
			continue // as the window of ids has it
		}
		seen[ev.Kind.String()+ev.ID] = true
		switch ev.Kind {
		case monitor.KindGeneration:
			s.calls++
			if !ev.Success {
				s.failed++
			}
		case monitor.KindUsage:
			s.usages++
		}
		s.input += ev.PromptTokens
		s.output += ev.CompletionTokens
		s.cached += ev.CachedTokens
	}
	return s
}
