package alerting

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestURLs(t *testing.T) {
	for _, u := range []string{
		"http://localhost", "https://user:p%40ss@example.com:9093/path?token=x", "http://[::1]:9093/",
	} {
		if _, err := newPoster(u, nil); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
	for u, want := range map[string]string{
		"":                              `the URL has the scheme "": want`,
		"localhost:9093":                `the URL has the scheme "localhost": want`,
		"/etc/hook":                     `the URL has the scheme "": want`,
		"ftp://secret@example.com":      `the URL has the scheme "ftp": want`,
		"http://":                       "the URL has no host: want",
		"http://:9093/secret":           "the URL has no host: want",
		"http://example.com/#secret":    "the URL has a fragment, which is not sent: want",
		"http://user:secret/x@host":     "the URL cannot be parsed: want",
		"http://user:secret%zz@host":    "the URL cannot be parsed: want",
		"http://user:sec ret@host/hook": "the URL cannot be parsed: want",
	} {
		_, err := newPoster(u, nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", u, err)
		}
		for _, construct := range []func() (Handler, error){
			func() (Handler, error) { return Webhook(u) }, func() (Handler, error) { return Alertmanager(u) },
		} {
			if h, err := construct(); err == nil || h != nil {
				t.Errorf("%q: %v, %v", u, h, err)
			}
		}
	}
}

// What is refused is told in a few words, and without the URL.
func TestPostErrors(t *testing.T) {
	var seen *http.Request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		switch r.URL.Path {
		case "/ok":
			w.WriteHeader(http.StatusAccepted)
		case "/elsewhere":
			http.Redirect(w, r, "/ok", http.StatusTemporaryRedirect)
		case "/long":
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, strings.Repeat("no ", 1<<20))
		default:
			http.Error(w, "no such hook", http.StatusNotFound)
		}
	}))
	defer srv.Close()
	base := strings.Replace(srv.URL, "http://", "http://me:s3cret@", 1)
	for path, want := range map[string]string{
		"/ok":        "<nil>",
		"/elsewhere": "answered 307",
		"/long":      "answered 400 \"" + strings.TrimSpace(strings.Repeat("no ", 1<<20)[:answerBytes]) + `"`,
		"/none":      `answered 404 "no such hook"`,
	} {
		p, err := newPoster(base+path+"?token=t0ken", newTransport())
		if err != nil {
			t.Fatal(err)
		}
		err = p.post(t.Context(), []byte("{}"))
		expectEqual(t, fmt.Sprint(err), want)
		expectEqual(t, err != nil && temporary(err), false)
		user, password, _ := seen.BasicAuth()
		expectEqual(t, user+" "+password, "me s3cret")
		expectEqual(t, seen.RequestURI, path+"?token=t0ken")
		expectEqual(t, seen.Header.Get("Content-Type"), "application/json")
	}
	srv.Close()
	p, err := newPoster(base+"/ok?token=t0ken", newTransport())
	if err != nil {
		t.Fatal(err)
	}
	err = p.post(t.Context(), nil)
	if err == nil || !temporary(err) || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "t0ken") {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	soon := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	if d := retryAfter(soon); d < 59*time.Minute || d > time.Hour {
		t.Errorf("a date in an hour is in %v", d)
	}
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-7": 0, "1e3": 0, "soon": 0, "99999999999999999999": 0,
		"Mon, 02 Jan 2006 15:04:05 GMT": 0,
	} {
		expectEqual(t, retryAfter(header), want)
	}
}
