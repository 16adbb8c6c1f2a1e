package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"sync"
	"time"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html.tmpl"))

// pagePolicy lets the page load what the handler itself serves, run one script of ours, and be part of no other page.
const pagePolicy = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pageAge is how long a page is shown again: however many look, and however often, it is made once in that time.
const pageAge = time.Second

// livePage is the page as it was last made.
type livePage struct {
	mu   sync.Mutex
	made time.Time
	body []byte
}

// page serves the page at "/".
func (h *handler) page(w http.ResponseWriter, r *http.Request) {
	body, err := h.pageBody(r)
	if err != nil {
		failWith(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write(body) // an error here is a client that left
}

func (h *handler) pageBody(r *http.Request) ([]byte, error) {
	progress := h.mon.Progress()
	if progress.Start.IsZero() {
		return h.emptyView(r).write() // it names the address by which it was asked
	}
	l := &h.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.body != nil && time.Since(l.made) < pageAge {
		return l.body, nil
	}
	body, err := h.view(progress).write()
	if err == nil {
		l.body, l.made = body, time.Now()
	}
	return body, err
}

// write writes the page, or nothing of it.
func (v *pageView) write() ([]byte, error) {
	var out bytes.Buffer
	err := pageTemplate.Execute(&out, v)
	return out.Bytes(), err
}
