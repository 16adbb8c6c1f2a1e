package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/genmeter/genmeter/web/browser"
)

// TestWidths: from a phone to a wall the page is as wide as the window, and what is wider scrolls by itself.
func TestWidths(t *testing.T) {
	_, srv := scene(t)
	b := open(t)
	b.do(chromedp.Navigate(srv.URL), browser.LoadPictures())
	for _, width := range []int64{320, 360, 800, 1600, 2560} {
		b.do(chromedp.EmulateViewport(width, 900))
		if got := eval[int64](b, `document.documentElement.scrollWidth`); got != width {
			t.Errorf("in a window of %d pixels the page has %d", width, got)
		}
		out := eval[[]string](b, `[...document.querySelectorAll('main *')].filter(e => {
			const r = e.getBoundingClientRect();
			return r.width > 0 && (r.right > innerWidth + 1 || r.left < -1) && !e.closest('.scroll, figure, pre');
		}).map(e => e.outerHTML.slice(0, 80))`)
		if len(out) > 0 {
			t.Errorf("in a window of %d pixels these stand out: %q", width, out)
		}
	}
}

// contrast finds texts that stand out too little from what is behind them: below 4.5 to 1, WCAG's level AA.
const contrast = `(() => {
	const parse = c => c.match(/[\d.]+/g).map(Number);
	const light = c => {
		const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b;
	};
	const behind = e => {
		for (; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			if (c.length < 4 || c[3] > 0) return c.slice(0, 3);
		}
		return [255, 255, 255];
	};
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faults = [];
	let seen = 0;
	for (let n = texts.nextNode(); n; n = texts.nextNode()) {
		const e = n.parentElement;
		if (!n.data.trim() || !e.checkVisibility()) continue;
		seen++;
		const [a, b] = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(behind(e))].sort((x, y) => y - x);
		const ratio = (a + .05) / (b + .05);
		if (ratio < 4.5) faults.push(ratio.toFixed(2) + ' ' + n.data.trim());
	}
	return seen < 100 ? ['only ' + seen + ' texts'] : faults;
})()`

// TestContrast: every text can be read, in the light and in the dark.
func TestContrast(t *testing.T) {
	_, srv := scene(t)
	b := open(t)
	b.do(chromedp.Navigate(srv.URL))
	grounds := make(map[string]bool)
	for _, scheme := range []string{"light", "dark"} {
		b.do(browser.PreferColorScheme(scheme))
		grounds[eval[string](b, `getComputedStyle(document.body).backgroundColor`)] = true
		if faults := eval[[]string](b, contrast); len(faults) > 0 {
			t.Errorf("%s: %q", scheme, faults)
		}
	}
	if len(grounds) != 2 {
		t.Errorf("light and dark have the grounds %v", grounds)
	}
}

// TestKeyboard: the tab key reaches everything that can be used, in the order in which it stands, and shows where it is.
func TestKeyboard(t *testing.T) {
	_, srv := scene(t)
	b := open(t)
	b.do(chromedp.EmulateViewport(800, 900), chromedp.Navigate(srv.URL), browser.LoadPictures())
	usable := eval[[]string](b, `[...document.querySelectorAll('a, button, summary, [tabindex="0"]')].filter(e => e.checkVisibility()).map((e, i) => e.dataset.n = String(i))`)
	if len(usable) < 30 {
		t.Errorf("only %d things can be used", len(usable))
	}
	for _, want := range usable {
		b.do(chromedp.KeyEvent("\t"))
		got := eval[string](b, `(() => { const e = document.activeElement; return e.dataset.n + ' ' + getComputedStyle(e).outlineStyle; })()`)
		if got != want+" solid" {
			t.Fatalf("the tab key comes to %s, want %s solid: %s", got, want, eval[string](b, fmt.Sprintf(`document.querySelector('[data-n="%s"]').outerHTML.slice(0, 100)`, want)))
		}
	}
	for _, name := range eval[[]string](b, `[...document.querySelectorAll('[role=region], nav, section')].map(e => (document.getElementById(e.getAttribute('aria-labelledby'))?.textContent ?? e.getAttribute('aria-label') ?? '').trim())`) {
		if strings.TrimSpace(name) == "" {
			t.Error("a part of the page has no name")
		}
	}
}
