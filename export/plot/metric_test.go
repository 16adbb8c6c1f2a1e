package plot

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

func timed(seconds ...float64) monitor.Source {
	var list []monitor.Event
	for i, s := range seconds {
		list = append(list, call(time.Duration(i)*time.Second, monitor.Event{Success: true, Duration: time.Duration(s * 1e9)}))
	}
	return events(list...)
}

func sampled(values ...float64) monitor.Source {
	var list []monitor.Event
	for i, v := range values {
		list = append(list, monitor.Event{Kind: monitor.KindMetric, Name: "queue", Value: v, Time: start.Add(time.Duration(i) * time.Second)})
	}
	return events(list...)
}

func TestMetricDrawsEachSample(t *testing.T) {
	threshold := 4.0
	p := metricPicture(t, timed(1, 2, 3, 2, 1), "generation_time", Options{Rolling: 2, Threshold: &threshold})
	if got := p.filled(inkSky); got != 5+1 { // and the one of the legend
		t.Errorf("%d dots; want 6", got)
	}
	if got := strings.Count(p.stroked(inkBlue)[0].d, "L"); got != 4 {
		t.Errorf("the rolling mean has %d parts; want 4", got)
	}
	for _, want := range []string{"rolling mean of 2 samples", "threshold 4 s", "seconds", "4"} {
		if !p.has(want) {
			t.Errorf("no text %q in %v", want, p.texts)
		}
	}
}

func TestRolling(t *testing.T) {
	got := fmt.Sprint(rolling([]point{{0, 1}, {1, 2}, {2, 3}, {3, -5}}, 2))
	if want := "[1 1.5 2.5 -1]"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

func TestMetricOfManySamples(t *testing.T) {
	s, err := readSamples(synthetic(5000, 2, time.Hour, time.Hour, 0), "generation_time")
	if err != nil {
		t.Fatal(err)
	}
	groups, _ := s.groups(100)
	var all cell
	for _, g := range groups {
		all.merge(g.cell)
	}
	if s.points != nil || all.n != 5000 || math.Abs(all.sum-s.all.sum) > 1e-6 || all.low != s.all.low || all.high != s.all.high {
		t.Errorf("bins have %+v; want %+v", all, s.all.cell)
	}
	p := metricPicture(t, synthetic(5000, 2, time.Hour, time.Hour, 0), "generation_time", Options{})
	if p.filled(inkSky) != 0 || !p.has("p95") || !p.has("lowest to highest") || len(p.stroked(inkBlue)) != 1 {
		t.Errorf("want a band, a mean and a percentile: %v", p.texts)
	}
}

// TestOutliersAreMarked: few values that are far beyond the others neither flatten them nor get lost.
func TestOutliersAreMarked(t *testing.T) {
	values := make([]float64, 1000)
	for i := range values {
		values[i] = 1 + float64(i%7)/10
	}
	values[500], values[700] = 900, 3000
	p := metricPicture(t, timed(values...), "generation_time", Options{})
	if dots, marks := p.filled(inkSky), p.filled(inkVermilion); dots != 998+1 || marks != 2+1 {
		t.Errorf("%d dots and %d marks; want 999 and 3, those of the legend among them", dots, marks)
	}
	if want := "2 above 2.4 s, up to 3,000 s"; !p.has(want) {
		t.Errorf("no text %q in %q", want, p.desc)
	}
}

// TestThresholdBeyondOutliers: what the axis reaches for the threshold's sake is not beyond it.
func TestThresholdBeyondOutliers(t *testing.T) {
	values := make([]float64, 1000)
	for i := range values {
		values[i] = 1
	}
	values[500], values[700] = 20, 3000
	threshold := 30.0
	p := metricPicture(t, timed(values...), "generation_time", Options{Threshold: &threshold})
	if want := "1 above 30.3 s, up to 3,000 s"; !p.has(want) {
		t.Errorf("no text %q in %q", want, p.desc)
	}
	if dots := p.filled(inkSky); dots != 999+1 {
		t.Errorf("%d dots; want 1000, that of the legend among them", dots)
	}
}

func TestMetricOfOddValues(t *testing.T) {
	for name, values := range map[string][]float64{
		"one": {5}, "constant": {2, 2, 2}, "zeros": {0, 0}, "negative": {-3, -1, -2}, "tiny": {1e-300, 2e-300}, "close": {1e9, 1e9 + 1},
		"huge": {math.MaxFloat64, -math.MaxFloat64, 0}, "many huge": {math.MaxFloat64, math.MaxFloat64, math.MaxFloat64},
	} {
		p := metricPicture(t, sampled(values...), "queue", Options{})
		if got := p.filled(inkSky) - 1; got != len(values) {
			t.Errorf("%s: %d dots; want %d", name, got, len(values))
		}
		for _, q := range p.paths {
			if strings.Contains(q.d, "NaN") || strings.Contains(q.d, "Inf") {
				t.Errorf("%s: a path %s", name, q.d)
			}
		}
	}
}

func TestMetricErrors(t *testing.T) {
	many := make([]monitor.Event, 45)
	for i := range many {
		many[i] = monitor.Event{Kind: monitor.KindMetric, Name: fmt.Sprintf("m%02d", i), Time: start}
	}
	var listed []string
	for i := range 30 {
		listed = append(listed, fmt.Sprintf("m%02d", i))
	}
	for _, test := range []struct {
		src  monitor.Source
		name string
		want string
	}{
		{events(), "generation_time", `no samples of metric "generation_time": there are no events at all`},
		{events(monitor.Event{Kind: monitor.KindTarget}), "x", `no samples of metric "x": none of the 1 event has a sample of any`},
		{timed(1), "latency", `no samples of metric "latency": there are error_rate, generation_time, success_rate`},
		{events(many...), "x", `no samples of metric "x": there are ` + strings.Join(listed, ", ") + " and 15 more"},
		{events(monitor.Event{Kind: monitor.KindMetric, Name: "q", Value: 1}), "q", "1 sample of metric q, none with a time: nothing can be drawn over time"},
		{events(monitor.Event{Kind: monitor.KindMetric, Name: "error_rate", Value: 1, Time: start}), "error_rate",
			`no samples of metric "error_rate": none of the 1 event has a sample of any`},
	} {
		if p, err := Metric(test.src, test.name, Options{}); err == nil || err.Error() != test.want || p != nil {
			t.Errorf("%v; want %s", err, test.want)
		}
	}
}

func TestMetricsOfCounts(t *testing.T) {
	src := events(
		call(0, monitor.Event{Model: "a", FinishReason: "FinishReason.MAX_TOKENS"}), call(time.Minute, monitor.Event{Model: "a", FinishReason: "stop"}),
		call(time.Minute, monitor.Event{Model: "a"}),
	)
	for name, title := range map[string]string{
		"model_usage:a": "Calls to a", "finish_reason:length": "Calls that finished with length",
		"finish_reason:FinishReason.MAX_TOKENS": "Calls that finished with FinishReason.MAX_TOKENS",
	} {
		if p := metricPicture(t, src, name, Options{}); p.title != title || p.filled(inkBlue) == 0 {
			t.Errorf("%s: %q with %d bars; want %q and some", name, p.title, p.filled(inkBlue), title)
		}
	}
}
