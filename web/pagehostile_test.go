package web_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// checkPage holds that a page has no markup but its own: one script, pictures that it serves itself, nothing inline.
func checkPage(t *testing.T, body []byte) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	scripts := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			scripts++
			if attribute(n, "src") != "live/page.js" || n.FirstChild != nil {
				t.Errorf("a script %v", n.Attr)
			}
		case "img":
			if !strings.HasPrefix(attribute(n, "src"), "live/") {
				t.Errorf("a picture %v", n.Attr)
			}
		case "iframe", "object", "embed", "form", "base", "style", "template":
			t.Errorf("a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.Contains(a.Val, "javascript:") || a.Key == "http-equiv" {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts, want 1", scripts)
	}
}

// TestPageShowsHostileTexts: what events hold is shown as it is, and is nothing but text, in one direction.
func TestPageShowsHostileTexts(t *testing.T) {
	const hostile = `<img src=x onerror="alert(1)">{{.}}'"&amp;</td></table><script>alert(1)</script>`
	mon := newMonitor(t)
	mon.TrackGeneration(t.Context(), monitor.Generation{
		Model: hostile, Provider: hostile, Step: hostile, FinishReason: hostile, TotalTokens: 3, Duration: time.Second,
		Error: hostile + "\u202e\x1b[31m\nsecond line " + strings.Repeat("x", 1000),
	})
	mon.TrackEvaluation(t.Context(), monitor.Evaluation{Evaluator: hostile, Success: true, Scores: []monitor.Score{{Name: hostile, Value: 1}}})
	mon.TrackRecord(t.Context(), monitor.Record{Outcome: monitor.Rejected, Reason: hostile})
	mon.RecordMetric(t.Context(), hostile, 1)
	h := web.Handler(mon, web.WithRun(hostile))
	body := ask(t, h, "/")
	checkPage(t, body)
	d := page(t, h, "/")
	d.row("models-table", hostile)
	d.row("scores-table", hostile)
	row := d.row("failures-table", "other")
	if text := row[len(row)-1]; !strings.HasPrefix(text, hostile+"\uFFFD\uFFFD[31m second line xxx") || len(text) > 800 {
		t.Errorf("the error is %q", text)
	}
	if bytes.Contains(body, []byte("\u202e")) || bytes.Contains(body, []byte("\x1b")) {
		t.Error("the page has characters that turn or move what follows")
	}
	for n := range d.Descendants() {
		if n.Data == "h1" && words(n) != "genmeter "+hostile {
			t.Errorf("the heading is %q", words(n))
		}
	}
}
