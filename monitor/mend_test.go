package monitor

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// rejects returns the refusals by reason, without the zeros.
func rejects(m *metered) map[string]float64 {
	got := make(map[string]float64)
	for key, p := range m.collect()["genmeter.events_rejected"] {
		reason, _, _ := strings.Cut(strings.TrimPrefix(key, "reason="), ",")
		if p.value > 0 {
			got[reason] += p.value
		}
	}
	return got
}

// TestSeedFault12ABadValueCostsItself: in the seed a None or a NaN spoils more than itself. Here the value is lost, and
// the event is kept.
func TestSeedFault12ABadValueCostsItself(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		name   string
		record func(*Monitor)
		want   map[string]float64
	}{
		{"negative numbers of a call", func(m *Monitor) {
			m.TrackGeneration(t.Context(), Generation{Success: true, Duration: -1, TimeToFirstToken: -1, PromptTokens: -1,
				CompletionTokens: -1, TotalTokens: -1, CachedTokens: -1, CacheWriteTokens: -1, ReasoningTokens: -1,
				CostUSD: -1, Turns: -1, Attempt: -1})
		}, map[string]float64{ReasonNegative: 11}},
		{"impossible numbers of a call", func(m *Monitor) {
			m.TrackGeneration(t.Context(), Generation{Success: true, PromptTokens: math.MaxInt64, CompletionTokens: 1 << 41, CostUSD: nan})
		}, map[string]float64{ReasonOutOfRange: 2, ReasonNotFinite: 1}},
		{"infinite cost", func(m *Monitor) {
			m.TrackGeneration(t.Context(), Generation{Success: true, CostUSD: inf})
		}, map[string]float64{ReasonNotFinite: 1}},
		{"an evaluation", func(m *Monitor) {
			m.TrackEvaluation(t.Context(), Evaluation{Success: true, Duration: -1, PromptTokens: -4, CostUSD: -inf,
				Scores: []Score{{Name: "a", Value: nan}, {Name: "b", Value: -inf}, {Name: "c", Value: -0.5}}})
		}, map[string]float64{ReasonNegative: 2, ReasonNotFinite: 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMetered(t)
			test.record(m.Monitor)
			if got := rejects(m); fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("refused %v, want %v", got, test.want)
			}
			events := 0
			for e := range m.Snapshot(0) {
				events++
				if !e.Success || e.TotalTokens != 0 || e.CostUSD != 0 || e.Duration != 0 || len(e.Scores) > 1 {
					t.Errorf("the event is %+v", e)
				}
			}
			if events != 1 {
				t.Errorf("%d events are kept, want 1", events)
			}
			if u := m.TokenUsage(0); u.TotalTokens != 0 || u.TotalCostUSD != 0 {
				t.Errorf("token usage is %+v, want none", u)
			}
		})
	}
}

func TestBadMetricsCostTheEvent(t *testing.T) {
	m := newMetered(t)
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		m.RecordMetric(t.Context(), "x", v)
	}
	m.RecordMetric(t.Context(), "x", -3)
	if got := rejects(m); got[ReasonNotFinite] != 3 || len(got) != 1 {
		t.Errorf("refused %v, want 3 not finite", got)
	}
	if s := m.Aggregate("x", 0); s.Count != 1 || s.Sum != -3 {
		t.Errorf("x is %+v, want the one sample", s)
	}
}

func TestTimesOfEvents(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	ctx := t.Context()
	berlin := time.FixedZone("", 3600)
	m.TrackGeneration(ctx, Generation{Model: "tomorrow", Time: testEpoch.Add(24 * time.Hour)})
	m.TrackRecord(ctx, Record{Time: testEpoch.Add(5*time.Minute + 1)})
	m.TrackGeneration(ctx, Generation{Model: "soon", TotalTokens: 1, Time: testEpoch.Add(5 * time.Minute)})
	m.TrackGeneration(ctx, Generation{Model: "ago", TotalTokens: 2, Success: true, Time: testEpoch.Add(-time.Minute).In(berlin)})
	m.TrackGeneration(ctx, Generation{Model: "long ago", TotalTokens: 4, Success: true, Time: testEpoch.Add(-2 * time.Hour)})

	if got := rejects(m); got[ReasonFuture] != 2 || len(got) != 1 {
		t.Errorf("refused %v, want 2 of the future", got)
	}
	var models []string
	for e := range m.Snapshot(0) {
		models = append(models, e.Model)
		if e.Model == "ago" && e.Time.Location() != berlin {
			t.Errorf("the zone is %v, want %v", e.Time.Location(), berlin)
		}
	}
	if got := strings.Join(models, ","); got != "soon,ago,long ago" {
		t.Errorf("the ring has %s", got)
	}
	// The one of long ago is in totals only, the one to come in no window yet.
	if s := m.Aggregate("total_token_count", 0); s.Count != 3 || s.Sum != 7 {
		t.Errorf("since the start %+v, want 7 of 3", s)
	}
	if s := m.Aggregate("total_token_count", 3*time.Hour); s.Count != 1 || s.Sum != 2 || s.P99 != 2 || s.QuantileCoverage != 1 {
		t.Errorf("in three hours %+v, want 2 of 1", s)
	}
	if u, v := m.TokenUsage(0).TotalTokens, m.TokenUsage(3*time.Hour).TotalTokens; u != 7 || v != 2 {
		t.Errorf("token usage is %d and %d, want 7 and 2", u, v)
	}
	if got := total(m.collect()["genmeter.tokens"]); got != 7 {
		t.Errorf("the instrument has %v tokens, want 7", got)
	}
	clock.advance(5 * time.Minute)
	if s := m.Aggregate("total_token_count", 3*time.Hour); s.Count != 2 || s.Sum != 3 {
		t.Errorf("five minutes later %+v, want 3 of 2", s)
	}
}

// TestTextsAreCut: an error that quotes a whole answer must not be kept in memory by a slice of it.
func TestEveryTextIsCut(t *testing.T) {
	m := newMetered(t)
	long := strings.Repeat("é", 1<<19) // 1 MiB, a character's second byte at every even bound
	for _, text := range []string{long, "x" + long} {
		m.TrackGeneration(t.Context(), Generation{
			Model: text, Provider: text, Step: text, Operation: text, FinishReason: text, Error: text,
			ErrorType: ErrorType(text), ID: text, RecordID: text,
		})
	}
	m.TrackEvaluation(t.Context(), Evaluation{Evaluator: long, Model: long, Error: long,
		Scores: []Score{{Name: long, Feedback: long}}, Attrs: []Attr{String(long, long)}})
	for e := range m.Snapshot(0) {
		texts := []string{e.Model, e.Provider, e.Step, e.Operation, e.FinishReason, e.ErrorType, e.ID, e.RecordID, e.Name}
		for _, s := range e.Scores {
			texts = append(texts, s.Name, s.Feedback)
		}
		for _, a := range e.Attrs {
			texts = append(texts, a.Key, a.Value.String())
		}
		for _, s := range texts {
			if len(s) > 256 || !utf8.ValidString(s) {
				t.Errorf("a text of %d bytes, valid %v; want 256 at most", len(s), utf8.ValidString(s))
			}
		}
		if n := len(e.Error); n > 1024 || n < 1021 || !utf8.ValidString(e.Error) {
			t.Errorf("the error has %d bytes, valid %v; want 1 KiB", n, utf8.ValidString(e.Error))
		}
	}
	short := strings.Repeat("s", 1024)
	if cut(short, maxErrorText) != short || cut("", 1) != "" {
		t.Error("cut changes what is short")
	}
	if got := testing.AllocsPerRun(10, func() { _ = cut(long, maxErrorText) }); got != 1 {
		t.Errorf("cut allocates %v times, want 1: the copy", got)
	}
}

func TestAttrsAreBounded(t *testing.T) {
	m := newMetered(t)
	var attrs []Attr
	for i := range 20 {
		attrs = append(attrs, Int(fmt.Sprint("k", i), i))
	}
	m.TrackGeneration(t.Context(), Generation{Attrs: attrs})
	attrs[0] = String("changed", "by the caller")
	for e := range m.Snapshot(0) {
		if len(e.Attrs) != 16 || e.Attrs[0].Key != "k0" || e.Attrs[15].Key != "k15" {
			t.Errorf("attributes are %v, want k0 to k15", e.Attrs)
		}
	}
	if got := rejects(m); got[ReasonOutOfRange] != 4 {
		t.Errorf("refused %v, want 4 out of range", got)
	}
}

// TestAbsurdValuesMoveNothing: what nobody can mean does not become the cost, the total or the start of a run.
func TestAbsurdValuesMoveNothing(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now))
	for range 2 {
		m.TrackGeneration(t.Context(), Generation{Success: true, CostUSD: 1e308, Time: time.Date(1970, 1, 1, 0, 0, 3, 0, time.UTC)})
		m.TrackEvaluation(t.Context(), Evaluation{Success: true, CostUSD: 1e308, Time: time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)})
	}
	m.TrackGeneration(t.Context(), Generation{Success: true, CostUSD: 1 << 40})
	if p := m.Progress(); p.CostUSD != 1<<40 || !p.Start.Equal(testEpoch) || p.Elapsed != 0 || p.Calls != 3 {
		t.Errorf("%+v", p)
	}
	if got := rejects(m); got[ReasonOutOfRange] != 8 || len(got) != 1 {
		t.Errorf("refused %v, want 4 costs and 4 times", got)
	}
}

// TestLargestTotal: both counts at their bound are a total that is none too large.
func TestLargestTotal(t *testing.T) {
	m := newMetered(t)
	m.TrackGeneration(t.Context(), Generation{Success: true, PromptTokens: maxCount, CompletionTokens: maxCount, TotalTokens: maxTotal})
	m.TrackGeneration(t.Context(), Generation{Success: true, TotalTokens: maxTotal + 1})
	if u := m.TokenUsage(0); u.TotalTokens != maxTotal {
		t.Errorf("%+v", u)
	}
	if got := rejects(m); got[ReasonOutOfRange] != 1 || len(got) != 1 {
		t.Errorf("refused %v, want the total of the second", got)
	}
}
