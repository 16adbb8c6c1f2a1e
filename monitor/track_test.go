package monitor

import (
	"context"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"go.opentelemetry.io/otel/trace"
)

func TestEventSize(t *testing.T) {
	if size := unsafe.Sizeof(Event{}); size > 384 {
		t.Errorf("Event has %d bytes, want 384 at most", size)
	}
}

// TestTrackOverwritesTheWholeSlot fills a slot with other values in every field, as an older event would leave them, and
// tracks over it: no field of the older event may shine through.
func TestTrackOverwritesTheWholeSlot(t *testing.T) {
	m := newTestMonitor(t)
	slot := &m.ring.slots[0].event
	v := reflect.ValueOf(slot).Elem()
	for i := range v.NumField() {
		field := reflect.NewAt(v.Field(i).Type(), unsafe.Pointer(v.Field(i).UnsafeAddr())).Elem()
		disturb(t, field)
		if field.IsZero() {
			t.Fatalf("%s could not be disturbed", v.Type().Field(i).Name)
		}
	}
	at := time.Date(2026, 3, 14, 23, 50, 0, 0, time.UTC)
	m.TrackGeneration(t.Context(), Generation{Time: at})
	want := Event{Kind: KindGeneration, Time: at, Source: SourceAPI}
	if !reflect.DeepEqual(*slot, want) {
		t.Errorf("the slot holds\n%+v, want\n%+v", *slot, want)
	}
}

func disturb(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(7)
	case reflect.Float64:
		v.SetFloat(7)
	case reflect.String:
		v.SetString("older")
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Array:
		v.Index(0).SetUint(7)
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[time.Time]() {
			t.Fatalf("no way to disturb a %v", v.Type())
		}
		v.Set(reflect.ValueOf(time.Unix(7, 7)))
	default:
		t.Fatalf("no way to disturb a %v", v.Type())
	}
}

// TestTrackCarriesEveryField sets every field of a Generation, and finds each in the event.
func TestTrackCarriesEveryField(t *testing.T) {
	m := newTestMonitor(t)
	at := time.Date(2026, 3, 14, 23, 50, 0, 0, time.FixedZone("CET", 3600))
	span := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled,
	})
	g := Generation{
		Duration: 2 * time.Second, Success: true, Provider: "openai", Model: "gpt-4o", Operation: "chat", Step: "draft",
		PromptTokens: 10, CompletionTokens: 5, TotalTokens: 20, CachedTokens: 4, CacheWriteTokens: 3, ReasoningTokens: 2,
		CostUSD: 0.5, FinishReason: "STOP", Error: "none", ErrorType: ErrorOther, Batch: true, Turns: 3,
		TimeToFirstToken: time.Second, Attempt: 2, RecordID: "r", ID: "i", Time: at, Attrs: []Attr{String("k", "v")},
	}
	m.TrackGeneration(trace.ContextWithSpanContext(t.Context(), span), g)
	want := Event{
		Kind: KindGeneration, Duration: 2 * time.Second, Success: true, Provider: "openai", Model: "gpt-4o",
		Operation: "chat", Step: "draft", PromptTokens: 10, CompletionTokens: 5, TotalTokens: 20, CachedTokens: 4,
		CacheWriteTokens: 3, ReasoningTokens: 2, CostUSD: 0.5, FinishReason: "STOP", Error: "none", ErrorType: "other",
		Batch: true, Turns: 3, TimeToFirstToken: time.Second, Attempt: 2, RecordID: "r", ID: "i", Time: at,
		Attrs: []Attr{String("k", "v")}, Source: SourceAPI,
		traceID: span.TraceID(), spanID: span.SpanID(), traceFlags: trace.FlagsSampled,
	}
	got := only(t, m)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if got.SpanContext().TraceID() != span.TraceID() || !got.SpanContext().IsSampled() {
		t.Errorf("the span is %v", got.SpanContext())
	}
	if v := reflect.ValueOf(g); true {
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).IsZero() && name != "CacheHit" {
				t.Errorf("the test leaves out %s", name)
			}
		}
	}
}

// only returns the one event that the ring holds.
func only(t *testing.T, m *Monitor) Event {
	t.Helper()
	var events []Event
	for e, err := range m.Snapshot(0) {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	if len(events) != 1 {
		t.Fatalf("the ring holds %d events, want 1", len(events))
	}
	return events[0]
}

// TestABadValueCostsItselfAlone gives each number a value that cannot be: the event is kept without it, and the refusal
// is counted.
func TestABadValueCostsItselfAlone(t *testing.T) {
	for name, test := range map[string]struct {
		g      Generation
		reason string
	}{
		"negative duration":   {Generation{Duration: -1}, ReasonNegative},
		"negative first":      {Generation{TimeToFirstToken: -1}, ReasonNegative},
		"negative prompt":     {Generation{PromptTokens: -1}, ReasonNegative},
		"negative completion": {Generation{CompletionTokens: math.MinInt64}, ReasonNegative},
		"negative total":      {Generation{TotalTokens: -1}, ReasonNegative},
		"negative cached":     {Generation{CachedTokens: -1}, ReasonNegative},
		"negative written":    {Generation{CacheWriteTokens: -1}, ReasonNegative},
		"negative reasoning":  {Generation{ReasoningTokens: -1}, ReasonNegative},
		"negative turns":      {Generation{Turns: -1}, ReasonNegative},
		"negative attempt":    {Generation{Attempt: -1}, ReasonNegative},
		"negative cost":       {Generation{CostUSD: -1e-9}, ReasonNegative},
		"NaN cost":            {Generation{CostUSD: math.NaN()}, ReasonNotFinite},
		"infinite cost":       {Generation{CostUSD: math.Inf(1)}, ReasonNotFinite},
		"absurd prompt":       {Generation{PromptTokens: math.MaxInt64}, ReasonOutOfRange},
		"absurd turns":        {Generation{Turns: math.MaxInt32 + 1}, ReasonOutOfRange},
	} {
		m := newTestMonitor(t)
		test.g.Model = "m"
		m.TrackGeneration(t.Context(), test.g)
		e := only(t, m)
		e.Time = time.Time{}
		if want := (Event{Kind: KindGeneration, Model: "m", Source: SourceAPI}); !reflect.DeepEqual(e, want) {
			t.Errorf("%s: the event is %+v", name, e)
		}
		for reason, n := range refused(m, SourceAPI) {
			if want := int64(bit(reason == test.reason)); n != want {
				t.Errorf("%s: %d refused as %s, want %d", name, n, reason, want)
			}
		}
	}
}

// refused returns the counts of events_rejected of one source by reason.
func refused(m *Monitor, source string) map[string]int64 {
	counts := make(map[string]int64)
	m.rejected.each(func(s, reason string, n int64) {
		if s == source {
			counts[reason] = n
		}
	})
	return counts
}

func TestEventsFromTomorrowAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTestMonitor(t)
		now := time.Now()
		m.TrackGeneration(t.Context(), Generation{Time: now.Add(maxFuture)})
		m.TrackGeneration(t.Context(), Generation{Time: now.Add(maxFuture + 1)})
		m.TrackRecord(t.Context(), Record{Time: now.Add(24 * time.Hour)})
		if m.Track(t.Context(), Event{Kind: KindRecord, Source: "replay", Time: now.Add(24 * time.Hour)}) {
			t.Error("Track says that it took an event from tomorrow")
		}
		only(t, m)
		if n := refused(m, SourceAPI)[ReasonFuture]; n != 2 {
			t.Errorf("api: %d refused as future, want 2", n)
		}
		if n := refused(m, "replay")[ReasonFuture]; n != 1 {
			t.Errorf("replay: %d refused as future, want 1", n)
		}
	})
}

func TestTextsAreCut(t *testing.T) {
	m := newTestMonitor(t)
	long := strings.Repeat("ä", 1<<19) // 1 MiB
	m.TrackGeneration(t.Context(), Generation{
		Error: long, ErrorType: ErrorType(long), Provider: long, Model: long, Operation: long, Step: long,
		FinishReason: long, ID: long, RecordID: long, Attrs: []Attr{String(long, long)},
	})
	e := only(t, m)
	if len(e.Error) != 1024 {
		t.Errorf("Error has %d bytes, want 1024", len(e.Error))
	}
	for _, s := range []string{
		e.ErrorType, e.Provider, e.Model, e.Operation, e.Step, e.FinishReason, e.ID, e.RecordID, e.Attrs[0].Key,
		e.Attrs[0].Value.String(),
	} {
		if len(s) != 256 || strings.Trim(s, "ä") != "" {
			t.Errorf("a text of %d bytes is left: %.20q…", len(s), s)
		}
	}
	if unsafe.StringData(e.Error) == unsafe.StringData(long) {
		t.Error("the cut text is a slice of the long one, and pins it")
	}
	if got := cut("aaä", 3); got != "aa" {
		t.Errorf("cut within a character gives %q, want aa", got)
	}
}

func TestAttrsAreCopiedAndBounded(t *testing.T) {
	m := newTestMonitor(t)
	attrs := make([]Attr, 20)
	for i := range attrs {
		attrs[i] = Int("k", i)
	}
	m.TrackGeneration(t.Context(), Generation{Attrs: attrs})
	attrs[0] = Int("k", 99)
	e := only(t, m)
	if len(e.Attrs) != 16 || e.Attrs[0].Value.Int64() != 0 {
		t.Errorf("kept %v", e.Attrs)
	}
	if n := refused(m, SourceAPI)[ReasonOutOfRange]; n != 4 {
		t.Errorf("%d refused, want 4", n)
	}
}

func TestTrackRefusesWhatIsNoEvent(t *testing.T) {
	m := newTestMonitor(t)
	for _, e := range []Event{
		{}, {Kind: 99}, {Kind: KindMetric, Name: "x", Value: math.NaN()}, {Kind: KindTarget, Value: -1},
	} {
		if m.Track(context.Background(), e) {
			t.Errorf("took %+v", e)
		}
	}
	if n := m.ring.end(); n != 0 {
		t.Errorf("the ring holds %d events", n)
	}
}

func TestTimestampOfTheCallerIsHonoured(t *testing.T) { // seed: record_metric
	at := time.Date(2026, 3, 14, 23, 50, 0, 123456000, time.UTC)
	for _, stamp := range []Attr{
		String("timestamp", at.Format(time.RFC3339Nano)), {Key: "timestamp", Value: slog.TimeValue(at)},
	} {
		m := newTestMonitor(t)
		m.RecordMetric(t.Context(), "queue", 7, String("worker", "a"), stamp)
		if e := only(t, m); !e.Time.Equal(at) || len(e.Attrs) != 1 || e.Attrs[0].Key != "worker" {
			t.Errorf("the event is of %v with %v, want %v", e.Time, e.Attrs, at)
		}
	}
}

// TestNilContext: a caller without a context is served too.
func TestNilContext(t *testing.T) {
	m := newTestMonitor(t)
	m.TrackGeneration(nil, Generation{}) //nolint:staticcheck // what the test is about
	m.TrackRecord(nil, Record{})         //nolint:staticcheck // what the test is about
	if n := m.ring.end(); n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}
