package ingest

import (
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// The tests below hold one rule each of "Reading afterimage's files", which they quote.

// one reads a text that holds one event and no error.
func one(t *testing.T, text string, opts ...Option) monitor.Event {
	t.Helper()
	events, errs := collect(Read(strings.NewReader(text), "f", opts...))
	if len(events) != 1 || len(errs) != 0 {
		t.Fatalf("%d events, errors %v", len(events), errs)
	}
	return events[0]
}

// logLine is a line of afterimage.log.
func logLine(message, data string) string {
	return `2026-11-24 19:57:10,810 - {"message": "` + message + `", "data": ` + data + `, "level": "info"}` + "\n"
}

func generationLine(data string) string { return logLine("Generation metrics", data) }

// samples makes lines of a metrics.jsonl of one timestamp: name=value, or name=value with attributes behind it.
func samples(at string, list ...string) string {
	var b strings.Builder
	for _, s := range list {
		name, value, _ := strings.Cut(s, "=")
		b.WriteString(`{"metric": "` + name + `", "value": ` + value + `, "timestamp": "` + at + `"}` + "\n")
	}
	return b.String()
}

const at1, at2 = "2026-03-14T23:50:00.950662", "2026-03-14T23:50:00.950663"

// "one JSON object a line behind `asctime - `; messages "Generation metrics" and "Evaluation metrics" carry the complete
// event in `data`"; "Other messages are log lines, not events".
func TestSeedMapLogMessages(t *testing.T) {
	text := logLine("Model created", `{"model_name": "gpt-4o-mini"}`) +
		generationLine(`{"duration": 1.5, "success": true, "model_name": "m"}`) +
		logLine("Evaluation metrics", `{"duration": 2, "success": true, "evaluator_type": "e", "scores": {"a": 1}}`) +
		`2026-11-24 19:57:10,810 - {"message": "Respondent failed: x", "error": "x", "error_type": "RuntimeError", "level": "error"}` + "\n"
	events, errs := collect(Read(strings.NewReader(text), "f", WithLocation(time.UTC)))
	if len(events) != 2 || len(errs) != 0 {
		t.Fatalf("%d events, %v", len(events), errs)
	}
	when := time.Date(2026, 11, 24, 19, 57, 10, 810e6, time.UTC) // asctime, where data has no timestamp
	want := []monitor.Event{
		{Kind: monitor.KindGeneration, Time: when, Duration: 1500 * time.Millisecond, Success: true, Model: "m"},
		{Kind: monitor.KindEvaluation, Time: when, Duration: 2 * time.Second, Success: true, Name: "e", Scores: []monitor.Score{{Name: "a", Value: 1}}},
	}
	if !reflect.DeepEqual(events, want) {
		t.Errorf("got  %+v\nwant %+v", events, want)
	}
}

// "prefer it when both files are there, and never count both".
func TestSeedMapLogPreferred(t *testing.T) {
	files, err := Files("testdata/afterimage-run")
	if err != nil {
		t.Fatal(err)
	}
	want := []File{
		{Path: "testdata/afterimage-run/afterimage.log", Format: AfterimageLog},
		{Path: "testdata/afterimage-run/metrics.jsonl", Format: Samples, MetricsOnly: true},
	}
	if !reflect.DeepEqual(files, want) {
		t.Errorf("%+v", files)
	}
}

// "lines of one event share its microsecond timestamp, and must be put together again by it (model from `model_usage:` or
// `model_name`), even where threads interleave".
func TestSeedMapInterleavedThreads(t *testing.T) {
	a := strings.SplitAfter(samples(at1, "generation_time=1", "success_rate=1.0", "model_usage:a=1.0", "finish_reason:stop=1.0", "prompt_token_count=10"), "\n")
	b := strings.SplitAfter(samples(at2, "generation_time=2", "success_rate=0.0", "error_rate=1.0",
		`prompt_token_count=20, "model_name": "b"`, "conversation_length=3"), "\n")
	var mixed strings.Builder
	for i := range a {
		mixed.WriteString(a[i] + b[i])
	}
	events, errs := collect(Read(strings.NewReader(mixed.String()), "f"))
	if len(events) != 2 || len(errs) != 0 {
		t.Fatalf("%d events, %v", len(events), errs)
	}
	x, y := events[0], events[1]
	if x.Duration != time.Second || !x.Success || x.Model != "a" || x.FinishReason != "stop" || x.PromptTokens != 10 || x.Turns != 0 {
		t.Errorf("%+v", x)
	}
	if y.Duration != 2*time.Second || y.Success || y.Model != "b" || y.PromptTokens != 20 || y.Turns != 3 || y.CallOutcome() != "error" {
		t.Errorf("%+v", y)
	}
}

// "a sample without a `generation_time` or `evaluation_time` of its timestamp is a plain metric, not a generation (bare
// `error_rate` 1.0 lines are such …)".
func TestSeedMapBareSamples(t *testing.T) {
	text := samples(at1, "error_rate=1.0") + samples(at2, `queue_depth=7, "worker": "w"`)
	events, errs := collect(Read(strings.NewReader(text), "f", WithLocation(time.UTC)))
	when := time.Date(2026, 3, 14, 23, 50, 0, 950662000, time.UTC)
	want := []monitor.Event{
		{Kind: monitor.KindMetric, Name: "error_rate", Value: 1, Time: when},
		{Kind: monitor.KindMetric, Name: "queue_depth", Value: 7, Time: when.Add(time.Microsecond), Attrs: []slog.Attr{slog.String("worker", "w")}},
	}
	if len(errs) != 0 || !reflect.DeepEqual(events, want) {
		t.Errorf("%v %+v", errs, events)
	}
}

// "Times in these files have no zone: local time of the reader unless `--timezone` says otherwise; the fraction is missing
// when it is zero".
func TestSeedMapTimes(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	for in, want := range map[string]time.Time{
		"2026-03-14T23:50:04":        time.Date(2026, 3, 14, 23, 50, 4, 0, berlin),
		"2026-03-14T23:50:04.000001": time.Date(2026, 3, 14, 23, 50, 4, 1000, berlin),
		"2026-03-14T23:50:04+09:00":  time.Date(2026, 3, 14, 23, 50, 4, 0, time.FixedZone("", 9*3600)),
		"2026-03-14T23:50:04Z":       time.Date(2026, 3, 14, 23, 50, 4, 0, time.UTC),
	} {
		for _, text := range []string{
			generationLine(`{"timestamp": "` + in + `", "duration": 1, "success": true}`),
			samples(in, "generation_time=1", "success_rate=1.0"),
		} {
			got := one(t, text, WithLocation(berlin)).Time
			_, a := got.Zone()
			_, b := want.Zone()
			if !got.Equal(want) || a != b {
				t.Errorf("%s: %v, want %v", in, got, want)
			}
		}
	}
	local := one(t, samples("2026-03-14T23:50:04", "generation_time=1")).Time
	if !local.Equal(time.Date(2026, 3, 14, 23, 50, 4, 0, time.Local)) {
		t.Errorf("local: %v", local)
	}
}

// "failures carry no model_name: model `unknown`": an empty Model counts as such.
func TestSeedMapFailureWithoutModel(t *testing.T) {
	for _, text := range []string{
		generationLine(`{"duration": 1, "success": false, "error": "Connection error."}`),
		samples(at1, "generation_time=1", "success_rate=0.0", "error_rate=1.0"),
	} {
		if ev := one(t, text); ev.Model != "" || ev.Success || ev.CallOutcome() != monitor.OutcomeError {
			t.Errorf("%+v", ev)
		}
	}
}

// "`metadata` is nested (operation, component, error_type) and is in the log alone: lift it (component → Step; error_type
// is a Python class name …)".
func TestSeedMapMetadataLifted(t *testing.T) {
	ev := one(t, generationLine(`{"duration": 1, "success": false, "error": "x", "metadata": {"operation": "generate", "component": "respondent", "error_type": "APITimeoutError", "persona": 7}}`))
	want := []slog.Attr{slog.Int64("persona", 7)}
	if ev.Operation != "" || ev.Step != "respondent" || ev.ErrorType != "APITimeoutError" || ev.ErrorClass() != monitor.ErrorTimeout || !reflect.DeepEqual(ev.Attrs, want) {
		t.Errorf("%+v", ev)
	}
	ev = one(t, generationLine(`{"duration": 1, "success": true, "metadata": {"operation": "persona_sampling"}}`))
	if ev.Operation != "" || len(ev.Attrs) != 1 || ev.Attrs[0].Value.String() != "persona_sampling" {
		t.Errorf("an operation of the caller's own: %+v", ev)
	}
}

// "operation `conversation_generation` is a finished record around calls that are logged too: TrackRecord, not a call, no
// latency".
func TestSeedMapConversationIsRecord(t *testing.T) {
	for _, tt := range []struct {
		data    string
		outcome monitor.RecordOutcome
		reason  string
	}{
		{`"success": true`, monitor.Accepted, ""},
		{`"success": false, "error": "Request timed out."`, monitor.Failed, "timeout"},
		{`"success": false`, monitor.Rejected, ""},
	} {
		data := `{"duration": 56.8468, ` + tt.data + `, "conversation_length": 4, "metadata": {"operation": "conversation_generation", "component": "generator"}}`
		for _, text := range []string{generationLine(data), `{"event":"generation",` + data[1:]} {
			ev := one(t, text)
			if ev.Kind != monitor.KindRecord || ev.Outcome != tt.outcome || ev.Name != tt.reason || ev.Duration != 0 || ev.Turns != 0 {
				t.Errorf("%s: %+v", tt.data, ev)
			}
			if len(ev.Attrs) < 3 || !ev.Attrs[0].Equal(slog.String("step", "generator")) ||
				!ev.Attrs[1].Equal(slog.Float64("duration", 56.8468)) || !ev.Attrs[2].Equal(slog.Int("conversation_length", 4)) {
				t.Errorf("%s: attributes %v", tt.data, ev.Attrs)
			}
		}
	}
}

// "score names come from an enum: `evaluation_score_EvaluationMetric.COHERENCE` in `metrics.jsonl`, `coherence` in the log:
// one name, `coherence`".
func TestSeedMapScoreNames(t *testing.T) {
	for _, text := range []string{
		logLine("Evaluation metrics", `{"duration": 1, "success": true, "evaluator_type": "composite", "scores": {"coherence": {"score": -0.142, "feedback": "uygun ✓\nüç"}, "factuality": 0.5}}`),
		samples(at1, `evaluation_time=1, "evaluator_type": "composite", "success": true`,
			`evaluation_score_EvaluationMetric.COHERENCE=-0.142, "evaluator_type": "composite", "feedback": "uygun ✓\nüç"`,
			`evaluation_score_EvaluationMetric.FACTUALITY=0.5, "evaluator_type": "composite", "feedback": null`),
	} {
		ev := one(t, text)
		want := []monitor.Score{{Name: "coherence", Value: -0.142, Feedback: "uygun ✓\nüç"}, {Name: "factuality", Value: 0.5}}
		if !reflect.DeepEqual(ev.Scores, want) || !ev.Success || ev.Name != "composite" || len(ev.Attrs) != 0 {
			t.Errorf("%+v", ev)
		}
	}
	for name, want := range map[string]string{
		"EvaluationMetric.FACT_CHECK": "fact_check", "coherence": "coherence", "v1.2": "v1.2", "Foo.bar": "Foo.bar",
		"my.metric": "my.metric", "A.": "A.", ".B": ".B", "G-Eval.X": "G-Eval.X",
	} {
		equal(t, name, enumMember(name), want)
	}
}

// "finish reasons too: `FinishReason.MAX_TOKENS`; an absent one is `finish_reason:None`, an absent model
// `model_usage:None`". The raw text is kept: the monitor maps it for labels.
func TestSeedMapFinishReasonNone(t *testing.T) {
	for _, text := range []string{
		samples(at1, "generation_time=1", "success_rate=1.0", "model_usage:None=1.0", "finish_reason:None=1.0", `prompt_token_count=5, "model_name": null`),
		generationLine(`{"duration": 1, "success": true, "model_name": null, "finish_reason": null, "prompt_token_count": 5}`),
		generationLine(`{"duration": 1, "success": true, "model_name": "None", "finish_reason": "None", "prompt_token_count": 5}`),
	} {
		if ev := one(t, text); ev.Model != "" || ev.FinishReason != "" || ev.PromptTokens != 5 || len(ev.Attrs) != 0 {
			t.Errorf("%+v", ev)
		}
	}
	if ev := one(t, samples(at1, "generation_time=1", "finish_reason:FinishReason.MAX_TOKENS=1.0")); ev.FinishReason != "FinishReason.MAX_TOKENS" {
		t.Errorf("%+v", ev)
	}
}

// "Gemini's total holds thinking tokens that are in neither prompt nor completion": it is left as it is.
func TestSeedMapTotalBeyondParts(t *testing.T) {
	for _, text := range []string{
		generationLine(`{"duration": 1, "success": true, "prompt_token_count": 10, "completion_token_count": 5, "total_token_count": 40}`),
		samples(at1, "generation_time=1", "success_rate=1.0", "prompt_token_count=10", "completion_token_count=5", "total_token_count=40"),
	} {
		if ev := one(t, text); ev.TotalTokens != 40 || ev.PromptTokens != 10 || ev.CompletionTokens != 5 {
			t.Errorf("%+v", ev)
		}
	}
}

// "values can be `NaN`, `Infinity`, `-Infinity`": they cost the value, not the event, in either file. Fault 12: "A
// non-numeric value or `None` in a recorded line is an error for that line alone".
func TestSeedMapNotFinite(t *testing.T) {
	for _, tt := range []struct {
		text    string
		events  int
		reasons string
	}{
		{generationLine(`{"duration": NaN, "success": true, "prompt_token_count": 5}`), 1, "not_finite"},
		{logLine("Evaluation metrics", `{"duration": 1, "success": true, "evaluator_type": "e", "scores": {"a": {"score": -Infinity, "feedback": null}, "b": NaN, "c": 1}}`), 1, "not_finite not_finite"},
		{samples(at1, "embedding_similarity=NaN"), 0, "not_finite"},
		{samples(at1, "embedding_similarity=null"), 0, "wrong_type"},
		{samples(at1, `embedding_similarity="high"`), 0, "wrong_type"},
		{samples(at1, "generation_time=NaN", "success_rate=1.0", "prompt_token_count=5"), 1, "not_finite"},
		{samples(at1, "generation_time=-1", "success_rate=1.0", "prompt_token_count=1.5", "completion_token_count=-2", "total_token_count=1e300", "conversation_length=-1"),
			1, "negative wrong_type negative out_of_range negative"},
		{samples(at1, `evaluation_time=1, "success": true`, "evaluation_score_x=Infinity"), 1, "not_finite"},
	} {
		events, errs := collect(Read(strings.NewReader(tt.text), "f"))
		var reasons []string
		for _, err := range errs {
			reasons = append(reasons, err.(*LineError).Reason)
		}
		if len(events) != tt.events || strings.Join(reasons, " ") != tt.reasons {
			t.Errorf("%s%d events, %v", tt.text, len(events), errs)
		}
	}
}

// "a crashed run ends in half a line".
func TestSeedMapHalfALine(t *testing.T) {
	for _, whole := range []string{generationLine(`{"duration": 1, "success": true}`), samples(at1, "generation_time=1")} {
		events, errs := collect(Read(strings.NewReader(whole+whole[:len(whole)/2]), "f"))
		line, ok := errs[0].(*LineError)
		if len(events) != 1 || len(errs) != 1 || !ok || !line.Truncated || line.Line != 2 {
			t.Errorf("%d events, %v", len(events), errs)
		}
	}
}

// Fault 4: "`error=` is passed only on failure, so `error_rate` is 1.0 whenever it exists; here every generation
// contributes 0 or 1": a failure without an error is a refusal, and genmeter's error_rate 0 no failure.
func TestSeedMapErrorRate(t *testing.T) {
	for list, want := range map[string]string{
		"success_rate=1.0":                monitor.OutcomeSuccess,
		"success_rate=1.0 error_rate=0":   monitor.OutcomeSuccess,
		"success_rate=0.0":                monitor.OutcomeRejected,
		"success_rate=0.0 error_rate=0":   monitor.OutcomeRejected,
		"success_rate=0.0 error_rate=1.0": monitor.OutcomeError,
		"error_rate=1.0":                  monitor.OutcomeError,
	} {
		ev := one(t, samples(at1, append([]string{"generation_time=1"}, strings.Fields(list)...)...))
		equal(t, list, ev.CallOutcome(), want)
	}
}

// Fault 5: the third count of a failure is "a bare `error_rate` sample". Should it fall on the microsecond of a success,
// it is not that success's.
func TestSeedMapBareErrorRateBesideSuccess(t *testing.T) {
	events, _ := collect(Read(strings.NewReader(samples(at1, "generation_time=1", "success_rate=1.0", "error_rate=1.0")), "f"))
	if len(events) != 2 || !events[0].Success || events[1].Kind != monitor.KindMetric {
		t.Errorf("%+v", events)
	}
}

// The seed's `turns` "is the same thing" as conversation_length.
func TestSeedMapTurns(t *testing.T) {
	if ev := one(t, generationLine(`{"duration": 1, "success": true, "turns": 3}`)); ev.Turns != 3 || len(ev.Attrs) != 0 {
		t.Errorf("%+v", ev)
	}
}
