package ingest_test

import (
	"reflect"
	"testing"
	"time"

	logspb "go.opentelemetry.io/proto/slim/otlp/logs/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// record returns a log record in a span of trace 1, in none for 0.
func record(name string, id int, from attrs) *logspb.LogRecord {
	r := &logspb.LogRecord{EventName: name, TimeUnixNano: uint64(otlpNow.UnixNano()), Attributes: keyValues(from), SpanId: bytesOf(8, id),
		Body: anyValue("the prompt")}
	if id != 0 {
		r.TraceId = bytesOf(16, 1)
	}
	return r
}

func readLogs(t *testing.T, o *ingest.OTLP, records ...*logspb.LogRecord) ingest.OTLPResult {
	t.Helper()
	r, err := o.Logs(otlpNow, protobuf(t, logs(records...)), ingest.OTLPProtobuf)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var details = attrs{"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 5}

// TestOTLPEvaluations: gen_ai.evaluation.result, as semantic-conventions-genai's docs/gen-ai/gen-ai-events.md has it.
func TestOTLPEvaluations(t *testing.T) {
	request := logs(
		record("gen_ai.evaluation.result", 1, attrs{"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.score.value": 4.0,
			"gen_ai.evaluation.score.label": "relevant", "gen_ai.evaluation.explanation": "on topic", "gen_ai.response.id": "r1", "genmeter.record_id": "row"}),
		record("", 1, attrs{"event.name": "gen_ai.evaluation.result", "gen_ai.evaluation.name": "Safety", "error.type": "timeout"}),
		record("gen_ai.evaluation.result", 0, attrs{"gen_ai.evaluation.name": "Tone", "gen_ai.evaluation.score.value": "high", "gen_ai.response.id": "r2"}),
		&logspb.LogRecord{EventName: "gen_ai.user.message", ObservedTimeUnixNano: 1, Attributes: keyValues(attrs{"gen_ai.system": "openai"})},
	)
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	r, err := o.Logs(otlpNow, protobuf(t, request), ingest.OTLPProtobuf)
	if err != nil || len(r.Events) != 3 || r.Seen != 4 || r.Other != 1 || r.Refused[monitor.ReasonWrongType] != 1 {
		t.Fatalf("%v %+v", err, r)
	}
	want := monitor.Event{
		Kind: monitor.KindEvaluation, Success: true, Name: "Relevance", Time: otlpNow, RecordID: "row",
		ID: spanID(1) + "/Relevance/1795521600000000000", Scores: []monitor.Score{{Name: "Relevance", Value: 4, Feedback: "on topic"}},
		Attrs: []monitor.Attr{monitor.String("gen_ai.response.id", "r1"), monitor.String("gen_ai.evaluation.score.label", "relevant")},
	}
	if !reflect.DeepEqual(r.Events[0], want) {
		t.Errorf("got  %+v\nwant %+v", r.Events[0], want)
	}
	if ev := r.Events[1]; ev.Success || ev.ErrorClass() != monitor.ErrorTimeout || ev.Name != "Safety" || ev.ID == want.ID {
		t.Errorf("%+v", ev)
	}
	if ev := r.Events[2]; ev.ID != "r2/Tone/1795521600000000000" || len(ev.Scores) != 0 {
		t.Errorf("%+v", ev)
	}
	for _, opts := range []protojson.MarshalOptions{{}, {UseProtoNames: true}} {
		got, err := o.Logs(otlpNow, asJSON(t, request, opts), ingest.OTLPJSON)
		if err != nil || !reflect.DeepEqual(got.Events, r.Events) {
			t.Errorf("in JSON: %v %+v", err, got)
		}
	}
}

// TestOTLPUsageInLogs: a log record that tells of a call counts once with its span, whichever comes first, and the span is
// what counts: it has a duration.
func TestOTLPUsageInLogs(t *testing.T) {
	const name = "gen_ai.client.inference.operation.details"
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	if r := readLogs(t, o, record(name, 1, details)); r.Held != 1 || len(r.Events) != 0 {
		t.Errorf("the record first: %+v", r)
	}
	events := readSpans(t, o, span(1, 0, details)).Events
	if r := readLogs(t, o, record(name, 1, details)); r.Repeated != 1 {
		t.Errorf("the record last: %+v", r)
	}
	if events = append(events, o.Drain()...); len(events) != 1 || events[0].Duration != 2*time.Second || events[0].ID != spanID(1) {
		t.Errorf("%+v", events)
	}

	// Its span does not come, or is no call: then the record counts. Two in one span are two.
	second := record(name, 1, details)
	second.TimeUnixNano++
	readLogs(t, o, record(name, 1, details), second, record("some.event", 2, details), record("some.event", 3, attrs{"gen_ai.request.model": "m"}))
	readSpans(t, o, plain(1, 0))
	if early := o.Flush(otlpNow.Add(time.Second)); len(early) != 0 {
		t.Errorf("too early: %+v", early)
	}
	events = o.Flush(otlpNow.Add(time.Minute))
	if got := sumOf(events); got != (sums{calls: 3, input: 15}) {
		t.Errorf("%+v", got)
	}
	for _, ev := range events {
		if ev.Duration != 0 || !ev.Success {
			t.Errorf("%+v", ev)
		}
	}

	// Without a span it is a call at once. Without usage only the conventions' own event is one.
	r := readLogs(t, o, record(name, 0, details), record(name, 0, attrs{"gen_ai.operation.name": "chat"}), record("x", 0, attrs{"gen_ai.operation.name": "chat"}))
	if got := sumOf(r.Events); got != (sums{calls: 2, input: 5}) || r.Other != 1 {
		t.Errorf("%+v", r)
	}
}

// TestOTLPAgentAboveLogs: usage that calls report in log records is usage inside their agent.
func TestOTLPAgentAboveLogs(t *testing.T) {
	for _, logsFirst := range []bool{true, false} {
		o := ingest.NewOTLP(ingest.OTLPOptions{})
		var events []monitor.Event
		if logsFirst {
			events = readLogs(t, o, record("usage", 2, details)).Events
		}
		events = append(events, readSpans(t, o, plain(2, 1), agent(1, 0, 5)).Events...)
		if !logsFirst {
			events = append(events, readLogs(t, o, record("usage", 2, details)).Events...)
		}
		if got := sumOf(append(events, o.Drain()...)); got != (sums{calls: 1, input: 5}) {
			t.Errorf("logs first %v: %+v", logsFirst, got)
		}
	}
}
