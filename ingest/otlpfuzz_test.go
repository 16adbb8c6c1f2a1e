package ingest_test

import (
	"math"
	"os"
	"reflect"
	"testing"
	"time"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// saneOTLP holds what every result promises: each span or log record is one thing, and each event is one that a monitor
// can mend.
func saneOTLP(t *testing.T, r ingest.OTLPResult, rest []monitor.Event) {
	t.Helper()
	if r.Seen != len(r.Events)+r.Held+r.Outer+r.Repeated+r.Other {
		t.Fatalf("%d records became %d events and %+v", r.Seen, len(r.Events), r)
	}
	if len(rest) > r.Held {
		t.Fatalf("%d of %d held", len(rest), r.Held)
	}
	for _, ev := range append(r.Events, rest...) {
		if ev.Duration < 0 {
			t.Fatalf("%+v", ev)
		}
		if reason := ev.Mend(nil); reason != "" {
			t.Fatalf("%s: %+v", reason, ev)
		}
		if ev.CachedTokens > 0 && ev.PromptTokens > 0 && ev.PromptTokens < math.MaxInt32 && ev.CachedTokens > ev.PromptTokens && ev.CachedTokens < math.MaxInt32 {
			t.Fatalf("a part larger than the whole: %+v", ev)
		}
	}
}

// FuzzOTLPProtobuf: no body does harm, and what OTLP's own messages read is read here, and the same of the same spans in
// JSON.
func FuzzOTLPProtobuf(f *testing.F) {
	f.Add(protobuf(f, traces(chat(2, 1, 10), agent(1, 0, 10), span(3, 0, attrs{"gen_ai.response.finish_reasons": []string{"a"}, "error.type": true}))))
	f.Add(protobuf(f, logs(record("gen_ai.evaluation.result", 1, attrs{"gen_ai.evaluation.score.value": math.NaN()}), record("x", 2, details))))
	f.Add([]byte("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, body []byte) {
		o := ingest.NewOTLP(ingest.OTLPOptions{})
		if r, err := o.Logs(otlpNow, body, ingest.OTLPProtobuf); err == nil {
			saneOTLP(t, r, o.Drain())
		}
		r, err := o.Traces(otlpNow, body, ingest.OTLPProtobuf)
		var request coltracepb.ExportTraceServiceRequest
		if err != nil {
			if len(r.Events) > 0 {
				t.Fatal("events of a broken body")
			}
			return
		}
		saneOTLP(t, r, o.Drain())
		if proto.Unmarshal(body, &request) != nil {
			return // text that is not UTF-8, or a field that is not read here
		}
		body = protobuf(t, &request) // repeated messages are merged
		r, err = o.Traces(otlpNow, body, ingest.OTLPProtobuf)
		if err != nil {
			t.Fatal(err)
		}
		o.Drain()
		text, err := protojson.Marshal(&request)
		if err != nil {
			return // as above
		}
		again, err := ingest.NewOTLP(ingest.OTLPOptions{}).Traces(otlpNow, text, ingest.OTLPJSON)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if a, b := plainEvents(r.Events), plainEvents(again.Events); !reflect.DeepEqual(a, b) {
			t.Fatalf("%s\nprotobuf %+v\nJSON     %+v", text, a, b)
		}
	})
}

// plainEvents takes out what protobuf and JSON may tell apart: a NaN is not equal to itself, and long texts are cut at
// another character.
func plainEvents(events []monitor.Event) []monitor.Event {
	for i := range events {
		ev := &events[i]
		ev.Mend(nil)
	}
	return events
}

// FuzzOTLPJSON: no text does harm.
func FuzzOTLPJSON(f *testing.F) {
	if body, err := os.ReadFile("testdata/otlp/agent.json"); err == nil {
		f.Add(body)
	}
	f.Add([]byte(`{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"AAAAAAAAAAAAAAAAAAAAAQ==","attributes":[{"key":"a","value":{"arrayValue":{"values":[{}]}}}],"events":[{"name":"exception"}],"x":[{"y":[1,2,{}]}]}]}]}]}`))
	f.Add(asJSON(f, logs(record("gen_ai.evaluation.result", 1, details)), protojson.MarshalOptions{}))
	f.Fuzz(func(t *testing.T, body []byte) {
		o := ingest.NewOTLP(ingest.OTLPOptions{})
		if r, err := o.Logs(otlpNow, body, ingest.OTLPJSON); err == nil {
			saneOTLP(t, r, o.Drain())
		}
		if r, err := o.Traces(otlpNow, body, ingest.OTLPJSON); err == nil {
			saneOTLP(t, r, o.Flush(otlpNow.Add(time.Hour)))
		}
	})
}
