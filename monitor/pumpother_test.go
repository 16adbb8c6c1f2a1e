package monitor

import (
	"strings"
	"testing"
	"time"
)

// TestTrackEvaluation is the seed's track_evaluation: evaluation_time, evaluation_score_NAME, evaluation_error_rate,
// and the tokens under the evaluating model.
func TestTrackEvaluation(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	m.TrackEvaluation(ctx, Evaluation{
		Duration: 2 * time.Second, Success: true, Evaluator: "judge", Provider: "openai", Model: "gpt-4o",
		PromptTokens: 300, CompletionTokens: 20,
		Scores: []Score{{Name: "coherence", Value: 0.9, Feedback: "good\nand short"}, {Name: "factuality", Value: -1}},
	})
	m.TrackEvaluation(ctx, Evaluation{Duration: time.Second, Evaluator: "judge", Error: "boom"})
	m.TrackEvaluation(ctx, Evaluation{Evaluator: "judge"})
	m.TrackGeneration(ctx, Generation{Provider: "openai", Model: "gpt-4o", PromptTokens: 10, CompletionTokens: 1})

	m.want("genmeter.evaluations", map[string]point{
		"evaluator=judge,outcome=success":  {value: 1},
		"evaluator=judge,outcome=error":    {value: 1},
		"evaluator=judge,outcome=rejected": {value: 1},
	})
	m.want("genmeter.evaluation_duration", map[string]point{
		"evaluator=judge,outcome=success": {1, 2}, "evaluator=judge,outcome=error": {1, 1},
	})
	m.want("genmeter.evaluation_score", map[string]point{
		"evaluator=judge,score=coherence": {1, 0.9}, "evaluator=judge,score=factuality": {1, -1},
	})
	m.want("genmeter.tokens", map[string]point{
		"M=gpt-4o,P=openai,type=input": {value: 310}, "M=gpt-4o,P=openai,type=output": {value: 21},
	})
	m.want("gen_ai.client.token.usage", map[string]point{
		"M=gpt-4o,O=chat,P=openai,token_type=input": {2, 310}, "M=gpt-4o,O=chat,P=openai,token_type=output": {2, 21},
	})
	m.want("genmeter.usage_reports", map[string]point{"M=gpt-4o,P=openai": {value: 2}})
	m.want("gen_ai.client.operation.duration", nil) // an evaluation is no call
	u := m.TokenUsage(0)
	if len(u.ByModel) != 1 || u.ByModel[0].Calls != 1 || u.ByModel[0].TotalTokens != 331 {
		t.Errorf("token usage is %+v, want 331 tokens and one call of gpt-4o", u.ByModel)
	}
	for name, want := range map[string][2]float64{ // count, sum
		"evaluation_time": {2, 3}, "evaluation_error_rate": {3, 2},
		"evaluation_score_coherence": {1, 0.9}, "evaluation_score_factuality": {1, -1},
		"generation_time": {0, 0}, "success_rate": {1, 0},
	} {
		if s := m.Aggregate(name, time.Minute); float64(s.Count) != want[0] || s.Sum != want[1] {
			t.Errorf("%s is %+v, want count %v and sum %v", name, s, want[0], want[1])
		}
	}
	for name, want := range map[string]uint64{
		"evaluation_time": 1, "evaluation_score_coherence": 1, "evaluation_error_rate": 1, "prompt_token_count": 2,
	} {
		if s := m.Aggregate(name, time.Minute, ForModel("gpt-4o")); s.Count != want || s.QuantileCoverage != 1 {
			t.Errorf("%s of gpt-4o is %+v, want count %d", name, s, want)
		}
	}
}

func TestTrackRecord(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	m.want("genmeter.records", map[string]point{ // before the first: increase() needs a start
		"outcome=accepted": {}, "outcome=rejected": {}, "outcome=failed": {},
	})
	m.TrackRecord(ctx, Record{})
	m.TrackRecord(ctx, Record{ID: "b", Outcome: Accepted})
	m.TrackRecord(ctx, Record{ID: "c", Outcome: Rejected, Reason: "too short"})
	m.TrackRecord(ctx, Record{ID: "d", Outcome: Failed, Reason: "no answer"})
	m.TrackRecord(ctx, Record{ID: "e", Outcome: 77}) // unheard of
	m.want("genmeter.records", map[string]point{
		"outcome=accepted": {value: 2}, "outcome=rejected": {}, "outcome=failed": {value: 1},
		"outcome=rejected,reason=too short": {value: 1}, "outcome=failed,reason=no answer": {value: 1},
	})
	if s := m.Aggregate("acceptance_rate", 0); s.Count != 5 || s.Mean != 0.4 {
		t.Errorf("acceptance_rate is %+v, want 2 of 5", s)
	}
}

func TestSetTarget(t *testing.T) {
	m := newMetered(t)
	m.want("genmeter.records_target", nil)
	m.SetTarget(100)
	m.SetTarget(250)
	m.SetTarget(-3)
	m.want("genmeter.records_target", map[string]point{"": {value: 250}})
	m.SetTarget(0)
	m.want("genmeter.records_target", nil)
}

// TestRecordMetric is the seed's record_metric: a timestamp given by the caller is honoured.
func TestRecordMetric(t *testing.T) {
	clock := newTestClock()
	m := newMetered(t, WithClock(clock.now), WithMetricLabels("worker", "pool"))
	ctx := t.Context()
	m.RecordMetric(ctx, "queue_depth", 7, String("worker", "a"), String("host", "not a label"))
	m.RecordMetric(ctx, "queue_depth", -2, String("worker", "a"))
	m.RecordMetric(ctx, "queue_depth", 3, Int("worker", 2), Bool("pool", true))
	m.RecordMetric(ctx, "queue_depth", 1)
	early := testEpoch.Add(-30 * time.Minute)
	m.RecordMetric(ctx, "queue_depth", 100, String("timestamp", early.Format(time.RFC3339)))

	m.want("genmeter.metric_value", map[string]point{
		"metric=queue_depth,worker=a":           {value: -2},
		"metric=queue_depth,pool=true,worker=2": {value: 3},
		"metric=queue_depth":                    {value: 100},
	})
	m.want("genmeter.metric_observations", map[string]point{
		"metric=queue_depth,worker=a":           {value: 2},
		"metric=queue_depth,pool=true,worker=2": {value: 1},
		"metric=queue_depth":                    {value: 2},
	})
	m.want("genmeter.metric_value_accumulated", map[string]point{
		"metric=queue_depth,worker=a":           {value: 5},
		"metric=queue_depth,pool=true,worker=2": {value: 3},
		"metric=queue_depth":                    {value: 101},
	})
	if s := m.Aggregate("queue_depth", 5*time.Minute); s.Count != 4 || s.Sum != 9 || s.Min != -2 || s.Max != 7 || s.P50 != 2 {
		t.Errorf("queue_depth of the last 5 min is %+v, want 4 samples, the median 2", s)
	}
	if s := m.Aggregate("queue_depth", time.Minute, At(early)); s.Count != 1 || s.Mean != 100 {
		t.Errorf("queue_depth at %v is %+v, want the one sample of 100", early, s)
	}
}

// TestRecordMetricUnderABuiltInName: the seed's callers record bare error_rate samples. They stay in ring and files,
// and out of aggregates and instruments.
func TestRecordMetricUnderABuiltInName(t *testing.T) {
	m := newMetered(t)
	ctx := t.Context()
	m.TrackGeneration(ctx, Generation{Model: "m", Success: true, Duration: time.Second, FinishReason: "stop"})
	m.TrackEvaluation(ctx, Evaluation{Success: true, Scores: []Score{{Name: "coherence", Value: 1}}})
	names := []string{
		"generation_time", "error_rate", "success_rate", "total_token_count", "cost_usd", "evaluation_time",
		"evaluation_error_rate", "acceptance_rate", "model_usage:m", "finish_reason:stop", "evaluation_score_coherence",
	}
	before := make(map[string]Stat)
	for _, name := range names {
		before[name] = m.Aggregate(name, 0)
	}
	for _, name := range names {
		m.RecordMetric(ctx, name, 500)
	}
	for _, name := range names {
		if s := m.Aggregate(name, 0); s != before[name] {
			t.Errorf("%s is %+v, want as before %+v", name, s, before[name])
		}
	}
	for name, series := range m.collect() {
		if strings.HasPrefix(name, "genmeter.metric_") {
			t.Errorf("%s has %v, want nothing", name, series)
		}
	}
	kept := 0
	for e := range m.Snapshot(0) {
		if e.Kind == KindMetric && e.Value == 500 {
			kept++
		}
	}
	if kept != len(names) {
		t.Errorf("the ring has %d of the samples, want %d", kept, len(names))
	}
}

func TestMetricNames(t *testing.T) {
	m := newMetered(t)
	if names := m.MetricNames(); len(names) != 0 {
		t.Errorf("names are %v, want none", names)
	}
	m.TrackGeneration(t.Context(), Generation{Model: "m", FinishReason: "stop", Success: true})
	m.RecordMetric(t.Context(), "a_metric", 1)
	want := "a_metric error_rate finish_reason:stop model_usage:m success_rate"
	if got := strings.Join(m.MetricNames(), " "); got != want {
		t.Errorf("names are %s, want %s", got, want)
	}
}
