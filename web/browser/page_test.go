package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/genmeter/genmeter/internal/quantity"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web/browser"
)

// TestValues: what a person sees is what the monitor says.
func TestValues(t *testing.T) {
	s, srv := scene(t)
	b := open(t)
	b.do(chromedp.Navigate(srv.URL), browser.LoadPictures())
	checkValues(b, s)
	if got := eval[int](b, `[...document.images].filter(i => i.complete && i.naturalWidth > 0).length`); got != 12 {
		t.Errorf("%d pictures are shown, want 12", got)
	}
}

func checkValues(b *tab, s *browser.Scene) {
	b.t.Helper()
	p := s.Monitor.Progress()
	for id, want := range map[string]string{
		"fact-calls": "Calls " + quantity.Grouped(p.Calls), "fact-failed": "Failed " + quantity.Grouped(p.Failures), "fact-in-progress": "In progress 3",
		"fact-tokens": "Tokens " + quantity.Grouped(s.Monitor.TokenUsage(0).TotalTokens), "fact-cost": "Cost " + quantity.Dollars(p.CostUSD) + "+",
		"far": quantity.Grouped(p.Done) + " of 500 records accepted", "verdict": "Firing: low_success_rate. Pending: slow_calls.",
	} {
		if got := b.text(id); !strings.Contains(got, want) || p.Calls < 1000 || p.Done < 100 {
			b.t.Errorf("%s says %q, want %q", id, got, want)
		}
	}
	for _, f := range s.Monitor.Failures() {
		if got, want := b.text("failures-table"), fmt.Sprintf("%s %d ", f.Type, f.Calls); !strings.Contains(got, want) || !strings.Contains(got, f.Error) {
			b.t.Errorf("failures are %q, want %q and %q", got, want, f.Error)
		}
	}
}

// TestWithoutScripts: the page is whole, and says how to see newer numbers.
func TestWithoutScripts(t *testing.T) {
	s, srv := scene(t)
	b := open(t)
	if _, err := chromedp.Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(srv.URL))
	checkValues(b, s)
	if got := eval[string](b, `document.querySelector('.refresh').innerText`); got != "Reload for newer numbers" {
		t.Errorf("in the place of the button stands %q", got)
	}
	loaded := func(page.EventLoadEventFired) bool { return true }
	if _, err := chromedp.Run(b, chromedp.WaitEvent(page.LoadEventFired, loaded, chromedp.Click(chromedp.CSS(".refresh a")))); err != nil {
		t.Fatal(err)
	}
	checkValues(b, s)
}

// TestManyModels: two hundred models can be looked through with the keyboard, and what is unfolded stays so.
func TestManyModels(t *testing.T) {
	mon, srv := newRun(t)
	b := open(t)
	track := func(n int64) {
		for i := range 200 {
			mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: fmt.Sprintf("provider/a-rather-long-name-of-a-model-%03d", i), PromptTokens: n * int64(i+1)})
		}
	}
	track(1)
	b.do(chromedp.EmulateViewport(360, 800), chromedp.Navigate(srv.URL))
	visible := `[...document.querySelectorAll('#models tbody tr')].filter(r => r.checkVisibility()).length`
	if n := eval[int](b, visible); n != 20 {
		t.Errorf("%d models are seen, want 20", n)
	}
	b.do(chromedp.Focus(chromedp.CSS("#more-models summary")), chromedp.KeyEvent("\r"))
	b.wait(visible + ` === 200`)
	track(1000)
	b.wait(`document.getElementById('models-table').innerText.includes('200,200')`)
	if n := eval[int](b, visible); n != 200 {
		t.Errorf("after a refresh %d models are seen, want 200", n)
	}
	if got := eval[string](b, `document.activeElement.textContent`); got != "180 smaller models" {
		t.Errorf("after a refresh the focus is on %q", got)
	}
	if w := eval[int](b, `document.documentElement.scrollWidth`); w != 360 {
		t.Errorf("the page is %d pixels wide on a phone of 360", w)
	}
}

// TestEmpty: the page before the first event, which comes by a refresh.
func TestEmpty(t *testing.T) {
	mon, srv := newRun(t)
	b := open(t)
	b.do(chromedp.Navigate(srv.URL))
	if got := b.text("first"); !strings.Contains(got, "Waiting for the first event") {
		t.Errorf("the page says %q", got)
	}
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	b.wait(`document.getElementById('fact-calls')?.innerText.includes('1')`)
	if got := b.text("first"); got != "" {
		t.Errorf("with an event the page still says %q", got)
	}
}
