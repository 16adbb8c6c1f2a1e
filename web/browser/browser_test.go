package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
	"github.com/genmeter/genmeter/web/browser"
)

// patience is how long a browser that other tests slow down may take.
const patience = 2 * time.Minute

// tab is a tab of a real Chromium, in which nothing may go wrong: a message on its console fails the test.
type tab struct {
	context.Context
	t *testing.T

	mu     sync.Mutex
	faults []string
}

// chrome starts the browser, once for all tests; TestMain ends it.
var (
	chrome = sync.OnceValue(func() context.Context {
		ctx, end := browser.Chrome(context.Background())
		endChrome = end
		if err := chromedp.Do(ctx); err != nil {
			panic(err)
		}
		return ctx
	})
	endChrome = func() {}
)

func TestMain(m *testing.M) {
	code := m.Run()
	endChrome()
	os.Exit(code)
}

// open opens a tab. It skips the test where there is none, but for CI, where a skipped test would be a lie.
func open(t *testing.T) *tab {
	t.Helper()
	if !installed() {
		text := "no chromium in $PATH: apt-get install --no-install-recommends chromium"
		if os.Getenv("CI") == "true" || os.Getenv("GENMETER_E2E") == "1" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	ctx, cancel := chromedp.NewContext(chrome())
	b := &tab{Context: ctx, t: t}
	t.Cleanup(func() {
		cancel()
		for _, fault := range b.faults {
			t.Errorf("the console says: %s", fault)
		}
	})
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	return b
}

func installed() bool {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
	}
	return false
}

// hear keeps what the page and the browser complain about, such as violations of the page's policy.
func (b *tab) hear(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		fault = fmt.Sprintf("%s called", e.Type)
	case *runtime.EventExceptionThrown:
		fault = e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		fault = fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
	}
	if fault != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = append(b.faults, fault)
	}
}

// forgive forgets complaints that hold text, of which there must be some.
func (b *tab) forgive(text string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var rest []string
	for _, fault := range b.faults {
		if !strings.Contains(fault, text) {
			rest = append(rest, fault)
		}
	}
	if len(rest) == len(b.faults) {
		b.t.Errorf("the console says nothing of %s", text)
	}
	b.faults = rest
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// eval returns the value of an expression in the page.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until an expression is true in the page.
func (b *tab) wait(expression string) {
	b.t.Helper()
	_, err := chromedp.Run(b, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(patience)))
	if err != nil {
		b.t.Fatalf("waiting for %s: %v; connection says %q", expression, err, eval[string](b, `document.getElementById('connection').textContent`))
	}
}

// text returns what the element with that id says.
func (b *tab) text(id string) string {
	b.t.Helper()
	return strings.Join(strings.Fields(eval[string](b, fmt.Sprintf(`document.getElementById(%q)?.innerText ?? ''`, id))), " ")
}

// middle is a time in the middle of the recorded run.
var middle = time.Date(2026, 11, 24, 20, 20, 10, 0, time.UTC)

// scene returns the recorded run at its middle, and a server of it.
func scene(t *testing.T) (*browser.Scene, *httptest.Server) {
	t.Helper()
	s, err := browser.NewScene("../../ingest/testdata/afterimage-run")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Play(middle); err != nil {
		t.Fatal(err)
	}
	return s, serve(t, s.Handler)
}

func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// newRun returns a monitor and a server of its page.
func newRun(t *testing.T) (*monitor.Monitor, *httptest.Server) {
	t.Helper()
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mon.Shutdown(context.WithoutCancel(t.Context())) })
	return mon, serve(t, web.Handler(mon))
}
