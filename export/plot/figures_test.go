package plot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"github.com/genmeter/genmeter/monitor"
)

func call(at time.Duration, ev monitor.Event) monitor.Event {
	ev.Kind, ev.Time = monitor.KindGeneration, start.Add(at)
	return ev
}

// TestEveryFigureIsWhole: each has its title first, axes with units, a description, no text that is cut off and none that
// lies on another.
func TestEveryFigureIsWhole(t *testing.T) {
	for name, src := range map[string]monitor.Source{
		"13 models": synthetic(3000, 13, 2*time.Hour, time.Hour, 0), "one": synthetic(1, 1, 0, 0, 0),
		"days": synthetic(5000, 3, 72*time.Hour, time.Hour, 5*time.Hour), "2 s": synthetic(60, 2, 2*time.Second, time.Second, 0),
	} {
		for _, o := range []Options{{Width: 6, Height: 3.6}, {}, {Width: 16, Height: 8}} {
			figures, err := All(src, o)
			if err != nil {
				t.Fatal(err)
			}
			if name != "one" && len(figures) != len(Names()) {
				t.Errorf("%s: %d figures; want %d", name, len(figures), len(Names()))
			}
			for _, f := range figures {
				p := parse(t, f)
				where := fmt.Sprintf("%s of %s at %v in", f.Name, name, f.Width)
				if p.title != f.Title || p.desc != f.Description || p.desc == "" || !p.has(f.Title) {
					t.Errorf("%s: title %q and description %q; want %q and %q", where, p.title, p.desc, f.Title, f.Description)
				}
				if f.Name != "tokens_by_model" && !strings.HasSuffix(f.Name, "_time") && !p.has("time (UTC)") {
					t.Errorf("%s: the time axis has no title", where)
				}
				checkTexts(t, where, p)
			}
		}
	}
}

// checkTexts looks for texts that leave the picture or lie on each other, by how wide they are in the font that draws them.
func checkTexts(t *testing.T, where string, p picture) {
	t.Helper()
	type area struct{ left, right, low, high float64 }
	var areas []area
	for _, w := range p.texts {
		if w.size < 6 {
			t.Errorf("%s: %q has %v points: too small to be read", where, w.s, w.size)
		}
		if w.rotated {
			areas = append(areas, area{})
			continue
		}
		face := fonts.Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Length(w.size))
		a := area{w.x, w.x + face.Width(w.s).Points(), w.y, w.y + 0.7*w.size}
		if a.left < 0 || a.right > p.width || a.low < 0 {
			t.Errorf("%s: %q reaches from %.1f to %.1f of %.1f", where, w.s, a.left, a.right, p.width)
		}
		for j, b := range areas {
			if a.left < b.right && b.left < a.right && a.low < b.high && b.low < a.high {
				t.Errorf("%s: %q lies on %q", where, w.s, p.texts[j].s)
			}
		}
		areas = append(areas, a)
	}
}

func TestRates(t *testing.T) {
	var list []monitor.Event
	for i := range 40 {
		ev := call(time.Duration(i)*time.Second, monitor.Event{Success: i%4 != 0})
		if i%8 == 0 {
			ev.ErrorType = "timeout"
		}
		list = append(list, ev)
	}
	_, p := figure(t, events(list...), "success_error_rate")
	for _, want := range []string{
		"success 75 %", "error 12.5 %", "rejected (answered, and judged not good enough) 12.5 %", "share of calls in %", "0", "100",
	} {
		if !p.has(want) {
			t.Errorf("no text %q among %v", want, p.texts)
		}
	}
	solid, dashed := p.stroked(inkBlue), p.stroked(inkVermilion)
	if len(solid) != 1 || len(dashed) != 1 || solid[0].dash != "" && solid[0].dash != "none" || dashed[0].dash == "" {
		t.Errorf("lines %v and %v; want a solid and a dashed one", solid, dashed)
	}
}

// TestPauseBreaksLines: a line is in two parts where a run stood still, and a running total in one.
func TestPauseBreaksLines(t *testing.T) {
	src := synthetic(4000, 1, 9*time.Hour, 5*time.Hour, 40*time.Minute)
	_, p := figure(t, src, "success_error_rate")
	if n := len(p.stroked(inkBlue)); n != 2 {
		t.Errorf("the line has %d parts; want 2", n)
	}
	_, p = figure(t, src, "progress")
	if n := len(p.stroked(inkBlue)); n != 1 {
		t.Errorf("the running total has %d parts; want 1", n)
	}
	if p := metricPicture(t, src, "generation_time", Options{}); len(p.stroked(inkBlue)) != 2 {
		t.Errorf("the metric's line has %d parts; want 2", len(p.stroked(inkBlue)))
	}
}

func TestFailuresAreStacked(t *testing.T) {
	var list []monitor.Event
	for i, class := range classes {
		for range i + 1 {
			list = append(list, call(time.Duration(i)*time.Minute, monitor.Event{ErrorType: string(class)}))
		}
	}
	list = append(list, call(time.Hour, monitor.Event{Success: true}))
	f, p := figure(t, events(list...), "failures")
	if want := "36 of 37 calls failed"; !strings.Contains(f.Description, want) {
		t.Errorf("%q; want %q", f.Description, want)
	}
	for _, want := range []string{"other 8", "content_filter 7", "auth 6", "2 rarer: 3"} {
		if !p.has(want) {
			t.Errorf("no legend %q in %v", want, p.texts)
		}
	}
}

func TestModelTokens(t *testing.T) {
	src := events(
		call(0, monitor.Event{Model: "a", PromptTokens: 1000, CompletionTokens: 234, TotalTokens: 1300}),
		call(time.Second, monitor.Event{PromptTokens: 5, TotalTokens: 5}),
		monitor.Event{Kind: monitor.KindEvaluation, Model: "a", PromptTokens: 10, TotalTokens: 10},
	)
	_, p := figure(t, src, "tokens_by_model")
	for _, want := range []string{"a", "unknown", "1,310", "5", "input 1,015", "output 234", "unsplit (in the total alone) 66"} {
		if !p.has(want) {
			t.Errorf("no text %q in %v", want, p.texts)
		}
	}
	var many []monitor.Event
	for i := range 300 {
		many = append(many, call(0, monitor.Event{Model: fmt.Sprint("model-", i), PromptTokens: int64(i + 1), TotalTokens: int64(i + 1)}))
	}
	_, p = figure(t, events(many...), "tokens_by_model")
	if !p.has("input 45,150") || !p.has("all others") || p.has("other") || !p.has("45,150 tokens in all · more than 200 models") {
		t.Errorf("no sum of all tokens, or of the small ones, in %v", p.texts)
	}
}

// TestUsageOfUnseenCalls: tokens and cost that an agent reports of its calls are in the pictures of both, and in none of calls.
func TestUsageOfUnseenCalls(t *testing.T) {
	usage := monitor.Event{Kind: monitor.KindUsage, Time: start, Model: "a", PromptTokens: 2000, CompletionTokens: 300, TotalTokens: 2310, CostUSD: 0.5}
	_, p := figure(t, events(usage), "tokens_by_model")
	for _, want := range []string{"input 2,000", "output 300", "unsplit (in the total alone) 10"} {
		if !p.has(want) {
			t.Errorf("no text %q in %v", want, p.texts)
		}
	}
	if _, p := figure(t, events(usage), "cost"); !p.has("a US$ 0.5") {
		t.Errorf("no cost in %v", p.texts)
	}
	c := NewCollector(Options{})
	c.Add(&usage)
	var names []string
	for _, f := range c.Figures() {
		names = append(names, f.Name)
	}
	if got, want := strings.Join(names, " "), "total_token_count prompt_token_count completion_token_count tokens_by_model cost"; got != want {
		t.Errorf("pictures %s; want %s", got, want)
	}
}

func TestCost(t *testing.T) {
	src := events(
		call(0, monitor.Event{Model: "a", TotalTokens: 5, CostUSD: 1.25}), call(time.Minute, monitor.Event{Model: "b", CostUSD: 0.5}),
		call(2*time.Minute, monitor.Event{Model: "c", TotalTokens: 7}),
		monitor.Event{Kind: monitor.KindGeneration, Model: "a", CostUSD: 2},
	)
	f, p := figure(t, src, "cost")
	for _, want := range []string{"all models US$ 3.75", "a US$ 3.25", "b US$ 0.5", "1 event used tokens whose cost is not known: they are not in it."} {
		if !p.has(want) {
			t.Errorf("no text %q in %v", want, p.texts)
		}
	}
	if want := "Not on the time axis: 1 event without a time."; !strings.Contains(f.Description, want) {
		t.Errorf("%q; want %q", f.Description, want)
	}
}

func TestProgress(t *testing.T) {
	list := []monitor.Event{{Kind: monitor.KindTarget, Value: 1200}}
	for i := range 600 {
		outcome := monitor.Accepted
		if i%6 == 5 {
			outcome = monitor.Rejected
		}
		list = append(list, monitor.Event{Kind: monitor.KindRecord, Time: start.Add(time.Duration(i) * time.Second), Outcome: outcome})
	}
	f, p := figure(t, events(list...), "progress")
	for _, want := range []string{"accepted 500", "rejected 100", "target 1,200", "records"} {
		if !p.has(want) {
			t.Errorf("no text %q in %v", want, p.texts)
		}
	}
	if !strings.Contains(f.Description, "500 records accepted of 1,200 (41.7 %)") || !strings.Contains(f.Description, "reached at 19:24 on Nov 24") {
		t.Errorf("%q; want the share of the target, and 19:24, 14 min after the last record", f.Description)
	}
}

func TestHeatmapHasEveryCall(t *testing.T) {
	c := NewCollector(Options{})
	for ev := range synthetic(3000, 2, time.Hour, time.Hour, 0) {
		c.Add(&ev)
	}
	groups, _ := newRun(c).groups(96)
	n := uint64(0)
	for _, g := range groups {
		for row, v := range g.latencies {
			n += uint64(v)
			if v > 0 && (rowLow(row) > c.durations.high || rowLow(row+1) < c.durations.low) {
				t.Errorf("%d calls from %v to %v s", v, rowLow(row), rowLow(row+1))
			}
		}
	}
	if n != 3000 {
		t.Errorf("%d calls in the heat map; want 3000", n)
	}
}

func TestHeatLevels(t *testing.T) {
	for _, most := range []uint32{1, 2, 3, 6, 7, 12, 1440, 1 << 31} {
		levels := heatLevels(most)
		next := uint32(1)
		for _, l := range levels {
			if l.from != next || l.to < l.from {
				t.Errorf("up to %d: level %v; want one from %d", most, l, next)
			}
			next = l.to + 1
		}
		if next != most+1 || len(levels) > len(heat) {
			t.Errorf("up to %d: %v", most, levels)
		}
	}
}

func TestFigureOfErrors(t *testing.T) {
	_, err := FigureOf(events(), "latency", Options{})
	if want := `unknown figure "latency": want ` + strings.Join(Names(), ", "); err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
	_, err = FigureOf(events(), "cost", Options{})
	if want := `nothing to draw for figure "cost": there are no events`; err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
	_, err = FigureOf(events(call(0, monitor.Event{Success: true})), "cost", Options{})
	if want := `nothing to draw for figure "cost": there is data for success_error_rate`; err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
	bad := func(yield func(monitor.Event, error) bool) { yield(monitor.Event{}, fmt.Errorf("line 7")) }
	if _, err := All(bad, Options{}); err == nil || err.Error() != "line 7" {
		t.Errorf("%v; want the source's", err)
	}
}

// TestFarTimes: a machine whose clock is wrong does not flatten the run, and its events are told.
func TestFarTimes(t *testing.T) {
	var list []monitor.Event
	for i := range 400 {
		list = append(list, call(time.Duration(i)*time.Second, monitor.Event{Success: true, Model: "a", CostUSD: 1}))
	}
	list[200].Time = time.Date(1970, 1, 1, 0, 0, 3, 0, time.UTC)
	list[300].Time = time.Date(2199, 1, 1, 0, 0, 3, 0, time.UTC)
	f, p := figure(t, events(list...), "success_error_rate")
	if !strings.Contains(f.Description, "398 calls") || !strings.Contains(f.Description, "2 events far from the others in time") {
		t.Errorf("%q; want 398 calls, and 2 elsewhere", f.Description)
	}
	if !slices.ContainsFunc(p.texts, func(s written) bool { return strings.HasPrefix(s.s, "19:0") }) {
		t.Errorf("no ticks of the run's minutes in %v", p.texts)
	}
}
