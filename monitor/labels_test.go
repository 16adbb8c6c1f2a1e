package monitor

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClassifyFinishReason(t *testing.T) {
	for want, raws := range map[string][]string{
		"":               {"", "None", "none", "null", "FINISH_REASON_UNSPECIFIED"},
		"stop":           {"stop", "STOP", "end_turn", "stop_sequence", "FinishReason.STOP", "COMPLETE", "eos_token", "completed"},
		"length":         {"length", "max_tokens", "MAX_TOKENS", "FinishReason.MAX_TOKENS", "model_length", "max_output_tokens", "incomplete"},
		"content_filter": {"content_filter", "SAFETY", "FinishReason.RECITATION", "PROHIBITED_CONTENT", "refusal", "guardrail_intervened"},
		"tool_calls":     {"tool_calls", "tool_use", "function_call"},
		"error":          {"error", "ERROR", "MALFORMED_FUNCTION_CALL", "abort"},
		"other":          {"other", "OTHER", "FinishReason.OTHER", "load", "weird", "\xff", "stop!"},
	} {
		for _, raw := range raws {
			if got := ClassifyFinishReason(raw); got != want {
				t.Errorf("finish reason %q is %q, want %q", raw, got, want)
			}
		}
	}
}

// TestFinishReasonKeepsTheRawText: the label is of a closed set, ring and files have what the provider wrote.
func TestFinishReasonKeepsTheRawText(t *testing.T) {
	m := newMetered(t)
	m.TrackGeneration(t.Context(), Generation{Model: "m", FinishReason: "FinishReason.MAX_TOKENS"})
	for e := range m.Snapshot(0) {
		if e.FinishReason != "FinishReason.MAX_TOKENS" {
			t.Errorf("the ring has %q", e.FinishReason)
		}
	}
	m.want("genmeter.generations", map[string]point{"M=m,P=unknown,finish_reason=length,outcome=rejected": {value: 1}})
}

func TestNamesAreBounded(t *testing.T) {
	n := newNames("unknown", 3)
	for i := range 10 {
		id, ok := n.id(fmt.Sprint("v", i))
		if wantOK := i < 3; ok != wantOK || ok && n.name(id) != fmt.Sprint("v", i) || !ok && n.name(id) != "other" {
			t.Errorf("v%d is %s, %v", i, n.name(id), ok)
		}
	}
	for s, want := range map[string]string{"": "unknown", "unknown": "unknown", "other": "other", "v1": "v1"} {
		if id, ok := n.id(s); n.name(id) != want || !ok {
			t.Errorf("%q is %q, %v, want %q", s, n.name(id), ok, want)
		}
	}
}

// TestInvalidUTF8 in a label would make Prometheus refuse the whole scrape.
func TestInvalidUTF8(t *testing.T) {
	m := newMetered(t, WithMetricLabels("worker"))
	ctx := t.Context()
	for _, bad := range []string{"a\xffb", "a\xfeb"} { // they become one
		m.TrackGeneration(ctx, Generation{Success: true, Model: bad, Provider: bad, Step: bad, Operation: bad,
			FinishReason: bad, TotalTokens: 5})
		m.TrackGeneration(ctx, Generation{Model: bad, Error: bad, ErrorType: ErrorType(bad)})
		m.TrackEvaluation(ctx, Evaluation{Evaluator: bad, Scores: []Score{{Name: bad, Value: 1}}})
		m.TrackRecord(ctx, Record{Outcome: Failed, Reason: bad})
		m.RecordMetric(ctx, bad, 1, String("worker", bad))
		m.Track(ctx, Event{Kind: KindRecord, Source: bad})
		m.CountRejected(bad, bad, 1)
		m.Begin(Generation{Provider: bad, Model: bad})
	}
	all := m.collect()
	for name, series := range all {
		for key := range series {
			if !utf8.ValidString(key) {
				t.Errorf("%s{%q} is not valid", name, key)
			}
		}
	}
	if got := all["genmeter.generations_in_progress"]["M=a\uFFFDb,P=a\uFFFDb"]; got.value != 2 {
		t.Errorf("in progress is %v, want 2", all["genmeter.generations_in_progress"])
	}
	if got := all["genmeter.tokens"]; len(got) != 1 || total(got) != 10 {
		t.Errorf("tokens are %v, want one series of 10", got)
	}
	if u := m.TokenUsage(0); len(u.ByModel) != 1 || !strings.Contains(u.ByModel[0].ModelName, "\uFFFD") {
		t.Errorf("token usage is %+v, want one model", u.ByModel)
	}
}
