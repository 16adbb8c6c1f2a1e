package export

import (
	"context"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
)

// latest returns the last value of every series of an OpenMetrics text, by its name and labels, and checks that families and
// series are not interleaved and that each series' times increase.
func latest(t *testing.T, text string, timed bool) map[string]string {
	t.Helper()
	if !strings.HasSuffix(text, "# EOF\n") {
		t.Error("no # EOF at the end")
	}
	values := make(map[string]string)
	times := make(map[string]int64)
	seen := make(map[string]bool)
	family := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			family, _, _ = strings.Cut(rest, " ")
			if seen[family] && timed { // client_golang's own collectors do that
				t.Errorf("%s comes twice", family)
			}
			seen[family] = true
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		end := strings.LastIndex(line, "}") + 1
		if end == 0 {
			end = strings.Index(line, " ")
		}
		series, fields := line[:end], strings.Fields(line[end:])
		if !strings.HasPrefix(series, family) {
			t.Fatalf("%s stands in family %s", series, family)
		}
		values[series] = fields[0]
		if !timed {
			continue
		}
		at, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil || times[series] >= at {
			t.Fatalf("%s has %d after %d: %v", series, at, times[series], err)
		}
		times[series] = at
	}
	return values
}

var constantLabels = regexp.MustCompile(`(instance="backfill"|job="genmeter"),?`)

// At its end a backfilled run shows what /metrics shows when a monitor was given the same events: the same series, the same
// values.
func TestOpenMetricsIsWhatAScrapeWouldHaveSeen(t *testing.T) {
	for _, name := range runNames {
		src := recorded(t, name)
		provider, err := exporter.New()
		if err != nil {
			t.Fatal(err)
		}
		var now time.Time
		mon, err := monitor.New(provider.MeterProvider(), monitor.WithClock(func() time.Time { return now }))
		if err != nil {
			t.Fatal(err)
		}
		list := events(t, src)
		for _, ev := range list {
			if ev.Time.After(now) {
				now = ev.Time
			}
		}
		for _, ev := range list {
			mon.Track(context.Background(), ev)
		}
		request := httptest.NewRequest("GET", "/metrics", nil)
		request.Header.Set("Accept", "application/openmetrics-text; version=1.0.0; charset=utf-8")
		answer := httptest.NewRecorder()
		provider.Handler().ServeHTTP(answer, request)
		want := latest(t, answer.Body.String(), false)

		got := make(map[string]string)
		for series, v := range latest(t, string(encoded(t, encodeOpenMetrics, src)), true) {
			series = constantLabels.ReplaceAllString(series, "")
			got[strings.NewReplacer(",}", "}", "{}", "").Replace(series)] = v
		}
		compared := 0
		for series, v := range want {
			if !strings.HasPrefix(series, "genmeter_") && !strings.HasPrefix(series, "gen_ai_") || strings.Contains(series, "_created") ||
				strings.HasPrefix(series, "genmeter_ring_") || strings.HasPrefix(series, "genmeter_pump_") ||
				strings.HasPrefix(series, "genmeter_handler_errors") || strings.HasPrefix(series, "genmeter_events_dropped") {
				continue
			}
			compared++
			a, _ := strconv.ParseFloat(got[series], 64)
			b, err := strconv.ParseFloat(v, 64)
			if got[series] == "" || err != nil || a-b > 1e-9*b || b-a > 1e-9*b {
				t.Errorf("%s: %s is %q, live %q", name, series, got[series], v)
			}
		}
		for series := range got {
			if want[series] == "" {
				t.Errorf("%s: %s is not in the live exposition", name, series)
			}
		}
		if compared < 300 {
			t.Errorf("%s: only %d series compared", name, compared)
		}
		if err := mon.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// Steps are 15 s apart from before the first event to after the last; where nothing happens for more than an hour there is a
// gap, with a margin at either end.
func TestOpenMetricsSteps(t *testing.T) {
	start := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	at := func(d time.Duration) monitor.Event {
		return monitor.Event{Kind: monitor.KindRecord, Time: start.Add(d)}
	}
	for _, c := range []struct {
		name   string
		events []monitor.Event
		want   int
		first  time.Duration
		last   time.Duration
	}{
		{"one event", []monitor.Event{at(0)}, 2, -15 * time.Second, 0},
		{"a minute", []monitor.Event{at(time.Second), at(time.Minute)}, 5, 0, time.Minute},
		{"out of order", []monitor.Event{at(time.Minute), at(time.Second)}, 5, 0, time.Minute},
		{"a day's gap", []monitor.Event{at(time.Second), at(23 * time.Hour)}, 1 + 21 + 20, 0, 23 * time.Hour},
		{"without a time", []monitor.Event{at(time.Second), {Kind: monitor.KindRecord}}, 2, 0, 15 * time.Second},
	} {
		runs, err := newOMRuns(context.Background(), source(c.events...), omRunName(newConfig(nil)))
		if err != nil || len(runs) != 1 {
			t.Fatalf("%d runs, %v", len(runs), err)
		}
		r := runs[0]
		first, last := time.Unix(r.times[0], 0).Sub(start), time.Unix(r.times[len(r.times)-1], 0).Sub(start)
		if first != c.first || last != c.last {
			t.Errorf("%s: from %v to %v, want %v to %v", c.name, first, last, c.first, c.last)
		}
		if n := len(r.times); n < c.want-1 || n > c.want+1 {
			t.Errorf("%s: %d steps, want about %d", c.name, n, c.want)
		}
		for i := 1; i < len(r.times); i++ {
			if r.times[i] <= r.times[i-1] {
				t.Errorf("%s: step %d is not after the one before", c.name, i)
			}
		}
		text := string(encoded(t, encodeOpenMetrics, source(c.events...)))
		series := `genmeter_records_total{instance="backfill",job="genmeter",outcome="accepted"}`
		if got, want := latest(t, text, true)[series], strconv.Itoa(len(c.events)); got != want {
			t.Errorf("%s: %s records, want %s", c.name, got, want)
		}
	}
}

func TestOpenMetricsOfChosenFamilies(t *testing.T) {
	src := recorded(t, "afterimage-run")
	text := string(encoded(t, encodeOpenMetrics, src, WithMetrics("genmeter_tokens_total", "genmeter_evaluation_score")))
	if n := strings.Count(text, "# TYPE "); n != 2 {
		t.Errorf("%d families, want 2", n)
	}
	err := encodeOpenMetrics(context.Background(), new(strings.Builder), src, newConfig([]Option{WithMetrics("generation_time")}))
	if err == nil || !strings.Contains(err.Error(), "genmeter_tokens_total") {
		t.Errorf("a metric that is no family: %v", err)
	}
}

func TestOpenMetricsLabelsAreEscaped(t *testing.T) {
	ev := monitor.Event{Kind: monitor.KindGeneration, Success: true, Model: "a\"b\\c\nd\xff", Time: moment}
	text := string(encoded(t, encodeOpenMetrics, source(ev), WithInfo("run", "night \"1\"")))
	if want := `gen_ai_request_model="a\"b\\c\nd` + "\uFFFD" + `"`; !strings.Contains(text, want) {
		t.Errorf("no %s in %s", want, text)
	}
	if !strings.Contains(text, `run="night \"1\""`) {
		t.Error("no run label")
	}
}

// Of several runs each has the series that it has alone, under its own name and with its own times.
func TestOpenMetricsOfSeveralRuns(t *testing.T) {
	var want []string
	var opts []Option
	for _, name := range runNames {
		opts = append(opts, WithInfo("run", name))
		alone := string(encoded(t, encodeOpenMetrics, recorded(t, name), WithInfo("run", name)))
		if got, lines := strings.Count(alone, `run="`+name+`"`), samplesOf(alone); got != len(lines) {
			t.Errorf("%s: %d of %d samples have its name", name, got, len(lines))
		} else {
			want = append(want, lines...)
		}
	}
	// Without a run's name, as a sidecar's own events are.
	stray := monitor.Event{Kind: monitor.KindRecord, Time: moment}
	want = append(want, samplesOf(string(encoded(t, encodeOpenMetrics, source(stray))))...)
	merged := func(yield func(monitor.Event, error) bool) {
		for _, name := range runNames {
			for ev, err := range recorded(t, name) {
				ev.Attrs = append([]monitor.Attr{monitor.String("run", name)}, ev.Attrs...)
				if !yield(ev, err) {
					return
				}
			}
		}
		yield(stray, nil)
	}
	text := string(encoded(t, encodeOpenMetrics, merged, opts...))
	latest(t, text, true)
	got := samplesOf(text)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d samples, want the %d of the runs by themselves", len(got), len(want))
	}
}

func samplesOf(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// What is written while src is read again belongs to no run.
func TestOpenMetricsOfASourceThatGrows(t *testing.T) {
	events := []monitor.Event{{Kind: monitor.KindRecord, Time: moment}}
	src := func(yield func(monitor.Event, error) bool) {
		read := events
		events = append(events, monitor.Event{Kind: monitor.KindRecord, Time: moment.Add(time.Hour)})
		for _, ev := range read {
			if !yield(ev, nil) {
				return
			}
		}
	}
	text := string(encoded(t, encodeOpenMetrics, src))
	series := `genmeter_records_total{instance="backfill",job="genmeter",outcome="accepted"}`
	if got := latest(t, text, true)[series]; got != "1" {
		t.Errorf("%s records, want 1", got)
	}
}
