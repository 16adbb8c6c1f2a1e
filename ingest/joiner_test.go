package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// summary is an event in a few words.
func summary(ev *monitor.Event) string {
	if ev.Kind == monitor.KindMetric {
		return fmt.Sprintf("%s=%v", ev.Name, ev.Value)
	}
	return fmt.Sprintf("%v %v %s %s p%d c%d t%d scores%d", ev.Kind, ev.Duration, ev.Model, ev.CallOutcome(), ev.PromptTokens, ev.CompletionTokens, ev.Turns, len(ev.Scores))
}

// TestSameMicrosecond: what can be told apart of events at one timestamp.
func TestSameMicrosecond(t *testing.T) {
	for _, tt := range []struct {
		name    string
		samples string
		want    []string
	}{
		{"one after the other",
			"generation_time=1 success_rate=1 conversation_length=4|generation_time=2 success_rate=1 model_usage:b=1 prompt_token_count=20 conversation_length=2",
			[]string{"generation 1s  success p0 c0 t4 scores0", "generation 2s b success p20 c0 t2 scores0"}},
		{"a failure, then a success",
			"generation_time=1 success_rate=0 error_rate=1|generation_time=2 success_rate=1 model_usage:b=1",
			[]string{"generation 1s  error p0 c0 t0 scores0", "generation 2s b success p0 c0 t0 scores0"}},
		{"in turns",
			"generation_time=1 generation_time=2 success_rate=1 success_rate=0 model_usage:a=1 model_usage:b=1 prompt_token_count=10 prompt_token_count=20",
			[]string{"generation 1s a success p10 c0 t0 scores0", "generation 2s b rejected p20 c0 t0 scores0"}},
		{"in turns, told apart by the model",
			`generation_time=1 generation_time=2 model_usage:a=1 model_usage:b=1 prompt_token_count=20,"model_name":"b" prompt_token_count=10,"model_name":"a"`,
			[]string{"generation 1s a success p10 c0 t0 scores0", "generation 2s b success p20 c0 t0 scores0"}},
		{"a call and an evaluation",
			`generation_time=1 success_rate=1 model_usage:a=1 prompt_token_count=10,"model_name":"a"|evaluation_time=2,"success":true evaluation_score_x=3 evaluation_score_y=4 prompt_token_count=7,"model_name":"j"`,
			[]string{"generation 1s a success p10 c0 t0 scores0", "evaluation 2s j success p7 c0 t0 scores2"}},
		{"a metric beside a call", "queue_depth=3 generation_time=1 success_rate=1 queue_depth=4",
			[]string{"queue_depth=3", "generation 1s  success p0 c0 t0 scores0", "queue_depth=4"}},
		{"a sample too many", "generation_time=1 success_rate=1 prompt_token_count=1 prompt_token_count=2",
			[]string{"generation 1s  success p1 c0 t0 scores0", "prompt_token_count=2"}},
		{"genmeter's unmeasured call", "success_rate=1 error_rate=0 model_usage:a=1 prompt_token_count=5",
			[]string{"generation 0s a success p5 c0 t0 scores0"}},
		{"genmeter's unmeasured evaluation", `evaluation_error_rate=1,"success":false evaluation_score_x=5,"success":false`,
			[]string{"evaluation 0s  error p0 c0 t0 scores1"}},
		{"a failed evaluation", `evaluation_time=1,"success":false evaluation_error_rate=1`,
			[]string{"evaluation 1s  error p0 c0 t0 scores0"}},
		{"a bare success_rate", "success_rate=1", []string{"success_rate=1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var text strings.Builder
			for _, half := range strings.Split(tt.samples, "|") {
				text.WriteString(samples(at1, strings.Fields(half)...))
			}
			events, errs := collect(Read(strings.NewReader(text.String()), "f"))
			if len(errs) != 0 || len(events) != len(tt.want) {
				t.Errorf("%d events, %v", len(events), errs)
			}
			for i := range min(len(events), len(tt.want)) {
				equal(t, "event", summary(&events[i]), tt.want[i])
			}
		})
	}
}

// TestJoinerKeepsOrderAndIsBounded: events come in the order of their first lines, and few wait.
func TestJoinerKeepsOrderAndIsBounded(t *testing.T) {
	const n = 5000
	var text strings.Builder
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(i int) string {
		return start.Add(time.Duration(i) * time.Millisecond).Format("2006-01-02T15:04:05.000000")
	}
	for i := range n + 50 { // the second sample of each comes 50 events later
		if i < n {
			text.WriteString(samples(at(i), fmt.Sprintf("generation_time=%d", i+1)))
		}
		if i >= 50 {
			text.WriteString(samples(at(i-50), fmt.Sprintf("prompt_token_count=%d", i-50+1)))
		}
	}
	i := 0
	for ev, err := range Read(strings.NewReader(text.String()), "f") {
		i++
		if err != nil || ev.Duration != time.Duration(i)*time.Second || ev.PromptTokens != int64(i) {
			t.Fatalf("event %d: %+v %v", i, ev, err)
		}
	}
	equal(t, "events", i, n)

	rd := &reader{yield: func(monitor.Event, error) bool { return true }}
	j := newJoiner()
	for i := range n {
		j.add(rd, start.Add(time.Duration(i)*time.Microsecond), sample{name: "x"})
	}
	if len(j.queue) > maxGroups || len(j.groups) > maxGroups {
		t.Errorf("%d groups wait", len(j.queue))
	}
	for range 20 * maxSamples {
		j.add(rd, start, sample{name: "x"})
	}
	for _, g := range j.queue {
		if len(g.samples) > 8*maxSamples {
			t.Errorf("%d samples of one timestamp wait", len(g.samples))
		}
	}
	j.add(rd, start.Add(time.Hour), sample{name: "x"})
	equal(t, "groups after an hour", len(j.queue), 1)
}

// TestJoinerOfOlderRun: a run behind a newer one is put together like any other.
func TestJoinerOfOlderRun(t *testing.T) {
	text := samples("2026-03-14T00:00:00", "generation_time=1", "success_rate=1") +
		samples("2026-03-13T00:00:00", "generation_time=2", "success_rate=1") +
		samples("2026-03-13T00:00:01", "generation_time=3", "success_rate=1")
	events, _ := collect(Read(strings.NewReader(text), "f"))
	equal(t, "events", len(events), 3)
}

func TestSampleWithoutTime(t *testing.T) {
	text := `{"metric":"generation_time","value":1}` + "\n" + `{"metric":"x","value":2,"id":"kept"}` + "\n"
	events, errs := collect(Read(strings.NewReader(text), "f"))
	if len(events) != 2 || len(errs) != 0 || events[1].Name != "x" || events[1].ID != "" || len(events[1].Attrs) != 1 {
		t.Errorf("%+v %v", events, errs)
	}
}

// TestManyCallsOfOneMicrosecond: however many there are, none is cut in two.
func TestManyCallsOfOneMicrosecond(t *testing.T) {
	const n = 1000
	one := samples(at1, "generation_time=1", "success_rate=1.0", "model_usage:m=1.0", "prompt_token_count=10", "completion_token_count=2",
		"total_token_count=12", "conversation_length=1")
	events, errs := collect(Read(strings.NewReader(strings.Repeat(one, n)), "f"))
	var tokens int64
	for _, ev := range events {
		tokens += ev.TotalTokens
	}
	if len(events) != n || tokens != 12*n || len(errs) != 0 {
		t.Errorf("%d events with %d tokens, %v, want %d with %d", len(events), tokens, errs, n, 12*n)
	}
}
