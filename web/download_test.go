package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// download asks h for a file.
func download(t *testing.T, h http.Handler, path string) (*http.Response, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
	return w.Result(), w.Body.Bytes()
}

func ringOf(t *testing.T, n int, opts ...monitor.Option) *monitor.Monitor {
	t.Helper()
	mon := newMonitor(t, opts...)
	for i := range n {
		mon.TrackGeneration(context.Background(), monitor.Generation{
			Duration: time.Second, Success: true, Model: []string{"a", "b"}[i%2], PromptTokens: int64(i + 1),
		})
	}
	return mon
}

// TestExport: the ring as a file, whole or cut to a model, a metric or a window.
func TestExport(t *testing.T) {
	h := web.Handler(ringOf(t, 300, monitor.WithRingSize(256)))
	resp, body := download(t, h, "/api/v1/export?format=wide-csv&model=a")
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || len(rows) != 129 || slices.Index(rows[0], "prompt_tokens") < 0 {
		t.Errorf("%v, %d rows of %.200s", err, len(rows), body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": "attachment; filename=genmeter.csv", web.EvictedHeader: "44",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	_, body = download(t, h, "/api/v1/export?metric=prompt_token_count")
	var samples map[string][]map[string]any
	if err := json.Unmarshal(body, &samples); err != nil || len(samples) != 1 || len(samples["prompt_token_count"]) != 256 {
		t.Errorf("%v in %.200s", err, body)
	}
	resp, body = download(t, h, "/api/v1/export?format=csv")
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(archive.File) < 5 || resp.Header.Get("Content-Disposition") != "attachment; filename=genmeter.zip" {
		t.Errorf("%v, %v", err, resp.Header)
	}
	resp, body = download(t, h, "/api/v1/export?format=csv&metric=success_rate")
	if !strings.HasPrefix(string(body), "timestamp,value") || resp.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%v %.100s", resp.Header, body)
	}
}

// TestExportRefused: an error has a status and says what there is.
func TestExportRefused(t *testing.T) {
	h := web.Handler(ringOf(t, 3))
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/api/v1/export?format=xml":                            {400, "want json, csv"},
		"/api/v1/export?metric=nope":                           {400, "there are error_rate, generation_time"},
		"/api/v1/export?metric=generation_time&format=ndjson":  {400, "metrics cannot be chosen for ndjson"},
		"/api/v1/export?window=soon":                           {400, "want a duration"},
		"/api/v1/export?file=/etc/passwd":                      {400, "unknown parameter"},
		"/api/v1/export?model=c":                               {404, "nothing to export"},
		"/api/v1/plot":                                         {400, "want either metric"},
		"/api/v1/plot?metric=a&figure=b":                       {400, "want either metric"},
		"/api/v1/plot?metric=generation_time&format=pdf":       {400, "want svg or png"},
		"/api/v1/plot?metric=nope":                             {404, "there are error_rate, generation_time"},
		"/api/v1/plot?figure=evaluation_scores":                {404, "there is data for"},
		"/api/v1/plot?figure=nope":                             {404, "want progress"},
		"/api/v1/plot?metric=generation_time&window=yesterday": {400, "want a duration"},
	} {
		resp, body := download(t, h, path)
		var answer struct{ Error string }
		if err := json.Unmarshal(body, &answer); err != nil || resp.StatusCode != want.status || !strings.Contains(answer.Error, want.text) {
			t.Errorf("%s: %d %s, want %d and %q", path, resp.StatusCode, body, want.status, want.text)
		}
	}
}

// TestPlot: pictures, of metrics and of the set.
func TestPlot(t *testing.T) {
	h := web.Handler(ringOf(t, 100))
	resp, body := download(t, h, "/api/v1/plot?metric=generation_time&model=a")
	if resp.Header.Get("Content-Type") != "image/svg+xml" || !bytes.Contains(body, []byte("</svg>")) ||
		!strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%v %.100s", resp.Header, body)
	}
	_, body = download(t, h, "/api/v1/plot?figure=tokens_by_model&format=png")
	if _, err := png.Decode(bytes.NewReader(body)); err != nil {
		t.Error(err)
	}
}

// stuck is a client that does not read until it is let go.
type stuck struct {
	*httptest.ResponseRecorder
	entered, leave chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	s.entered <- struct{}{}
	<-s.leave
	return s.ResponseRecorder.Write(p)
}

// TestDownloadsBounded: the third export at a time is told to come again, and the next one after the others is not.
func TestDownloadsBounded(t *testing.T) {
	h := web.Handler(ringOf(t, 3))
	s := &stuck{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	for range 2 {
		go func() {
			defer func() { done <- struct{}{} }()
			w := &stuck{httptest.NewRecorder(), s.entered, s.leave}
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/export?format=ndjson", nil))
		}()
		<-s.entered
	}
	resp, _ := download(t, h, "/api/v1/plot?metric=generation_time")
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("the third: %d", resp.StatusCode)
	}
	close(s.leave)
	<-done
	<-done
	if resp, _ := download(t, h, "/api/v1/export?format=ndjson"); resp.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %d", resp.StatusCode)
	}
}

// TestDownloadCutOff: a client of an export that fails in the middle does not take it for whole.
func TestDownloadCutOff(t *testing.T) {
	mon := ringOf(t, 20_000)
	ctx, cancel := context.WithCancel(context.Background())
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.Handler(mon).ServeHTTP(&cancelling{w, cancel}, r.WithContext(ctx))
	}))
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/api/v1/export?format=ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the answer looks whole")
	}
}

// cancelling ends the request at the first byte of its answer.
type cancelling struct {
	http.ResponseWriter
	cancel func()
}

func (c *cancelling) Write(p []byte) (int, error) {
	c.cancel()
	return c.ResponseWriter.Write(p)
}
