package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// ask returns what h answers, which must be good.
func ask(t testing.TB, h http.Handler, path string) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: status %d %s", path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

func statusFor(h http.Handler, path, host string) int {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = host
	h.ServeHTTP(w, r)
	return w.Code
}

// TestPageLinks: all that the page refers to is there, before the first event and after, under a prefix too.
func TestPageLinks(t *testing.T) {
	metrics := web.WithMetrics("/metrics", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for name, mon := range map[string]*monitor.Monitor{"empty": newMonitor(t), "full": play(t)} {
		for _, prefix := range []string{"", "/genmeter", "/a/b"} {
			h := http.StripPrefix(prefix, web.Handler(mon, metrics))
			base, err := url.Parse("http://localhost" + prefix + "/")
			if err != nil {
				t.Fatal(err)
			}
			links := 0
			for n := range page(t, h, base.Path).Descendants() {
				for _, a := range n.Attr {
					if a.Key != "href" && a.Key != "src" {
						continue
					}
					links++
					ref, err := base.Parse(a.Val)
					if err != nil || strings.HasPrefix(a.Val, "/") || !strings.HasPrefix(ref.String(), base.String()) {
						t.Errorf("%s refers to %q, which is not below it", name, a.Val)
						continue
					}
					ask(t, h, ref.RequestURI())
				}
			}
			if want := map[string]int{"empty": 9, "full": 38}[name]; links < want {
				t.Errorf("%s has %d links, want at least %d", name, links, want)
			}
		}
	}
}

// TestPagePolicy: the page loads nothing from elsewhere and runs one script, and its parts are what they say.
func TestPagePolicy(t *testing.T) {
	h := web.Handler(play(t))
	for path, want := range map[string][2]string{
		"/": {"text/html; charset=utf-8", "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; " +
			"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		"/live/page.css":     {"text/css; charset=utf-8", "default-src 'none'; style-src 'unsafe-inline'"},
		"/live/page.js":      {"text/javascript; charset=utf-8", "default-src 'none'; style-src 'unsafe-inline'"},
		"/live/icon.svg":     {"image/svg+xml", "default-src 'none'; style-src 'unsafe-inline'"},
		"/live/failures.svg": {"image/svg+xml", "default-src 'none'; style-src 'unsafe-inline'"},
	} {
		resp, body := download(t, h, path)
		got := [2]string{resp.Header.Get("Content-Type"), resp.Header.Get("Content-Security-Policy")}
		if got != want || resp.Header.Get("X-Content-Type-Options") != "nosniff" || len(body) == 0 {
			t.Errorf("%s: %q, want %q, %d bytes", path, got, want, len(body))
		}
	}
	_, body := download(t, h, "/")
	checkPage(t, body)
}

// TestFirstEvent: the page before the first event teaches a command that sends it.
func TestFirstEvent(t *testing.T) {
	mon := newMonitor(t)
	intake := ingest.NewIntake(mon, nil, nil)
	mux := http.NewServeMux()
	mux.Handle("/genmeter/", http.StripPrefix("/genmeter", web.Handler(mon, web.WithIntake(intake, time.UTC), web.WithOTLP(ingest.NewOTLPIntake(intake, ingest.OTLPOptions{})))))
	srv := httptest.NewServer(mux)
	defer srv.Close()
	look := func() document {
		r := httptest.NewRequest(http.MethodGet, "/genmeter/?x=1", nil)
		r.Host = strings.TrimPrefix(srv.URL, "http://")
		return page(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { mux.ServeHTTP(w, r) }), "/")
	}
	d := look()
	command := d.text("curl")
	if !strings.Contains(command, srv.URL+"/genmeter/api/v1/events ") || !strings.Contains(d.text("first"), "OTEL_EXPORTER_OTLP_ENDPOINT="+srv.URL+"/genmeter ") {
		t.Fatalf("the page teaches %q", command)
	}
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("GENMETER_E2E") == "1" {
			t.Fatal("no curl in $PATH: apt-get install curl")
		}
		t.Skip("no curl in $PATH: apt-get install curl")
	}
	command = strings.Replace(command, "\\ ", "\\\n", 1) // text makes one line of it
	if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil || !strings.Contains(string(out), `"accepted":1`) {
		t.Fatalf("%s\n%v: %s", command, err, out)
	}
	if d := look(); d.text("first") != "" || !strings.Contains(d.text("fact-calls"), "Calls 1 ") || d.row("models-table", "gpt-4o-mini")[3] != "640" {
		t.Errorf("after the event the page has %q and %q", d.text("fact-calls"), d.text("models-table"))
	}
}

// TestFirstEventElsewhere: what clients say of where they are does not get into the command line when it is more than that; and
// who cannot post is not told to.
func TestFirstEventElsewhere(t *testing.T) {
	mon := newMonitor(t)
	h := web.Handler(mon, web.WithIntake(ingest.NewIntake(mon, nil, nil), time.UTC))
	for host, want := range map[string]string{
		"localhost:9": "http://localhost:9/api", "[::1]:9464": "http://[::1]:9464/api", "localhost:$(reboot)": "http://127.0.0.1:9464/api",
		"localhost:9;x": "http://127.0.0.1:9464/api",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		d := page(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { h.ServeHTTP(w, r) }), "/")
		if got := d.text("curl"); !strings.HasPrefix(got, "curl "+want) {
			t.Errorf("for host %q: %s", host, got)
		}
	}
	if got := page(t, web.Handler(mon), "/").text("first"); strings.Contains(got, "curl") || !strings.Contains(got, "mon.TrackGeneration") {
		t.Errorf("without a way in: %s", got)
	}
	mon.CountRejected("http", monitor.ReasonMalformed, 3)
	if got := page(t, h, "/").text("alerts"); !strings.Contains(got, "3 events, or values of events, were refused") {
		t.Errorf("after 3 bad events: %s", got)
	}
}
