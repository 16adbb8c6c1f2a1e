package ingest_test

import (
	"encoding/json"
	"testing"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/genmeter/genmeter/ingest"
)

// benchRequest is 1,000 spans as an agent's instrumentation writes them: 14 attributes, two of them a prompt and an answer
// of 1 kB each.
func benchRequest() *coltracepb.ExportTraceServiceRequest {
	text := make([]byte, 1000)
	for i := range text {
		text[i] = "the quick \"brown\" fox\n"[i%22]
	}
	var spans []*tracepb.Span
	for i := range 1_000 {
		spans = append(spans, span(i+2, 1, attrs{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini",
			"gen_ai.response.model": "gpt-4o-mini-2024-07-18", "gen_ai.response.id": "chatcmpl-1234567890", "server.address": "api.openai.com",
			"server.port": 443, "gen_ai.usage.input_tokens": 1000 + i, "gen_ai.usage.output_tokens": 100,
			"gen_ai.usage.cache_read.input_tokens": 512, "gen_ai.response.finish_reasons": []string{"stop"}, "gen_ai.request.temperature": 0.7,
			"gen_ai.input.messages": string(text), "gen_ai.output.messages": string(text),
		}))
	}
	return traces(spans...)
}

// BenchmarkOTLP is a body of 1,000 spans: what genmeter makes of it, and only parsing it with what there is else.
func BenchmarkOTLP(b *testing.B) {
	request := benchRequest()
	bin, text := protobuf(b, request), asJSON(b, request, protojson.MarshalOptions{})
	run := func(name string, body []byte, fn func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if err := fn(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	run("protobuf", bin, func() error { _, err := o.Traces(otlpNow, bin, ingest.OTLPProtobuf); return err })
	run("protobuf/generated messages", bin, func() error { return proto.Unmarshal(bin, new(coltracepb.ExportTraceServiceRequest)) })
	run("JSON", text, func() error { _, err := o.Traces(otlpNow, text, ingest.OTLPJSON); return err })
	run("JSON/protojson", text, func() error { return protojson.Unmarshal(text, new(coltracepb.ExportTraceServiceRequest)) })
	run("JSON/encoding/json", text, func() error { return json.Unmarshal(text, new(jsonRequest)) })
}

// jsonRequest is as little of a request as encoding/json needs to be told.
type jsonRequest struct {
	ResourceSpans []struct {
		ScopeSpans []struct {
			Spans []struct {
				TraceID, SpanID, ParentSpanID, Name string
				StartTimeUnixNano, EndTimeUnixNano  string
				Attributes                          []struct {
					Key   string
					Value struct {
						StringValue string
						IntValue    string
						DoubleValue float64
					}
				}
			}
		}
	}
}
