package web

import (
	"net/http"

	"github.com/genmeter/genmeter/monitor"
)

// handler is what the answers need to know.
type handler struct {
	config
	mon       *monitor.Monitor
	downloads chan struct{} // one for each that is under way
}

// Handler returns the HTTP API over mon; the package comment lists its paths. It is safe for concurrent use, holds no
// resources and needs no closing. A nil mon is a fault of the caller and panics at the first question.
func Handler(mon *monitor.Monitor, opts ...Option) http.Handler {
	h := &handler{config: newConfig(opts), mon: mon, downloads: make(chan struct{}, maxDownloads)}
	mux := http.NewServeMux()
	mux.Handle("/api/v1/aggregate", h.guard(answer(h.aggregate)))
	mux.Handle("/api/v1/tokens", h.guard(answer(h.tokens)))
	mux.Handle("/api/v1/progress", h.guard(answer(h.progress)))
	mux.Handle("/api/v1/alerts", h.guard(answer(h.alerts)))
	mux.Handle("/api/v1/export", h.guard(http.HandlerFunc(h.export)))
	mux.Handle("/api/v1/plot", h.guard(http.HandlerFunc(h.plot)))
	mux.Handle("/{$}", h.guard(http.HandlerFunc(h.landing)))
	mux.Handle("/", h.guard(answer(notFound)))
	mux.HandleFunc("/-/healthy", h.healthy)
	mux.HandleFunc("/-/ready", h.readiness)
	if h.metrics != nil {
		mux.Handle(h.metricsPath, h.metrics)
	}
	return harden(readOnly(mux))
}

// readOnly lets only GET and HEAD through: nothing here changes anything.
func readOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			fail(w, http.StatusMethodNotAllowed, "method %s is not allowed here: use GET or HEAD", quoted(r.Method))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// harden sets what every answer carries: live numbers must not be cached, and JSON must not be taken for a script.
func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func notFound(r *http.Request) (any, error) {
	return nil, problem(http.StatusNotFound, "no page %s: see / for what there is", quoted(r.URL.Path))
}
