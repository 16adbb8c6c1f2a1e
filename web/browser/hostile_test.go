package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web/browser"
)

// TestHostileNames: names and errors that are markup are shown as what they are, at first and when they come by a refresh, and
// do nothing.
func TestHostileNames(t *testing.T) {
	mon, srv := newRun(t)
	b := open(t)
	track := func(name string) {
		mon.TrackGeneration(t.Context(), monitor.Generation{Model: name, Error: name, TotalTokens: 9, Duration: time.Second})
		mon.TrackEvaluation(t.Context(), monitor.Evaluation{Success: true, Scores: []monitor.Score{{Name: name, Value: 1}}})
	}
	const first, second = `<img src=x onerror="window.hacked=1">`, `<script>window.hacked=1</script><svg onload="window.hacked=1">`
	track(first)
	b.do(chromedp.Navigate(srv.URL), browser.LoadPictures())
	for _, id := range []string{"models-table", "failures-table", "scores-table"} {
		if got := b.text(id); !strings.Contains(got, first) {
			t.Errorf("%s is %q, want %s in it", id, got, first)
		}
	}
	track(second)
	b.wait(`document.getElementById('models').innerText.includes('<svg onload')`)
	if got := b.text("failures-table"); !strings.Contains(got, second) {
		t.Errorf("failures are %q, want %s among them", got, second)
	}
	if n := eval[int](b, `document.querySelectorAll('main img:not([src^="live/"]), main script, [onerror], [onload]').length`); n != 0 {
		t.Errorf("%d elements are not the page's own", n)
	}
	if eval[bool](b, `'hacked' in window`) {
		t.Error("a name has run")
	}
}
