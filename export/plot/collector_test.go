package plot

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// recorded gives the events of a recorded run that can be read.
func recorded(t testing.TB, path string) monitor.Source {
	src, err := ingest.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return ingest.Readable(ingest.Clean(src))
}

type truth struct {
	Prompt, Completion map[string]int64
	Generations        uint64
	Failure            uint64
	Evaluations        uint64
	DurationSum        float64           `json:"duration_sum"`
	ErrorTypes         map[string]uint64 `json:"error_types"`
	Scores             map[string][2]float64
}

// TestRecordedRun: what is drawn adds up to what was tracked.
func TestRecordedRun(t *testing.T) {
	const dir = "../../ingest/testdata/afterimage-run"
	raw, err := os.ReadFile(dir + "/truth.json")
	if err != nil {
		t.Fatal(err)
	}
	var want truth
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	c, err := collect(recorded(t, dir), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var drawn slot
	groups, _ := newRun(c).lineGroups(50)
	for _, g := range groups {
		drawn.merge(g.slot)
	}
	if drawn.calls != want.Generations || drawn.errors != want.Failure || drawn.evaluations != want.Evaluations {
		t.Errorf("%d calls, %d errors, %d evaluations; want %d, %d, %d", drawn.calls, drawn.errors, drawn.evaluations,
			want.Generations, want.Failure, want.Evaluations)
	}
	for class, n := range want.ErrorTypes {
		if got := drawn.failures[monitor.ErrorType(class)]; got != n {
			t.Errorf("%d failures of class %s; want %d", got, class, n)
		}
	}
	for name, score := range want.Scores {
		got := drawn.scores[c.scores.index(name)]
		if float64(got.n) != score[0] || math.Abs(got.sum-score[1]) > 1e-6 {
			t.Errorf("score %s is %d times, %v in all; want %v", name, got.n, got.sum, score)
		}
	}
	for model, n := range want.Prompt {
		u := c.usage[c.models.index(model)]
		if u.input != n || u.output != want.Completion[model] {
			t.Errorf("%s used %+v; want %d and %d", model, u, n, want.Completion[model])
		}
	}
	if math.Abs(c.durations.sum-want.DurationSum) > 1e-6 {
		t.Errorf("calls took %v s in all; want %v", c.durations.sum, want.DurationSum)
	}
}

// TestQuirks: the run with all oddities is drawn whole.
func TestQuirks(t *testing.T) {
	figures, err := All(recorded(t, "../../ingest/testdata/afterimage-quirks"), Options{Width: 6, Height: 3.6})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range figures {
		names = append(names, f.Name)
		checkTexts(t, f.Name, parse(t, f))
	}
	want := "progress success_error_rate failures generation_time latency_heatmap total_token_count prompt_token_count " +
		"completion_token_count tokens_by_model evaluation_scores evaluation_time"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	var forwards, backwards = NewCollector(Options{}), NewCollector(Options{})
	var all []monitor.Event
	for ev := range synthetic(5000, 3, 30*time.Hour, time.Hour, 0) {
		all = append(all, ev)
	}
	for i := range all {
		forwards.Add(&all[i])
		backwards.Add(&all[len(all)-1-i])
	}
	a, b := newRun(forwards), newRun(backwards)
	if len(a.slots) != len(b.slots) || a.from != b.from || a.to != b.to {
		t.Fatalf("%d slots from %v to %v, backwards %d from %v to %v", len(a.slots), a.from, a.to, len(b.slots), b.from, b.to)
	}
	for i := range a.slots {
		x, y := a.slots[i], b.slots[i]
		if x.index != y.index || x.bin.calls != y.bin.calls || x.bin.total.sum != y.bin.total.sum || x.bin.records != y.bin.records {
			t.Errorf("slot %d: %+v, backwards %+v", i, x.bin, y.bin)
		}
	}
}

// TestManyNames: memory stays bounded whatever names events have, and the sums stay exact.
func TestManyNames(t *testing.T) {
	c := NewCollector(Options{})
	for i := range 5000 {
		name := strings.Repeat("x", i%100) + string(rune('a'+i%26)) + time.Duration(i).String()
		c.Add(&monitor.Event{
			Kind: monitor.KindEvaluation, Time: start.Add(time.Duration(i) * time.Second), Model: name, PromptTokens: 1, TotalTokens: 1,
			Scores: []monitor.Score{{Name: name, Value: 1}},
		})
	}
	bars, all := newRun(c).modelBars()
	if len(c.models.list) != 201 || len(c.scores.list) != 51 || all.input != 5000 || len(bars) != maxModels+1 {
		t.Errorf("%d models, %d scores, %d tokens, %d bars", len(c.models.list), len(c.scores.list), all.input, len(bars))
	}
}

// FuzzCollector: whatever the events are, each is counted once, and drawing does not panic.
func FuzzCollector(f *testing.F) {
	f.Add(int64(0), int64(-8520336000), int64(7258118400), 1.5, int64(1e9), int64(1000), uint8(1))
	f.Add(int64(math.MinInt64), int64(math.MaxInt64), int64(1764000000), math.MaxFloat64, int64(math.MaxInt64), int64(1<<40), uint8(2))
	f.Add(int64(-62135596800), int64(1764000000), int64(1764000001), -math.MaxFloat64, int64(1), int64(1), uint8(3))
	f.Add(int64(1), int64(2), int64(3), math.NaN(), int64(-1), int64(-1), uint8(4))
	f.Add(int64(1), int64(1), int64(1), math.Inf(1), int64(0), int64(0), uint8(6))
	f.Fuzz(func(t *testing.T, a, b, c int64, value float64, duration, tokens int64, kind uint8) {
		col := NewCollector(Options{Width: 4, Height: 3})
		want := uint64(0)
		var list []monitor.Event
		for i, sec := range []int64{a, b, c, a / 2, b / 3, 0} {
			ev := monitor.Event{
				Kind: monitor.Kind((int(kind) + i) % 8), Time: time.Unix(sec, int64(i)), Duration: time.Duration(duration),
				TimeToFirstToken: time.Duration(duration / 2), PromptTokens: tokens, TotalTokens: tokens / 2, CostUSD: value,
				Value: value, Name: "q", Scores: []monitor.Score{{Name: "s", Value: value}}, Outcome: monitor.RecordOutcome(i),
				Success: i%2 == 0, Error: "e",
			}
			if i == 5 {
				ev.Time = time.Time{}
			}
			switch ev.Kind {
			case monitor.KindGeneration, monitor.KindEvaluation, monitor.KindRecord, monitor.KindUsage:
				want++
			}
			col.Add(&ev)
			list = append(list, ev)
		}
		r := newRun(col)
		if got := eventsOf(r.slots) + r.earlier.events() + r.later.events(); got != want {
			t.Errorf("%d events; want %d", got, want)
		}
		for _, fig := range col.Figures() {
			if _, err := encode(fig, SVG); err != nil {
				t.Error(err)
			}
		}
		for _, metric := range []string{"q", "generation_time", "evaluation_score_s"} {
			if fig, err := MetricFigure(events(list...), metric, Options{Width: 4, Height: 3}); err == nil {
				if _, err := encode(fig, SVG); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
