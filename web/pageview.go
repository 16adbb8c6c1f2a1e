package web

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/internal/quantity"
	"github.com/genmeter/genmeter/monitor"
)

// recent is what the page calls the last 5 minutes.
const recent = 5 * time.Minute

// none is shown for what there is not, and for what is not known.
const none = "–"

// pageView is the page in the words and figures that it shows; the template only arranges them. A part that is nil is left out.
type pageView struct {
	Title, Run string
	Now, Start stamp
	Elapsed    string
	Alerts     alertsView
	Losses     []string
	First      *firstView
	Progress   *progressView
	Facts      []fact
	Failures   []failureRow
	Finish     []finishRow
	Models     *modelsView
	Latency    []latencyRow
	Scores     []scoreRow
	Notes      []string // about what the ring has lost
	Pictures   []picture
	Version    int // of the pictures
	Formats    []string
	Metrics    string // path of what Prometheus scrapes; empty for none
	HasAlerts  bool
}

// stamp is a time, for programs and for people.
type stamp struct{ ISO, Text string }

// stampOf writes a time in UTC; the day is left out when it is that of now.
func stampOf(t, now time.Time) stamp {
	t, layout := t.UTC(), "2006-01-02 15:04:05"
	if y, m, d := t.Date(); !now.IsZero() && time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Equal(now.UTC().Truncate(24*time.Hour)) {
		layout = "15:04:05"
	}
	return stamp{t.Format(time.RFC3339), t.Format(layout)}
}

// ago says how long ago something was.
func ago(t, now time.Time) string { return rounded(now.Sub(t)) + " ago" }

// rounded writes a length of time in whole seconds.
func rounded(d time.Duration) string { return quantity.Every(max(0, math.Round(d.Seconds()))) }

// text makes what events brought fit to be shown on one line; the template escapes it.
func text(s string) string { return quantity.OneLine(s, 300) }

// view describes the run as it stands.
func (h *handler) view(p monitor.Progress) *pageView {
	now := p.Start.Add(p.Elapsed) // by the monitor's clock, which in a replay is the run's own
	v := h.frame()
	v.Now, v.Start, v.Elapsed = stampOf(now, time.Time{}), stampOf(p.Start, now), rounded(p.Elapsed)
	v.Alerts = h.alertsView(now)
	v.Progress = newProgressView(p, now)
	var q questions
	usage := h.mon.TokenUsage(0)
	v.askFacts(&q, p, usage, now)
	v.askModels(&q, usage)
	v.askLatency(&q)
	v.askNamed(&q, h.mon.MetricNames(), p)
	q.answer(h.mon, now)
	for _, f := range h.mon.Failures() {
		v.Failures = append(v.Failures, newFailureRow(f, p.Failures, now))
	}
	v.Pictures, v.Version = h.figures.list(h.mon)
	for _, f := range export.Formats() {
		v.Formats = append(v.Formats, f.String())
	}
	if n := h.mon.Evicted(); n > 0 {
		v.Notes = append(v.Notes, fmt.Sprintf("%s older events are in the totals, and no more in quantiles, pictures and exports.", quantity.Grouped(n)))
	}
	v.Title = v.title(p)
	return v
}

// frame is what the page has with events and without.
func (h *handler) frame() *pageView {
	v := &pageView{Run: text(h.run), Metrics: strings.TrimPrefix(h.metricsPath, "/"), HasAlerts: h.alerter != nil}
	losses := h.mon.Losses()
	if n := losses.Rejected; n > 0 {
		v.Losses = append(v.Losses, fmt.Sprintf("%s events, or values of events, were refused (genmeter_events_rejected_total).", quantity.Grouped(n)))
	}
	if n := losses.Dropped; n > 0 {
		v.Losses = append(v.Losses, fmt.Sprintf("%s events did not reach a handler (genmeter_events_dropped_total).", quantity.Grouped(n)))
	}
	return v
}

// title begins with what matters, as a tab shows only that.
func (v *pageView) title(p monitor.Progress) string {
	var parts []string
	if n := v.Alerts.Firing; n > 0 {
		parts = append(parts, fmt.Sprintf("%d firing", n))
	}
	if p.Target > 0 {
		parts = append(parts, v.Progress.Percent)
	}
	if v.Run != "" {
		parts = append(parts, v.Run)
	}
	return strings.Join(append(parts, "genmeter"), " – ")
}
