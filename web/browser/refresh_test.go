package browser_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
	"github.com/genmeter/genmeter/web/browser"
)

// TestRefreshInPlace: numbers change, and the reader does not notice anything else: the place on the page, the focus, what was
// unfolded, and the very elements stay, and nothing jumps.
func TestRefreshInPlace(t *testing.T) {
	s, srv := scene(t)
	b := open(t)
	b.do(chromedp.EmulateViewport(1200, 700), chromedp.Navigate(srv.URL), browser.LoadPictures(),
		chromedp.Focus(chromedp.CSS("#rules summary")), chromedp.KeyEvent("\r"))
	eval[bool](b, `(window.jumps = 0, new PerformanceObserver(list => {
		for (const e of list.getEntries()) if (!e.hadRecentInput) window.jumps += e.value;
	}).observe({ type: 'layout-shift' }), true)`)
	eval[bool](b, `(document.getElementById('models-table').focus(), scrollTo(0, 400), window.before = [...document.querySelectorAll('main *')], true)`)
	calls := b.text("fact-calls")
	if err := s.Play(middle.Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b.wait(`document.getElementById('now').innerText.includes('20:20:20')`)
	if got := b.text("fact-calls"); got == calls {
		t.Errorf("after the refresh there are still %s", got)
	}
	if got := eval[int](b, `scrollY`); got != 400 {
		t.Errorf("the page was scrolled from 400 to %d", got)
	}
	if got := eval[string](b, `document.activeElement.id`); got != "models-table" {
		t.Errorf("the focus went to %q", got)
	}
	if !eval[bool](b, `document.getElementById('rules').open`) {
		t.Error("what was unfolded is folded")
	}
	if n := eval[int](b, `window.before.filter(e => !e.isConnected).length`); n != 0 {
		t.Errorf("%d elements were replaced", n)
	}
	if jumps := eval[float64](b, `window.jumps`); jumps > 0.01 {
		t.Errorf("the layout shifted by %v", jumps)
	}
	checkValues(b, s)
}

// TestRefreshPictures: new pictures come without the old ones leaving a hole, and only when they are due.
func TestRefreshPictures(t *testing.T) {
	mon, srv := newRun(t)
	b := open(t)
	mon.TrackGeneration(t.Context(), monitor.Generation{ErrorType: "timeout"})
	b.do(chromedp.Navigate(srv.URL), browser.LoadPictures())
	mon.TrackGeneration(t.Context(), monitor.Generation{ErrorType: "timeout"})
	b.wait(`document.querySelector('#plot-failures img').src.endsWith('v=2')`)
	b.wait(`document.querySelector('#plot-failures img').alt.includes('2 of 2 calls failed')`)
	b.do(browser.LoadPictures())
}

// TestSelectedText: who selects something, to copy it, keeps it, and is told that the numbers wait.
func TestSelectedText(t *testing.T) {
	mon, srv := newRun(t)
	b := open(t)
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	b.do(chromedp.Navigate(srv.URL))
	eval[bool](b, `(getSelection().selectAllChildren(document.getElementById('fact-calls')), true)`)
	selected := eval[string](b, `getSelection().toString()`)
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	b.wait(`document.getElementById('connection').textContent === 'Not refreshed while text is selected.'`)
	if got := eval[string](b, `getSelection().toString()`); got != selected {
		t.Errorf("%q was selected, and is %q", selected, got)
	}
	eval[bool](b, `(getSelection().empty(), true)`)
	b.wait(`document.getElementById('fact-calls').innerText.includes('2') && document.getElementById('connection').textContent === ''`)
}

// TestPause: the reader can stop the refresh with the keyboard, and go on.
func TestPause(t *testing.T) {
	mon, srv := newRun(t)
	b := open(t)
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	b.watchTimers()
	b.do(chromedp.Navigate(srv.URL), chromedp.Focus(chromedp.CSS("#pause")), chromedp.KeyEvent("\r"))
	if got := b.text("pause") + ", " + b.text("connection"); got != "Resume refresh, Paused." {
		t.Errorf("the page says %s", got)
	}
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	b.wait(`timers.size === 0`)
	if got := b.text("fact-calls"); got[:7] != "Calls 1" {
		t.Errorf("paused, with no timer left, the page says %q", got)
	}
	b.do(chromedp.KeyEvent("\r"))
	b.wait(`document.getElementById('fact-calls').innerText.includes('2')`)
	if got := b.text("pause") + ", " + b.text("connection"); got != "Pause refresh, " {
		t.Errorf("the page says %s", got)
	}
}

// watchTimers makes the page's script tell of its timers of 5 s: window.timers has those that are set. Others are the test's.
func (b *tab) watchTimers() {
	b.t.Helper()
	const script = `{
		const { setTimeout, clearTimeout } = window, timers = window.timers = new Set();
		window.setTimeout = (f, ms) => { const id = setTimeout(() => { timers.delete(id); f(); }, ms); if (ms === 5000) timers.add(id); return id; };
		window.clearTimeout = id => { timers.delete(id); clearTimeout(id); };
	}`
	if _, err := chromedp.Call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		b.t.Fatal(err)
	}
}

// TestHiddenTab: a tab that nobody sees asks for nothing; when it is seen again it asks at once.
func TestHiddenTab(t *testing.T) {
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mon.Shutdown(t.Context())
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	var asked atomic.Int64
	h := web.Handler(mon)
	srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			asked.Add(1)
		}
		h.ServeHTTP(w, r)
	}))
	b := open(t)
	b.watchTimers()
	b.do(chromedp.Navigate(srv.URL))
	show := func(hidden string) {
		eval[bool](b, `(Object.defineProperty(document, 'hidden', { value: `+hidden+`, configurable: true }), document.dispatchEvent(new Event('visibilitychange')))`)
	}
	show("true")
	b.wait(`timers.size === 0`)
	before := asked.Load()
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	show("true")
	if n := eval[int](b, `timers.size`); n != 0 || asked.Load() != before {
		t.Errorf("the hidden tab has %d timers, and asked %d times", n, asked.Load()-before)
	}
	show("false")
	b.wait(`document.getElementById('fact-calls').innerText.includes('2')`)
}

// TestSidecarIsGone: the page says since when nobody answers, keeps what it knew, and goes on when somebody does.
func TestSidecarIsGone(t *testing.T) {
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mon.Shutdown(t.Context())
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	h := web.Handler(mon)
	srv := httptest.NewServer(h)
	address := srv.Listener.Addr().String()
	b := open(t)
	b.do(chromedp.Navigate(srv.URL))
	srv.Close()
	b.wait(`/^No answer since \d\d:\d\d:\d\d UTC\.$/.test(document.getElementById('connection').textContent)`)
	if got := b.text("fact-calls"); got[:7] != "Calls 1" {
		t.Errorf("the page forgot what it knew: %q", got)
	}
	if got := eval[string](b, `document.title`); got != "No answer – genmeter" {
		t.Errorf("the title is %q", got)
	}
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Model: "m"})
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	back := &http.Server{Handler: h}
	go back.Serve(l)
	defer back.Close()
	b.wait(`document.getElementById('fact-calls').innerText.includes('2') && document.getElementById('connection').textContent === ''`)
	if got := eval[string](b, `document.title`); got != "genmeter" {
		t.Errorf("the title is %q", got)
	}
	b.forgive("ERR_CONNECTION_REFUSED") // which the browser says by itself
}
