package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// FuzzHandler: whatever is asked or sent, nothing panics, no answer is the server's fault, JSON is JSON, no header is the
// client's, and what was not addressed to loopback gets nothing.
func FuzzHandler(f *testing.F) {
	const lines, otlp = "application/x-ndjson", "application/x-protobuf"
	for _, seed := range []struct{ method, path, query, host, kind, encoding, body string }{
		{"GET", "/", "", "localhost", "", "", ""},
		{"GET", "/api/v1/aggregate", "metric=generation_time&window=5m&model=m", "127.0.0.1:9464", "", "", ""},
		{"GET", "/api/v1/export", "format=csv&metric=..%2f..%2fetc%2fpasswd", "localhost", "", "", ""},
		{"GET", "/api/v1/export", "format=openmetrics&window=1d&model=%00", "localhost", "", "", ""},
		{"GET", "/api/v1/export", "format=wide-excel", "localhost", "", "", ""},
		{"GET", "/api/v1/plot", "metric=%3Cscript%3E&format=png", "localhost", "", "", ""},
		{"GET", "/api/v1/plot", "figure=latency_heatmap&window=1h", "[::1]:1", "", "", ""},
		{"GET", "/api/v1/tokens", "window=1w", "evil.example", "", "", ""},
		{"HEAD", "/-/../api/v1/progress", "a=1;b=2", "localhost", "", "", ""},
		{"OPTIONS", "*", "", "localhost", "", "", ""},
		{"POST", "/api/v1/events", "", "localhost", lines, "", `{"event":"generation","duration":1e308,"model_name":"\u0000<b>","cost_usd":1.7e308,"x":[{}]}` + "\n1\n"},
		{"POST", "/api/v1/events", "", "localhost", "application/json; charset=utf-8", "", `[{"event":"record","id":"a"},{"event":"metric","metric":"../x","value":-0.0}]`},
		{"POST", "/api/v1/events", "", "localhost", lines, "gzip", string(zippedText(`{"event":"target","records":3}`))},
		{"POST", "/v1/traces", "", "localhost", "application/json", "", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}]}]}]}]}`},
		{"POST", "/v1/logs", "", "localhost", otlp, "", "\n\x04\x12\x02\x12\x00"},
		{"DELETE", "/metrics", "%zz", "", "", "", ""},
	} {
		f.Add(seed.method, seed.path, seed.query, seed.host, seed.kind, seed.encoding, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, method, path, query, host, kind, encoding string, body []byte) {
		target, err := url.ParseRequestURI(path + "?" + query)
		if err != nil {
			return // net/http answers it
		}
		mon, err := monitor.New(nil, monitor.WithRingSize(256))
		if err != nil {
			t.Fatal(err)
		}
		defer mon.Shutdown(t.Context())
		intake := ingest.NewIntake(mon, nil, nil)
		h := web.Handler(mon, web.WithIntake(intake, time.UTC), web.WithOTLP(ingest.NewOTLPIntake(intake, ingest.OTLPOptions{})),
			web.WithMetrics("/metrics", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
		r := httptest.NewRequest(http.MethodPost, "http://localhost/api/v1/events", strings.NewReader(
			`{"event":"generation","duration":1.5,"success":true,"model_name":"m","total_token_count":3}`+"\n"+twoEvents))
		r.Header.Set("Content-Type", lines)
		h.ServeHTTP(httptest.NewRecorder(), r) // so that there is something to ask for
		r = httptest.NewRequest(http.MethodGet, "http://localhost/", bytes.NewReader(body))
		r.Method, r.Host, r.URL = method, host, target
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Content-Encoding", encoding)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		checkAnswer(t, r, w)
		for _, path := range []string{"/", "/live/cost.svg", "/api/v1/tokens", "/api/v1/progress", "/api/v1/export?format=json", "/api/v1/plot?figure=cost"} {
			r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r) // what was sent must not spoil what is answered
			checkAnswer(t, r, w)
		}
	})
}

func checkAnswer(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code < 200 || w.Code >= 500 {
		t.Errorf("%s %q?%q: status %d %s", r.Method, r.URL.Path, r.URL.RawQuery, w.Code, w.Body)
	}
	for name, values := range w.Header() {
		if v := strings.Join(values, ""); strings.ContainsAny(v, "\r\n\x00") || strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s: %q", name, v)
		}
	}
	switch w.Header().Get("Content-Type") {
	case "application/json":
		if w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %q: not JSON: %q", r.Method, r.URL.Path, w.Body)
		}
	case "image/svg+xml":
		if w.Header().Get("Content-Security-Policy") == "" || bytes.Contains(w.Body.Bytes(), []byte("<script")) {
			t.Errorf("%q?%q: a picture that is a page", r.URL.Path, r.URL.RawQuery)
		}
	}
	guarded := strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/v1/")
	if guarded && strings.Contains(r.Host, "evil") && w.Code < 300 {
		t.Errorf("%s %q with Host %q: status %d", r.Method, r.URL.Path, r.Host, w.Code)
	}
}
