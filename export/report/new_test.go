package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
)

func failing(n int) []monitor.Event {
	events := make([]monitor.Event, n)
	for i := range events {
		events[i] = monitor.Event{Kind: monitor.KindGeneration, Time: dawn.Add(time.Duration(i) * time.Second), Error: "timeout"}
	}
	return events
}

func TestNoEvents(t *testing.T) {
	_, err := New(t.Context(), source(), Options{Name: "today"})
	if err == nil || !strings.Contains(err.Error(), "no events in today") {
		t.Errorf("error %v", err)
	}
	bad := func(yield func(monitor.Event, error) bool) {
		yield(monitor.Event{}, errors.New("run.ndjson:1: found CSV"))
	}
	_, err = New(t.Context(), bad, Options{})
	if err == nil || !strings.Contains(err.Error(), "no events in run") || !strings.Contains(err.Error(), "found CSV") {
		t.Errorf("error %v", err)
	}
	if _, err := New(t.Context(), nil, Options{}); err == nil {
		t.Error("a nil source is no error")
	}
}

// TestEmpty: a run without events can be reported on in every format, and so can what there is to say of it.
func TestEmpty(t *testing.T) {
	r := made(t, source(), Options{Name: "tonight", Empty: true})
	r.Notes = []string{"It was stopped: \x1b[31malert <b>|`x`."}
	for format, want := range map[Format]string{
		Text: "\nIt was stopped:", Markdown: "\n``It was stopped:", JSON: `"notes": [`, HTML: "&lt;b&gt;",
	} {
		var out bytes.Buffer
		if err := Write(&out, format, r); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, want) || !strings.Contains(text, "tonight") || strings.ContainsAny(text, "\x1b") ||
			format == HTML && strings.Contains(text, "<b>") || format == JSON && !strings.Contains(text, `"failures": []`) {
			t.Errorf("%v: want %q in %s", format, want, text)
		}
	}
}

// TestUnreadable: errors among the events are counted, and end nothing.
func TestUnreadable(t *testing.T) {
	src := func(yield func(monitor.Event, error) bool) {
		for i, ev := range failing(10) {
			if !yield(ev, nil) || !yield(monitor.Event{}, errors.New("line\n"+string(rune('a'+i)))) {
				return
			}
		}
	}
	r := made(t, src, Options{})
	if r.Calls.Total != 10 || r.Unreadable.Count != 10 || len(r.Unreadable.Examples) != maxExamples || r.Unreadable.Examples[1] != "line b" {
		t.Errorf("%d calls, %+v", r.Calls.Total, r.Unreadable)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("interrupted")
	src := func(yield func(monitor.Event, error) bool) {
		for i, ev := range failing(5000) {
			if i == 3000 {
				cancel(stop)
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
	if _, err := New(ctx, src, Options{}); !errors.Is(err, stop) {
		t.Errorf("error %v, want %v", err, stop)
	}
}

// TestOnePass: a source such as standard input can be ranged over once.
func TestOnePass(t *testing.T) {
	passes := 0
	src := func(yield func(monitor.Event, error) bool) {
		passes++
		source(failing(3)...)(yield)
	}
	made(t, src, Options{Plots: true})
	if passes != 1 {
		t.Errorf("%d passes", passes)
	}
}

func TestAlerts(t *testing.T) {
	events := failing(200)
	for i := 100; i < 200; i++ {
		events[i].Success, events[i].Error, events[i].Time = true, "", events[i].Time.Add(time.Hour)
	}
	r := made(t, source(events...), Options{})
	a := r.Alerts
	if a == nil || a.Rules != 9 || a.Interval != 60 || len(a.Fired) != 2 {
		t.Fatalf("alerts %+v", a)
	}
	for i, name := range []string{"low_success_rate", "high_error_rate"} {
		f := a.Fired[i]
		if f.Name != name || !f.From.Equal(dawn.Add(time.Minute)) || f.To == nil || *f.Lasted != f.To.Sub(*f.From).Seconds() || f.Message == "" {
			t.Errorf("alert %+v", f)
		}
	}
}

// TestAlertRules: rules of the caller's own, none, and wrong ones.
func TestAlertRules(t *testing.T) {
	src := source(failing(100)...)
	own := &alerting.File{Thresholds: alerting.Thresholds{MaxErrorRate: new(0.5)}, Interval: new(10 * time.Second)}
	r := made(t, src, Options{Alerts: own})
	if a := r.Alerts; a.Rules != 1 || a.Interval != 10 || len(a.Fired) != 1 || a.Fired[0].To != nil || a.Fired[0].Lasted != nil {
		t.Errorf("alerts %+v", r.Alerts)
	}
	for name, o := range map[string]Options{"off": {NoAlerts: true}, "never": {Alerts: &alerting.File{Interval: new(time.Duration(0))}}} {
		if r := made(t, src, o); r.Alerts != nil {
			t.Errorf("%s: alerts %+v", name, r.Alerts)
		}
	}
	wrong := &alerting.File{Thresholds: alerting.Thresholds{MaxErrorRate: new(7.0), Window: -1}}
	if _, err := New(t.Context(), src, Options{Alerts: wrong}); err == nil || !strings.Contains(err.Error(), "alert rules") {
		t.Errorf("error %v", err)
	}
}

// TestWithoutTimes: a run without any time is judged as one moment, and has nothing over time.
func TestWithoutTimes(t *testing.T) {
	events := failing(50)
	for i := range events {
		events[i].Time = time.Time{}
	}
	r := made(t, source(events...), Options{})
	if r.Span.From != nil || r.Span.Length != nil || r.Events.WithoutTime != 50 || len(r.Throughput.Buckets) != 0 {
		t.Errorf("span %+v, events %+v", r.Span, r.Events)
	}
	if len(r.Alerts.Fired) != 2 || r.Alerts.Fired[0].From != nil {
		t.Errorf("alerts %+v", r.Alerts)
	}
	for _, f := range Formats() {
		written(t, f, r)
		written(t, f, r, r)
	}
}

// TestEarlyWithoutTime: what has no time and comes before the first time happened then.
// TestClocksChanged: what the two times of a run are apart is not its length when it went through the night of that.
func TestClocksChanged(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for begin, want := range map[string]string{
		"2025-10-25T23:30:00Z": "2025-10-26 01:30:00 CEST to 03:30:00 CET (3h 00m), 2 events",
		"2025-10-26T01:30:00Z": "2025-10-26 02:30:00 to 05:30:00 CET (3h 00m), 2 events",
	} {
		from, err := time.Parse(time.RFC3339, begin)
		if err != nil {
			t.Fatal(err)
		}
		events := source(monitor.Event{Kind: monitor.KindGeneration, Time: from},
			monitor.Event{Kind: monitor.KindGeneration, Time: from.Add(3 * time.Hour)})
		if got := made(t, events, Options{Location: berlin}).when(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEarlyWithoutTime(t *testing.T) {
	events := failing(20)
	for i := range 10 {
		events[i].Time = time.Time{}
	}
	r := made(t, source(events...), Options{})
	if r.Events.WithoutTime != 10 || len(r.Alerts.Fired) != 2 || r.Alerts.Fired[0].From.Before(dawn) {
		t.Errorf("events %+v, alerts %+v", r.Events, r.Alerts)
	}
}

// TestEmptyParts: a run of one kind alone is told in every format.
func TestEmptyParts(t *testing.T) {
	for kind := monitor.KindGeneration; kind <= monitor.KindTarget; kind++ {
		r := made(t, source(monitor.Event{Kind: kind, Time: dawn, Name: "x", ID: "1"}), Options{})
		for _, f := range Formats() {
			out := written(t, f, r)
			for _, wrong := range []string{"NaN", "Inf", "%!"} {
				if strings.Contains(out, wrong) {
					t.Errorf("%s of a %s has %s:\n%s", f, kind, wrong, out)
				}
			}
		}
	}
}

// failingWriter takes so many bytes.
type failingWriter struct{ room int }

var errFull = errors.New("no space left on device")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.room -= len(p); w.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteErrors(t *testing.T) {
	before, after := demos(t)
	for _, f := range Formats() {
		for _, room := range []int{0, 4500} {
			if err := Write(&failingWriter{room}, f, before); !errors.Is(err, errFull) {
				t.Errorf("%s into %d bytes: error %v", f, room, err)
			}
		}
	}
	var b bytes.Buffer
	for _, err := range []error{Write(&b, Text), Write(&b, Text, before, nil), Write(&b, 0, before), Write(&b, 77, before, after)} {
		if err == nil {
			t.Error("no error")
		}
	}
	if b.Len() > 0 {
		t.Errorf("%d bytes are written", b.Len())
	}
}

func TestFormats(t *testing.T) {
	for _, f := range Formats() {
		got, err := ParseFormat(f.String())
		if got != f || err != nil || f.Extension() == "" || f.MediaType() == "application/octet-stream" {
			t.Errorf("%v: parsed as %v, error %v, extension %q", f, got, err, f.Extension())
		}
	}
	for name, want := range map[string]Format{"md": Markdown, "markdown": Markdown, "txt": Text, "htm": HTML} {
		if f, err := ParseFormat(name); f != want || err != nil {
			t.Errorf("%s is %v, error %v", name, f, err)
		}
	}
	if _, err := ParseFormat("pdf"); err == nil || !strings.Contains(err.Error(), "text, md, json, html") {
		t.Errorf("error %v", err)
	}
}

// TestNotEnded: of the calls that begin, those are told whose end the run does not have.
func TestNotEnded(t *testing.T) {
	var events []monitor.Event
	for _, id := range []string{"a", "b", "c", "b", ""} {
		events = append(events, monitor.Event{Kind: monitor.KindBegin, ID: id})
	}
	for _, id := range []string{"b", "x", ""} {
		events = append(events, monitor.Event{Kind: monitor.KindGeneration, ID: id, Success: true})
	}
	if n := made(t, source(events...), Options{}).Calls.NotEnded; n != 2 {
		t.Errorf("%d not ended, want 2", n)
	}
}

// TestUnknownIsNotZero: a cost that is not known is null and ?, a price of zero is a cost.
func TestUnknownIsNotZero(t *testing.T) {
	call := func(model string, tokens int64, usd float64) monitor.Event {
		return monitor.Event{Kind: monitor.KindGeneration, Success: true, Model: model, PromptTokens: tokens, CostUSD: usd}
	}
	for _, tt := range []struct {
		events []monitor.Event
		want   string
		known  bool
	}{
		{[]monitor.Event{call("nobody", 5, 0)}, unknown, false},
		{[]monitor.Event{call("nobody", 0, 0)}, none, false},
		{[]monitor.Event{call("model-2", 5, 0)}, "$0", true},
		{[]monitor.Event{call("nobody", 5, 0), call("x", 5, 0.5)}, "$0.5000+", true},
		{[]monitor.Event{call("x", 5, 0.5)}, "$0.5000", true},
	} {
		u := made(t, source(tt.events...), Options{Prices: testPrices}).Usage
		if got := u.cost(); got != tt.want || (u.CostUSD != nil) != tt.known {
			t.Errorf("%+v: cost %q, known %v, want %q", tt.events, got, u.CostUSD != nil, tt.want)
		}
	}
}

// TestNoRateOfAMoment: what a few events of one moment come to in a minute says nothing.
func TestNoRateOfAMoment(t *testing.T) {
	for length, want := range map[time.Duration]float64{2 * time.Microsecond: 0, time.Second - 1: 0, time.Second: 120} {
		call := monitor.Event{Kind: monitor.KindGeneration, Time: dawn, Success: true, TotalTokens: 3}
		next := call
		next.Time = dawn.Add(length)
		r := made(t, source(call, next), Options{})
		got := r.Throughput
		if known(got.CallsPerMinute) != want || (got.CallsPerMinute == nil) != (want == 0) {
			t.Errorf("%v: %v calls a minute, want %v", length, known(got.CallsPerMinute), want)
		}
		for what, v := range map[string]*float64{
			"tokens": got.TokensPerMinute, "accepted": got.AcceptedPerMinute,
		} {
			if (v == nil) != (want == 0) {
				t.Errorf("%v: %s is %v", length, what, v)
			}
		}
		if got.PeakCallsPerMinute != nil || got.PeakTokensAt != nil {
			t.Errorf("%v: the fullest minute of less than one", length)
		}
		if text := written(t, Text, r); strings.Contains(text, "a minute") != (want > 0) {
			t.Errorf("%v: %s", length, text)
		}
	}
}

// TestLargestModels: of more models than a report has rows for it has the largest, by calls or by tokens, whenever they came;
// the others are in one row, and the sums are exact.
func TestLargestModels(t *testing.T) {
	const small = 250
	var list []monitor.Event
	call := func(model string, tokens int64) {
		list = append(list, monitor.Event{Kind: monitor.KindGeneration, Success: true, Model: model, TotalTokens: tokens,
			Duration: time.Second, CompletionTokens: 1, CostUSD: 1})
	}
	for i := range small {
		call(fmt.Sprintf("small-%03d", i), 10)
	}
	call("other", 10)
	call("", 10)
	for range 5 {
		call("busy", 1)
	}
	list = append(list, monitor.Event{Kind: monitor.KindEvaluation, Success: true, Model: "judge", TotalTokens: 5000})
	r := made(t, source(list...), Options{})
	rows := make(map[string]Model)
	var sum Model
	for _, m := range r.Models {
		rows[m.Name] = m
		sum.Calls += m.Calls
		sum.Total += m.Total
		sum.CostUSD = new(known(sum.CostUSD) + known(m.CostUSD))
		if m.Duration != nil {
			sum.Evaluations += m.Duration.Count
		}
	}
	const folded = small + 2 - maxModels
	if r.OtherModels != folded || len(rows) != maxModels+2 {
		t.Errorf("%d others beside %d rows, want %d beside %d", r.OtherModels, len(rows), folded, maxModels+2)
	}
	if rows["busy"].Calls != 5 || rows["judge"].Total != 5000 || rows["judge"].Evaluations != 1 || rows[nameUnknown].Calls != 1 {
		t.Errorf("busy %+v, judge %+v, unknown %+v", rows["busy"], rows["judge"], rows[nameUnknown])
	}
	other := rows[nameOther]
	if other.Calls != folded+1 || other.Total != 10*(folded+1) || other.Duration.Count != folded+1 || *other.OutputTokensPerSecond != 1 {
		t.Errorf("other %+v", other)
	}
	const calls = small + 7
	if sum.Calls != calls || sum.Total != 10*(small+2)+5+5000 || *sum.CostUSD != calls || sum.Evaluations != calls || r.Duration.Count != calls {
		t.Errorf("the sum of the rows is %+v", sum)
	}
	text := written(t, Text, r)
	for _, want := range []string{fmt.Sprintf("The %d models with the least calls and tokens", folded), "A model that evaluates and has no calls"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

// TestUnknownFailures: where no failed call says its model, no other model has a share of failures.
func TestUnknownFailures(t *testing.T) {
	list := []monitor.Event{
		{Kind: monitor.KindGeneration, Success: true, Model: "a"},
		{Kind: monitor.KindGeneration, Error: "timeout"},
		{Kind: monitor.KindUsage, Model: "b", TotalTokens: 5},
	}
	r := made(t, source(list...), Options{})
	for _, m := range r.Models {
		if (m.FailureShare != nil) != (m.Name == nameUnknown) {
			t.Errorf("%s has the share %v", m.Name, m.FailureShare)
		}
	}
	text := written(t, Text, r)
	for _, want := range []string{"  a            1       ?  ", "  unknown      1   100 %  ", "  b            0       –  ", "without calls or evaluations"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	list[1].Model = "b"
	if r := made(t, source(list...), Options{}); *r.Models[0].FailureShare+*r.Models[1].FailureShare != 1 {
		t.Errorf("shares of failures that are known: %+v", r.Models)
	}
}
