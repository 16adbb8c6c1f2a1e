package web_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// TestPageAlerts: what fires comes first, in the title of a tab too; what is over and what is at peace is there as well.
func TestPageAlerts(t *testing.T) {
	c := &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	mon := newMonitor(t, monitor.WithClock(c.now))
	al, err := alerting.New(mon, alerting.Thresholds{MinSuccessRate: new(0.8), MaxErrorRate: new(0.5), MaxCostUSD: new(5.0), EventsLost: true},
		alerting.WithClock(c.now), alerting.WithInterval(0),
		alerting.WithRules(alerting.Rule{Name: "slow", Metric: "generation_time", Threshold: 1, For: time.Hour, Level: alerting.Error}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = al.Shutdown(t.Context()) })
	see := func() document { return page(t, web.Handler(mon, web.WithAlerts(al), web.WithRun("monday")), "/") }
	expect := func(verdict, class, title string, list ...string) {
		t.Helper()
		d := see()
		if got := d.text("verdict"); got != verdict {
			t.Errorf("verdict %q, want %q", got, verdict)
		}
		var rows []string
		for n := range d.Descendants() {
			switch {
			case attribute(n, "id") == "verdict" && (attribute(n, "class") != "verdict "+class || attribute(n, "aria-live") != "polite"):
				t.Errorf("verdict has %v, want class %s", n.Attr, class)
			case n.Data == "title" && words(n) != title:
				t.Errorf("title %q, want %q", words(n), title)
			case n.Type == html.ElementNode && n.Data == "li" && within(n, "alert-list"):
				rows = append(rows, words(n))
			}
		}
		if got := strings.Join(rows, "\n"); got != strings.Join(list, "\n") {
			t.Errorf("alerts are\n%s, want\n%s", got, strings.Join(list, "\n"))
		}
	}
	expect("The alert rules have not been judged yet.", "unknown", "Waiting for the first event – genmeter")

	for range 10 {
		mon.TrackGeneration(t.Context(), monitor.Generation{Duration: 2 * time.Second, Error: "timed out"})
	}
	c.add(time.Minute)
	al.Evaluate(c.now())
	c.add(90 * time.Second)
	expect("Firing: high_error_rate, low_success_rate. Pending: slow.", "firing", "2 firing – monday – genmeter",
		"firing high_error_rate error, for 90 s, since 12:01:00 error rate 100 % over 5 min (10 of 10 failed, mostly timeout), threshold 50 %",
		"firing low_success_rate warning, for 90 s, since 12:01:00 success rate 0 % over 5 min (10 of 10 failed, mostly timeout), threshold 80 %",
		"pending slow error, for 90 s, since 12:01:00 generation time 2 s on average over 5 min (10 calls, 2 s at most), threshold 1 s")
	if got, want := see().text("rules"), "2 rules at peace over_budget, events_lost Judged at 12:01:00."; got != want {
		t.Errorf("rules %q, want %q", got, want)
	}

	c.add(time.Hour)
	al.Evaluate(c.now())
	expect("No alert fires.", "calm", "monday – genmeter",
		"resolved high_error_rate error, 0 s ago, at 13:02:30 resolved: no error rate over 5 min, threshold 50 %",
		"resolved low_success_rate warning, 0 s ago, at 13:02:30 resolved: no success rate over 5 min, threshold 80 %")
	for range 10 {
		mon.TrackGeneration(t.Context(), monitor.Generation{Duration: 2 * time.Second, Success: true})
	}
	al.Evaluate(c.now())
	expect("Pending: slow.", "pending", "monday – genmeter",
		"pending slow error, for 0 s, since 13:02:30 generation time 2 s on average over 5 min (10 calls, 2 s at most), threshold 1 s")
}
