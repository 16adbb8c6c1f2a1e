package web_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// everyPost has all paths that take something.
var everyPost = map[string]string{
	"/api/v1/events": "application/x-ndjson", "/v1/traces": "application/json", "/v1/logs": "application/json",
}

func newRoads(t *testing.T) (*monitor.Monitor, http.Handler) {
	mon := newMonitor(t)
	intake := ingest.NewIntake(mon, nil, nil)
	return mon, web.Handler(mon, web.WithIntake(intake, time.UTC), web.WithOTLP(ingest.NewOTLPIntake(intake, ingest.OTLPOptions{})))
}

// TestNoPageMayPost: a browser that visits another site sends nothing that is taken, by any road in: not as a form, not from
// another origin, not to a name that was pointed at loopback; and it is not told that it might.
func TestNoPageMayPost(t *testing.T) {
	mon, h := newRoads(t)
	bodies := map[string]string{"/api/v1/events": `{"event":"record"}`, "/v1/traces": "{}", "/v1/logs": "{}"}
	for path, kind := range everyPost {
		for name, change := range map[string]func(*http.Request){
			"plain text":     func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
			"form":           func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") },
			"file of a form": func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=x") },
			"no type":        func(r *http.Request) { r.Header.Del("Content-Type") },
			"two types":      func(r *http.Request) { r.Header.Set("Content-Type", "text/plain, "+kind) },
			"another site":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
			"same site":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
			"another origin": func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
			"another port":   func(r *http.Request) { r.Header.Set("Origin", "http://localhost:8080") },
			"no origin":      func(r *http.Request) { r.Header.Set("Origin", "null") },
			"rebound name":   func(r *http.Request) { r.Host = "evil.example" },
			"rebound origin": func(r *http.Request) { r.Host = "evil.example"; r.Header.Set("Origin", "http://evil.example") },
			"preflight":      func(r *http.Request) { r.Method = http.MethodOptions; r.Header.Set("Origin", "http://evil.example") },
		} {
			r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, strings.NewReader(bodies[path]))
			r.Header.Set("Content-Type", kind)
			change(r)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code < 400 || w.Code >= 500 {
				t.Errorf("%s, %s: status %d", path, name, w.Code)
			}
			for header := range w.Header() {
				if strings.HasPrefix(header, "Access-Control-") {
					t.Errorf("%s, %s: the answer has %s", path, name, header)
				}
			}
		}
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, strings.NewReader(bodies[path]))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s, a program: status %d %s", path, w.Code, w.Body)
		}
	}
	if p := mon.Progress(); p.Done != 1 {
		t.Errorf("%d records, want the program's", p.Done)
	}
}

// TestEveryPostIsBounded: the roads of OTLP have the bounds of the other.
func TestEveryPostIsBounded(t *testing.T) {
	_, h := newRoads(t)
	for path, kind := range everyPost {
		for name, body := range map[string]string{
			"large":        strings.Repeat(" ", 33<<20),
			"bomb":         string(zippedText(strings.Repeat(" ", 33<<20))),
			"many members": strings.Repeat(string(zippedText(strings.Repeat(" ", 1<<20))), 33),
			"deep":         `{"event":` + strings.Repeat("[", 1<<20),
		} {
			r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, strings.NewReader(body))
			r.Header.Set("Content-Type", kind)
			if body[0] == '\x1f' {
				r.Header.Set("Content-Encoding", "gzip")
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			want := http.StatusRequestEntityTooLarge
			if name == "deep" {
				want = http.StatusBadRequest
			}
			if w.Code != want {
				t.Errorf("%s, %s: status %d, want %d", path, name, w.Code, want)
			}
		}
	}
}

// TestPostLongLine: a line beyond 1 MiB costs itself alone.
func TestPostLongLine(t *testing.T) {
	_, h := newIntake(t, nil)
	_, a := post(t, h, strings.NewReader(`{"event":"record","x":"`+strings.Repeat("x", ingest.DefaultMaxLine)+`"}`+"\n"+`{"event":"record"}`))
	if a["accepted"] != 1.0 || a["rejected"] != 1.0 {
		t.Error(a)
	}
}

// TestNothingOfAClientIsMarkup: pages and pictures are shown by a browser, which is to run nothing of what events hold.
func TestNothingOfAClientIsMarkup(t *testing.T) {
	const hostile = `]]><script>alert(1)</script><img src=x onerror="alert(1)">&lt;` + "\x00\x1b"
	mon := newMonitor(t)
	for range 5 {
		mon.TrackGeneration(t.Context(), monitor.Generation{Model: hostile, Step: hostile, Error: hostile, TotalTokens: 3, Duration: time.Second})
		mon.TrackEvaluation(t.Context(), monitor.Evaluation{Evaluator: hostile, Success: true, Scores: []monitor.Score{{Name: hostile, Value: 1}}})
		mon.RecordMetric(t.Context(), hostile, 1)
	}
	h := web.Handler(mon)
	for _, path := range []string{
		"/", "/live/tokens_by_model.svg", "/live/failures.svg", "/live/icon.svg", "/api/v1/plot?figure=tokens_by_model", "/api/v1/plot?figure=evaluation_scores", "/api/v1/plot?figure=failures",
		"/api/v1/plot?metric=%5D%5D%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%3Cimg%20src%3Dx%20onerror%3D%22alert(1)%22%3E%26lt%3B%00%1B",
	} {
		resp, body := download(t, h, path)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d %.200s", path, resp.StatusCode, body)
		}
		policy := resp.Header.Get("Content-Security-Policy")
		if path == "/" {
			checkPage(t, body)
			policy = strings.ReplaceAll(policy, "script-src 'self'", "") // which is the page's only script
		}
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "script") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, resp.Header)
		}
		if path != "/" {
			checkDrawing(t, path, string(body))
		}
	}
	for _, path := range []string{"/api/v1/tokens", "/api/v1/aggregate?metric=x", "/api/v1/plot?figure=%3Cscript%3E", "/%3Cscript%3E"} {
		resp, body := download(t, h, path)
		if resp.Header.Get("Content-Type") != "application/json" || strings.Contains(string(body), "<") {
			t.Errorf("%s: %s %s", path, resp.Header.Get("Content-Type"), body)
		}
	}
}

// checkDrawing reads an SVG as a browser does.
func checkDrawing(t *testing.T, path, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		if e, ok := token.(xml.StartElement); ok {
			if name := strings.ToLower(e.Name.Local); name == "script" || name == "img" || name == "image" || name == "foreignobject" || name == "a" {
				t.Errorf("%s has <%s>", path, name)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || strings.HasSuffix(a.Name.Local, "href") {
					t.Errorf("%s has %s=%q", path, a.Name.Local, a.Value)
				}
			}
		}
	}
}
