package web

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// firstView teaches how to send the first event.
type firstView struct {
	Base   string // the URL that the page was asked by, without a slash at its end
	Posts  bool   // whether events can be posted
	Traces bool   // whether OpenTelemetry's spans can be
}

// emptyView is the page before the first event.
func (h *handler) emptyView(r *http.Request) *pageView {
	v := h.frame()
	v.Alerts = h.alertsView(time.Time{})
	v.First = &firstView{Base: baseURL(r), Posts: h.intake != nil, Traces: h.otlpIn != nil}
	v.Title = "Waiting for the first event – genmeter"
	return v
}

// harmlessBase matches what can stand in a command line within quotes and be a URL.
var harmlessBase = regexp.MustCompile(`^https?://[A-Za-z0-9.:_\[\]-]+(/[A-Za-z0-9._~/-]*)?$`)

// baseURL returns the URL where the handler is, as the client knows it. RequestURI still has the prefix that http.StripPrefix
// took from the path.
func baseURL(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	base := strings.TrimSuffix(scheme+r.Host+path, "/")
	if !harmlessBase.MatchString(base) {
		return "http://127.0.0.1:9464" // the client is no browser, and knows where it is
	}
	return base
}
