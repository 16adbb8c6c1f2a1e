package web_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// TestPageProgress: how far, how fast, until when, and what of that is not known.
func TestPageProgress(t *testing.T) {
	c := &clock{t: time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)}
	mon := newMonitor(t, monitor.WithClock(c.now))
	expect := func(far, value, most string) {
		t.Helper()
		d := page(t, web.Handler(mon), "/")
		if got := d.text("far"); got != far {
			t.Errorf("%q, want %q", got, far)
		}
		for n := range d.Descendants() {
			if n.Type == html.ElementNode && n.Data == "progress" && (attribute(n, "value") != value || attribute(n, "max") != most) {
				t.Errorf("the bar has %v, want %s of %s", n.Attr, value, most)
			}
		}
		if most == "" && strings.Contains(string(ask(t, web.Handler(mon), "/")), "<progress") {
			t.Error("a bar without a target")
		}
	}
	accept := func(n int) {
		for range n {
			mon.TrackRecord(t.Context(), monitor.Record{})
		}
	}
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, CostUSD: 1.5, TotalTokens: 10})
	expect("", "", "")
	accept(60)
	c.add(2 * time.Minute)
	expect("60 records accepted, no target is set 30.0/min in the last 5 minutes", "", "")
	mon.SetTarget(3060)
	mon.TrackRecord(t.Context(), monitor.Record{Outcome: monitor.Rejected})
	mon.TrackRecord(t.Context(), monitor.Record{Outcome: monitor.Failed})
	expect("2.0 % 60 of 3,060 records accepted 1h 40m to go, until 2026-03-02 00:42:00 30.0/min in the last 5 minutes "+
		"1 rejected, 1 failed $76.50 at the target", "60", "3060")
	c.add(time.Hour)
	expect("2.0 % 60 of 3,060 records accepted time to go not known: none accepted in the last 5 minutes 0/s in the last 5 minutes "+
		"1 rejected, 1 failed $76.50 at the target", "60", "3060")
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, TotalTokens: 10})
	accept(2999)
	expect("99.9 % 3,059 of 3,060 records accepted 0 s to go, until 00:02:00 10.0/s in the last 5 minutes "+
		"1 rejected, 1 failed $1.50+ at the target", "3059", "3060")
	accept(2)
	expect("100.0 % 3,061 of 3,060 records accepted the target is reached 10.0/s in the last 5 minutes "+
		"1 rejected, 1 failed $1.50+ at the target", "3060", "3060")
}
