package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/web"
)

func TestHostCheck(t *testing.T) {
	h := web.Handler(newMonitor(t), web.WithAllowedHosts("GPU-7.lan", "10.0.0.5:9464", "[2001:db8::5]"),
		web.WithMetrics("/metrics", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {})))
	for host, want := range map[string]int{
		"localhost":               http.StatusOK,
		"localhost:9464":          http.StatusOK,
		"LocalHost.:9464":         http.StatusOK,
		"127.0.0.1":               http.StatusOK,
		"127.0.0.1:9464":          http.StatusOK,
		"127.8.8.8:1":             http.StatusOK,
		"[::1]":                   http.StatusOK,
		"[::1]:9464":              http.StatusOK,
		"[::ffff:127.0.0.1]:9464": http.StatusOK,
		"gpu-7.lan":               http.StatusOK,
		"gpu-7.LAN:9464":          http.StatusOK,
		"10.0.0.5":                http.StatusOK,
		"[2001:db8::5]:9464":      http.StatusOK,
		"":                        http.StatusForbidden,
		"evil.example":            http.StatusForbidden,
		"evil.example:9464":       http.StatusForbidden,
		"localhost.evil.example":  http.StatusForbidden,
		"127.0.0.1.evil.example":  http.StatusForbidden,
		"10.0.0.6":                http.StatusForbidden,
		"0.0.0.0:9464":            http.StatusForbidden,
		"[::]:9464":               http.StatusForbidden,
		"[2001:db8::6]:9464":      http.StatusForbidden,
		"localhost@evil.example":  http.StatusForbidden,
		"[::1":                    http.StatusForbidden,
		"[localhost]evil.example": http.StatusForbidden,
	} {
		for path, open := range map[string]bool{"/": false, "/metrics": true, "/-/healthy": true, "/-/ready": true} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = host
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			expected := want
			if open {
				expected = http.StatusOK
			}
			if w.Code != expected {
				t.Errorf("GET %s with Host %q: status %d, want %d", path, host, w.Code, expected)
			}
			if w.Code == http.StatusForbidden && !strings.Contains(w.Body.String(), "--web.allowed-host") {
				t.Errorf("GET %s with Host %q: no advice in %s", path, host, w.Body)
			}
		}
	}
}

// Paths that only look open are not.
func TestHostCheckPaths(t *testing.T) {
	h := web.Handler(newMonitor(t), web.WithMetrics("/metrics", http.NotFoundHandler()))
	for _, path := range []string{"/-/../api/v1/tokens", "//api/v1/tokens", "/metrics/../api/v1/tokens", "/nothing", "/-/x"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.Host = path, "evil.example"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code < 300 {
			t.Errorf("GET %s: status %d %s", path, w.Code, w.Body)
		}
	}
}
