package ingest_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// TestOTLPExport: a real export of an agent with two calls and a tool, and a failed call. What the agent reports is the sum
// of its calls, and is not counted beside them.
func TestOTLPExport(t *testing.T) {
	body, err := os.ReadFile("testdata/otlp/agent.json")
	if err != nil {
		t.Fatal(err)
	}
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	r, err := o.Traces(otlpNow, body, ingest.OTLPJSON)
	if err != nil {
		t.Fatal(err)
	}
	events := slices.Concat(r.Events, o.Drain())
	if got, want := sumOf(events), (sums{calls: 3, failed: 1, input: 470, output: 130, cached: 128}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if r.Seen != 5 || r.Other != 1 || r.Outer != 1 || r.Held != 0 || r.Warning() != "" {
		t.Errorf("result %+v", r)
	}
	failed := events[2]
	if failed.ErrorClass() != monitor.ErrorTimeout || failed.Error != "deadline exceeded" || failed.Duration != time.Second ||
		failed.ID != "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-5555555555555555" || !failed.Time.Equal(time.Unix(1764061210, 0)) {
		t.Errorf("failed call %+v", failed)
	}
	if events[0].FinishReason != "tool_calls" || events[0].Provider != "openai" || events[0].Step != "" {
		t.Errorf("first call %+v", events[0])
	}
	// Sent again, as after an answer that got lost, it gives the same events.
	again, err := o.Traces(otlpNow, body, ingest.OTLPJSON)
	if err != nil || !reflect.DeepEqual(again.Events, events) {
		t.Errorf("sent again: %v, %+v", err, again.Events)
	}
}

// TestOTLPEncodings: the same spans in protobuf, and in JSON as three kinds of writers have it, give the same events.
func TestOTLPEncodings(t *testing.T) {
	failed := span(3, 0, attrs{"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"})
	failed.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "çok uzun\n\"429\""}
	failed.Events = []*tracepb.Span_Event{{Name: "exception", Attributes: keyValues(attrs{"exception.type": "openai.RateLimitError"})}}
	request := traces(
		span(1, 0, attrs{"gen_ai.operation.name": "chat", "gen_ai.request.model": "m\u2028\"x", "gen_ai.usage.input_tokens": 1 << 40,
			"gen_ai.usage.output_tokens": 2.0, "gen_ai.usage.cost": 0.25, "gen_ai.response.finish_reasons": []string{"length", "stop"},
			"gen_ai.input.messages": attrs{"a": []string{"b"}}, "genmeter.batch": true, "gen_ai.response.time_to_first_chunk": 0.5}),
		failed,
		span(4, 1, attrs{"gen_ai.operation.name": "execute_tool"}),
	)
	want, err := ingest.NewOTLP(ingest.OTLPOptions{}).Traces(otlpNow, protobuf(t, request), ingest.OTLPProtobuf)
	if err != nil || len(want.Events) != 2 {
		t.Fatal(err, want)
	}
	if ev := want.Events[0]; ev.PromptTokens != 1<<40 || ev.CompletionTokens != 2 || ev.CostUSD != 0.25 || !ev.Batch ||
		ev.FinishReason != "length" || ev.Model != "m\u2028\"x" || ev.TimeToFirstToken != 500*time.Millisecond {
		t.Errorf("first %+v", ev)
	}
	if ev := want.Events[1]; ev.ErrorClass() != monitor.ErrorRateLimit || ev.Error != "çok uzun\n\"429\"" {
		t.Errorf("second %+v", ev)
	}
	for name, opts := range map[string]protojson.MarshalOptions{
		"camel": {}, "snake": {UseProtoNames: true, UseEnumNumbers: true}, "pretty": {Multiline: true, EmitUnpopulated: true},
	} {
		got, err := ingest.NewOTLP(ingest.OTLPOptions{}).Traces(otlpNow, asJSON(t, request, opts), ingest.OTLPJSON)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", name, err, got, want)
		}
	}
}

// TestOTLPHandwrittenJSON: what exporters write that protobuf's encoder does not.
func TestOTLPHandwrittenJSON(t *testing.T) {
	const model = `{"key":"gen_ai.request.model","value":{"stringValue":"m"}}`
	for name, test := range map[string]struct{ span, want string }{
		"numbers as numbers": {`"startTimeUnixNano":1000000000,"endTimeUnixNano":3000000000,"attributes":[` + model +
			`,{"key":"gen_ai.usage.input_tokens","value":{"intValue":7}}]`, "7 2s success"},
		"times as floats": {`"startTimeUnixNano":1e9,"endTimeUnixNano":"3.0e9","attributes":[` + model +
			`,{"key":"gen_ai.usage.input_tokens","value":{"doubleValue":7}}]`, "7 2s success"},
		"status by name":   {`"attributes":[` + model + `,{"key":"gen_ai.system","value":{"stringValue":"x"}}],"status":{"code":"STATUS_CODE_ERROR"}`, "0 0s error"},
		"short name":       {`"attributes":[` + model + `,{"key":"gen_ai.system","value":{"stringValue":"x"}}],"status":{"code":"Error"}`, "0 0s error"},
		"nulls":            {`"parentSpanId":null,"events":null,"status":null,"attributes":[` + model + `,{"key":"gen_ai.usage.input_tokens","value":{"int_value":"7"}},{"key":"x","value":null}]`, "7 0s success"},
		"bare value":       {`"attributes":[` + model + `,{"key":"gen_ai.usage.input_tokens","value":7}]`, "7 0s success"},
		"escaped key":      {`"attributes":[` + model + `,{"key":"gen_ai.usage.input\u005ftokens","value":{"intValue":"7"}}]`, "7 0s success"},
		"unknown fields":   {`"new":{"a":[1,{"b":[]},"]}"],"c":{}},"attributes":[` + model + `,{"key":"gen_ai.usage.input_tokens","value":{"intValue":"7"}}]`, "7 0s success"},
		"exception but OK": {`"status":{"code":1},"events":[{"name":"exception"}],"attributes":[` + model + `,{"key":"gen_ai.usage.input_tokens","value":{"intValue":"7"}}]`, "7 0s success"},
	} {
		body := `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"b7ad6b7169203331",` + test.span + `}]}]}]}`
		r, err := ingest.NewOTLP(ingest.OTLPOptions{}).Traces(otlpNow, []byte(body), ingest.OTLPJSON)
		if err != nil || len(r.Events) != 1 {
			t.Errorf("%s: %v %+v", name, err, r)
			continue
		}
		ev := r.Events[0]
		if got := fmt.Sprint(ev.PromptTokens, ev.Duration, " ", ev.CallOutcome()); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
		if ev.ID != "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331" {
			t.Errorf("%s: id %s", name, ev.ID)
		}
	}
}

// TestOTLPBroken: a broken body is an error that says where, and leaves nothing behind.
func TestOTLPBroken(t *testing.T) {
	good := protobuf(t, traces(span(1, 0, attrs{"gen_ai.operation.name": "chat"})))
	deep := `{"resourceSpans":[{"x":` + strings.Repeat("[", 10_001)
	for name, test := range map[string]struct {
		body string
		enc  ingest.OTLPEncoding
		want string
	}{
		"cut off":         {string(good[:len(good)-1]), ingest.OTLPProtobuf, "byte 1: found a field of"},
		"a giant length":  {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", ingest.OTLPProtobuf, "byte 1: found a field of 9223372036854775807 bytes where 0 are left"},
		"no tag":          {"\x00", ingest.OTLPProtobuf, "byte 1: found no field"},
		"JSON as proto":   {`{"resourceSpans":[]}`, ingest.OTLPProtobuf, "byte "},
		"proto as JSON":   {string(good), ingest.OTLPJSON, "expected a JSON object with resourceSpans"},
		"empty JSON":      {" ", ingest.OTLPJSON, "byte 2: found the end, expected a JSON object with resourceSpans"},
		"an array":        {`[1]`, ingest.OTLPJSON, "expected a JSON object with resourceSpans"},
		"not an array":    {`{"resourceSpans":5}`, ingest.OTLPJSON, `byte 18: found "5}", expected an array of resourceSpans`},
		"no span":         {`{"resourceSpans":[{"scopeSpans":[{"spans":["x"]}]}]}`, ingest.OTLPJSON, "expected a span"},
		"cut-off JSON":    {`{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a`, ingest.OTLPJSON, "found the end, expected the end of a string"},
		"more behind it":  {`{"resourceSpans":[]} {}`, ingest.OTLPJSON, "expected the end of the body"},
		"a word":          {`{"resourceSpans":[{"x":tru}]}`, ingest.OTLPJSON, "expected a JSON value"},
		"too deep":        {deep, ingest.OTLPJSON, "at most 10000 levels"},
		"wrong brackets":  {`{"x":[{"a":1]}`, ingest.OTLPJSON, "expected a comma or the end of an array or object"},
		"no such coding":  {"", 7, "found encoding 7"},
		"an unended rune": {"\x0a\x02\x12", ingest.OTLPProtobuf, "byte 1: found a field of 2 bytes where 1 are left"},
	} {
		o := ingest.NewOTLP(ingest.OTLPOptions{})
		r, err := o.Traces(otlpNow, []byte(test.body), test.enc)
		if err == nil || !strings.Contains(err.Error(), test.want) || len(r.Events) != 0 || len(o.Drain()) != 0 {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
	for _, enc := range []ingest.OTLPEncoding{ingest.OTLPProtobuf, ingest.OTLPJSON} {
		if r, err := ingest.NewOTLP(ingest.OTLPOptions{}).Traces(otlpNow, [][]byte{nil, []byte("{}")}[enc], enc); err != nil || r.Seen != 0 {
			t.Errorf("an empty request: %v %+v", err, r)
		}
	}
}

// TestOTLPBadValues: a bad value costs itself, and is told.
func TestOTLPBadValues(t *testing.T) {
	backwards := span(2, 0, attrs{"gen_ai.operation.name": "chat"})
	backwards.StartTimeUnixNano = backwards.EndTimeUnixNano + 1
	ages := span(3, 0, attrs{"gen_ai.operation.name": "chat"})
	ages.StartTimeUnixNano, ages.EndTimeUnixNano = 1, 1<<64-1
	noID := span(0, 0, attrs{"gen_ai.operation.name": "chat"})
	noID.TraceId = []byte{1, 2}
	r := readSpans(t, ingest.NewOTLP(ingest.OTLPOptions{}), span(1, 0, attrs{
		"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": "many", "gen_ai.usage.output_tokens": 1.5,
		"gen_ai.usage.cost": "free", "gen_ai.usage.total_tokens": -5,
	}), backwards, ages, noID)
	if len(r.Events) != 4 || fmt.Sprint(r.Refused) != "map[malformed:1 negative:1 out_of_range:1 wrong_type:3]" || len(r.Problems) != 6 {
		t.Fatalf("%+v", r)
	}
	if ev := r.Events[0]; ev.ID != "" {
		t.Errorf("an id of bad ids: %s", ev.ID)
	}
	for i := range r.Events {
		if ev := &r.Events[i]; ev.Duration < 0 || ev.PromptTokens != 0 || ev.CompletionTokens != 0 || ev.CostUSD != 0 {
			t.Errorf("%+v", ev)
		}
	}
	if w := r.Warning(); !strings.HasPrefix(w, "6 values are left out; the first: "+spanID(1)) {
		t.Error(w)
	}
	for _, p := range r.Problems {
		if p.Key == "gen_ai.usage.input_tokens" && p.Error() != spanID(1)+`: gen_ai.usage.input_tokens: found "many", expected a whole number; the value is left out` {
			t.Error(p)
		}
	}
	few := ingest.NewOTLP(ingest.OTLPOptions{MaxEvents: 2})
	if _, err := few.Traces(otlpNow, protobuf(t, traces(backwards, ages, noID)), ingest.OTLPProtobuf); !errors.Is(err, ingest.ErrTooManyEvents) {
		t.Errorf("three events of two: %v", err)
	}
}

// TestOTLPKeepsNoPrompts: whatever instrumentations write of prompts and answers, and where, none of it is in an event.
func TestOTLPKeepsNoPrompts(t *testing.T) {
	const secret = "the secret recipe"
	from := attrs{"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "service.name": secret}
	for _, key := range []string{
		"gen_ai.prompt", "gen_ai.completion", "gen_ai.prompt.0.content", "gen_ai.completion.0.content", "gen_ai.input.messages",
		"gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions", "gen_ai.tool.call.arguments",
		"gen_ai.tool.call.result", "llm.prompts", "llm.input_messages.0.message.content", "llm.output_messages.0.message.content",
		"input.value", "output.value", "ai.prompt", "ai.prompt.messages", "ai.response.text", "ai.response.object",
		"ai.response.toolCalls", "traceloop.entity.input", "traceloop.entity.output", "langfuse.observation.input",
		"langfuse.observation.output", "all_messages_events", "events", "exception.stacktrace", "user.id",
	} {
		from[key] = secret
	}
	s := span(1, 0, from)
	s.Name = secret
	s.Events = []*tracepb.Span_Event{
		{Name: "gen_ai.content.prompt", Attributes: keyValues(attrs{"gen_ai.prompt": secret, "gen_ai.response.id": secret, "event.name": secret})},
		{Name: "gen_ai.user.message", Attributes: keyValues(attrs{"content": secret, "gen_ai.request.model": secret, "error.type": secret})},
	}
	agent := span(2, 0, attrs{"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 3, "gen_ai.input.messages": secret, "final_result": secret})
	agent.TraceId = bytesOf(16, 2)
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	r := readSpans(t, o, s, agent)
	events := slices.Concat(r.Events, o.Drain())
	if len(events) != 2 {
		t.Fatalf("%+v", r)
	}
	if all := fmt.Sprintf("%+v", events); strings.Contains(all, secret) {
		t.Error(all)
	}
}

// TestOTLPConcurrent: bodies of one trace from many senders, while another flushes.
func TestOTLPConcurrent(t *testing.T) {
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	var mu sync.Mutex
	var events []monitor.Event
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 50 {
				id := 1 + i*50 + j
				r := readSpans(t, o, span(id, 1_000+id, attrs{"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1}),
					span(1_000+id, 0, attrs{"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 1}))
				flushed := o.Flush(otlpNow)
				mu.Lock()
				events = append(append(events, r.Events...), flushed...)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	events = append(events, o.Drain()...)
	if got := sumOf(events); got != (sums{calls: 400, input: 400}) {
		t.Errorf("%+v", got)
	}
}
