package plot

import (
	"strings"
	"testing"
	"time"

	gplot "gonum.org/v1/plot"
)

func labels(ticks []gplot.Tick) string {
	var all []string
	for _, t := range ticks {
		all = append(all, strings.ReplaceAll(t.Label, "\n", "/"))
	}
	return strings.Join(all, " ")
}

func TestNumberTicks(t *testing.T) {
	for _, test := range []struct {
		ticks     numberTicks
		low, high float64
		want      string
	}{
		{numberTicks{most: 5}, 0, 10, "0 2 4 6 8 10"},
		{numberTicks{most: 5}, -0.3, 1.02, "0 0.5 1.0"},
		{numberTicks{most: 6}, -1.1, 1, "−1.0 −0.5 0 0.5 1.0"},
		{numberTicks{most: 4}, 0, 1_234_567, "0 500,000 1,000,000"},
		{numberTicks{most: 6, percent: true}, -0.005, 1.02, "0 20 40 60 80 100"},
		{numberTicks{most: 6, whole: true}, 0, 1.05, "0 1"},
		{numberTicks{most: 3}, 0.00123, 0.00129, "0.00124 0.00126 0.00128"},
		{numberTicks{most: 3}, 0, 1e300, "0 5e299 1e300"},
		{numberTicks{most: 3}, 0, 4e13, "0 2e13 4e13"},
		{numberTicks{most: 3}, -1e300, 1e300, "−1e300 0 1e300"},
	} {
		if got := labels(test.ticks.Ticks(test.low, test.high)); got != test.want {
			t.Errorf("%+v from %v to %v: %s; want %s", test.ticks, test.low, test.high, got, test.want)
		}
	}
}

func TestLogTicks(t *testing.T) {
	for _, test := range []struct {
		most      int
		low, high float64
		want      string
	}{
		{10, 0.3, 15.4, "0.5 1 2 5 10"},
		{6, 0.002, 15, "0.01 0.1 1 10"},
		{8, 1.2, 1.6, "1.2 1.3 1.4 1.5 1.6"},
		{4, 1e-9, 1e9, "1e−5 1 100,000"},
	} {
		if got := labels(logTicks{most: test.most}.Ticks(test.low, test.high)); got != test.want {
			t.Errorf("at most %d from %v to %v: %s; want %s", test.most, test.low, test.high, got, test.want)
		}
	}
}

func TestTimeTicks(t *testing.T) {
	for _, test := range []struct {
		most     int
		from, to string
		want     string
	}{
		{5, "2026-11-24T19:00:02Z", "2026-11-24T19:00:04Z", "19:00:02.0 19:00:02.5 19:00:03.0 19:00:03.5 19:00:04.0"},
		{6, "2026-11-24T19:00:02Z", "2026-11-24T19:00:27Z", "19:00:05 19:00:10 19:00:15 19:00:20 19:00:25"},
		{6, "2026-11-24T19:57:10Z", "2026-11-24T20:27:10Z", "20:00 20:05 20:10 20:15 20:20 20:25"},
		{6, "2026-11-24T19:00:02Z", "2026-11-25T04:00:02Z", "20:00/Nov 24 22:00 00:00/Nov 25 02:00 04:00"},
		{7, "2026-11-24T19:00:02Z", "2026-11-27T19:00:02Z", "00:00/Nov 25 12:00 00:00/Nov 26 12:00 00:00/Nov 27 12:00"},
		{5, "2026-12-30T00:00:00Z", "2027-01-03T00:00:00Z", "Dec 30/2026 Dec 31 Jan 1/2027 Jan 2 Jan 3"},
		{6, "2026-01-15T00:00:00Z", "2026-06-20T00:00:00Z", "Feb 2026 Mar 2026 Apr 2026 May 2026 Jun 2026"},
		{6, "1700-06-01T00:00:00Z", "2200-01-01T00:00:00Z", "1800 1900 2000 2100 2200"},
	} {
		from, _ := time.Parse(time.RFC3339, test.from)
		to, _ := time.Parse(time.RFC3339, test.to)
		ticks := timeTicks{most: test.most}.Ticks(unix(from), unix(to))
		if got := labels(ticks); got != test.want {
			t.Errorf("%s to %s: %s; want %s", test.from, test.to, got, test.want)
		}
	}
}

// TestTimeTicksAreFew: whatever the span, there are some ticks, not many more than asked for, and all within it.
func TestTimeTicksAreFew(t *testing.T) {
	const most = 8
	for span := 1e-2; span < 2e10; span *= 1.37 {
		low := unix(start)
		ticks := timeTicks{most: most}.Ticks(low, low+span)
		if len(ticks) > most+1 {
			t.Errorf("%d ticks in %v s", len(ticks), span)
		}
		for _, tick := range ticks {
			if tick.Value < low-1e-6 || tick.Value > low+span+1e-6 {
				t.Errorf("a tick at %v outside of %v to %v", tick.Value, low, low+span)
			}
		}
	}
}
