package plot

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	gplot "gonum.org/v1/plot"

	"github.com/genmeter/genmeter/monitor"
)

// moments gives n calls within span, of more and more seconds and tokens.
func moments(n int, span time.Duration, least, most float64) monitor.Source {
	var list []monitor.Event
	for i := range n {
		v := least * math.Pow(most/least, float64(i)/float64(n-1))
		list = append(list, call(span*time.Duration(i)/time.Duration(n-1), monitor.Event{
			Model: "m", Success: i%3 > 0, Error: map[bool]string{true: "timeout"}[i%3 == 0],
			Duration: time.Duration(v * 1e9), PromptTokens: int64(v), TotalTokens: int64(v), CostUSD: v,
		}))
	}
	return events(list...)
}

// TestMomentsAreSeen: a run of a millisecond takes half of the time axis, and one of some microseconds is in its middle.
func TestMomentsAreSeen(t *testing.T) {
	for span, least := range map[time.Duration]float64{
		10 * time.Microsecond: 0.004, time.Millisecond - 1: 0.49, time.Millisecond: 0.49, 3 * time.Millisecond: 0.97, time.Hour: 0.97,
	} {
		for _, name := range []string{"success_error_rate", "failures", "latency_heatmap", "cost"} {
			f, err := FigureOf(moments(40, span, 0.1, 10), name, Options{})
			if err != nil {
				t.Fatal(err)
			}
			x := f.Plot.X
			from, to := x.Norm(unix(start)), x.Norm(unix(start.Add(span)))
			if to-from < least || math.Abs(from+to-1) > 0.01 {
				t.Errorf("%s of %v stands from %.3f to %.3f of its axis", name, span, from, to)
			}
		}
	}
}

// TestBinsBeginWithTheRun: no bar or column reaches beyond the first and the last event, however wide the bins are.
func TestBinsBeginWithTheRun(t *testing.T) {
	for _, span := range []time.Duration{time.Millisecond, 9 * time.Hour, 30 * 365 * day} {
		c, err := collect(synthetic(3000, 3, span, span, 0), Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := newRun(c)
		groups, _ := r.groups(16)
		if left, right := groups[0].box.left, groups[len(groups)-1].box.right; left != r.from || right != r.to {
			t.Errorf("%v: bins from %v to %v, the run from %v to %v", span, left, right, r.from, r.to)
		}
	}
}

// TestLabelsHaveRoom: whatever the values and the picture's width, no text lies on another, and an axis says what it is of.
func TestLabelsHaveRoom(t *testing.T) {
	for name, src := range map[string]monitor.Source{
		"1e-9 to 6e9": moments(300, time.Hour, 1e-9, 6e9), "1e8 to 8e9": moments(300, time.Millisecond, 1e8, 8e9),
		"close": moments(300, time.Second, 0.001, 0.002), "30 years": synthetic(3000, 3, 30*365*day, 12*365*day, 0),
	} {
		for _, width := range []float64{6, 12, 16} {
			figures, err := All(src, Options{Width: width, Height: width / 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range figures {
				where := fmt.Sprintf("%s of %s at %v in", f.Name, name, f.Width)
				checkTexts(t, where, parse(t, f))
				for _, axis := range []gplot.Axis{f.Plot.X, f.Plot.Y} {
					if ticks := axis.Tick.Marker.Ticks(axis.Min, axis.Max); len(ticks) < 2 && f.Name != "tokens_by_model" {
						t.Errorf("%s: ticks %v from %v to %v", where, ticks, axis.Min, axis.Max)
					}
				}
			}
		}
	}
}

// TestHugeValues: an axis reaches to the largest number there is, and its mean is exact.
func TestHugeValues(t *testing.T) {
	const most = math.MaxFloat64
	f, err := MetricFigure(sampled(0, most/2, most, most/2), "queue", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if y := f.Plot.Y; y.Max != most || y.Norm(most) != 1 || y.Norm(most/2) != 0.5 {
		t.Errorf("an axis to %v, where the half stands at %v", y.Max, y.Norm(most/2))
	}
	if p := parse(t, f); !p.has("1e308") || !strings.Contains(f.Description, "mean 8.988e307") {
		t.Errorf("no tick or another mean: %s", f.Description)
	}
	f, err = MetricFigure(sampled(-most, most), "queue", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if y := f.Plot.Y; y.Norm(0) != 0.5 || y.Norm(-most) != 0 || !strings.Contains(f.Description, "mean 0 ·") {
		t.Errorf("zero stands at %v, %s", y.Norm(0), f.Description)
	}
}

// TestRollingMeanBeyondTheAxis: where the mean is above the axis, which an outlier does not decide, there is no line.
func TestRollingMeanBeyondTheAxis(t *testing.T) {
	var points []point
	for i := range 10 {
		points = append(points, point{float64(i), 0})
	}
	got := unbroken(points, []float64{1, 2, 9, 9, 3, 9, 2, 1, 1, 1}, 3)
	want := "[[{0 1} {1 2}] [{4 3}] [{6 2} {7 1} {8 1} {9 1}]]"
	if fmt.Sprint(got) != want {
		t.Errorf("lines %v, want %s", got, want)
	}
}

// TestProjectionSaysItsYear, where that is not the run's.
func TestProjectionSaysItsYear(t *testing.T) {
	r := &run{Collector: NewCollector(Options{}), from: unix(start), to: unix(start)}
	for ahead, want := range map[time.Duration]string{
		time.Minute: "19:01:02 on Nov 24", day: "19:00 on Nov 25", 60 * day: "19:00 on Jan 23, 2027",
	} {
		if got := r.clock(unix(start.Add(ahead))); got != want {
			t.Errorf("%v ahead is %s, want %s", ahead, got, want)
		}
	}
}
