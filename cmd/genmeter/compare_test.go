package main

import (
	"math"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// TestDurations: the quantiles are those of the monitor, of the same calls.
func TestDurations(t *testing.T) {
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mon.Shutdown(t.Context())
	var d durations
	for i := range 101 {
		ev := monitor.Event{Kind: monitor.KindGeneration, Duration: time.Duration(i*i%97) * time.Second, Batch: i%10 == 0, CacheHit: i%15 == 0}
		d.add(&ev)
		mon.Track(t.Context(), ev)
	}
	d.add(&monitor.Event{Kind: monitor.KindEvaluation, Duration: time.Hour})
	want := mon.Aggregate("generation_time", 0)
	m := newMeasures(&tally{}, monitor.TokenUsageReport{}, d)
	if uint64(len(d)) != want.Count || math.Abs(m.p50-want.P50) > 1e-9 || math.Abs(m.p95-want.P95) > 1e-9 {
		t.Errorf("got %d, %v and %v; want %+v", len(d), m.p50, m.p95, want)
	}
}

func TestVerdict(t *testing.T) {
	allowed := driftValue{part: 0.1}
	for _, c := range []struct {
		name string
		comparison
		want      string
		wantFails bool
	}{
		{"same", comparison{"", 2, 2, allowed, false}, verdictOK, false},
		{"just allowed", comparison{"", 1, 1.1, allowed, false}, verdictOK, false},
		{"worse", comparison{"", 1, 1.11, allowed, false}, verdictWorse, true},
		{"better", comparison{"", 1, 0.1, allowed, false}, verdictOK, false},
		{"less success", comparison{"", 1, 0.89, allowed, true}, verdictWorse, true},
		{"more success", comparison{"", 0.5, 1, allowed, true}, verdictOK, false},
		{"nothing to nothing", comparison{"", 0, 0, allowed, false}, verdictOK, false},
		{"grew from nothing", comparison{"", 0, 1, allowed, false}, verdictWorse, true},
		{"success from nothing", comparison{"", 0, 1, allowed, true}, verdictOK, false},
		{"unknown", comparison{"", math.NaN(), 1, allowed, false}, verdictUnknown, false},
		{"nobody to divide by", comparison{"", 1, math.Inf(1), allowed, false}, verdictUnknown, true},
		{"unknown, and the baseline's is not", comparison{"", 1, math.NaN(), allowed, false}, verdictUnknown, true},
		{"unknown success", comparison{"", math.NaN(), math.NaN(), allowed, true}, verdictUnknown, true},
		{"unknown, asked for", comparison{"", 1, math.NaN(), driftValue{part: 1, set: true}, false}, verdictUnknown, true},
		{"off", comparison{"", 1, 9, driftValue{off: true, set: true}, false}, verdictOff, false},
	} {
		if got := c.verdict(); got != c.want || c.fails() != c.wantFails {
			t.Errorf("%s: %s, fails %v; want %s, %v", c.name, got, c.fails(), c.want, c.wantFails)
		}
	}
}

func TestDriftValue(t *testing.T) {
	for in, want := range map[string]string{"10%": "10%", "0%": "0%", "2.5%": "2.5%", "off": "off"} {
		var d driftValue
		if err := d.Set(in); err != nil || d.String() != want {
			t.Errorf("%q is %s (%v), want %s", in, d.String(), err, want)
		}
	}
	for _, in := range []string{"", "%", "10", "0.1", "-5%", "NaN%", "Inf%", "ten%"} {
		var d driftValue
		if d.Set(in) == nil {
			t.Errorf("%q is %s, want a refusal", in, d.String())
		}
	}
}

func TestLabelsValue(t *testing.T) {
	var v labelsValue
	for _, s := range []string{"job=g", "instance=gpu-7:9464", "team=a=b"} {
		if err := v.Set(s); err != nil {
			t.Error(err)
		}
	}
	if got := v.String(); got != "instance=gpu-7:9464,job=g,team=a=b" {
		t.Error(got)
	}
	for _, s := range []string{"", "job", "job=", "=x", "a-b=c", "job=again", "model=m"} {
		if v.Set(s) == nil {
			t.Errorf("%q was taken", s)
		}
	}
}
