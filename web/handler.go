package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// handler is what the answers need to know.
type handler struct {
	config
	mon       *monitor.Monitor
	downloads chan struct{} // one for each export or plot under way
	room      room          // for bodies
	decoding  decoding      // for what they become
	live      livePage      // the page at "/"
	figures   figures       // and its pictures
}

// Handler returns the HTTP API over mon; the package comment lists its paths. It is safe for concurrent use, holds no
// resources and needs no closing. A nil mon is a fault of the caller and panics at the first question.
func Handler(mon *monitor.Monitor, opts ...Option) http.Handler {
	h := &handler{config: newConfig(opts), mon: mon, downloads: make(chan struct{}, maxDownloads), decoding: newDecoding()}
	mux := http.NewServeMux()
	mux.Handle("/api/v1/aggregate", h.guard(answer(h.aggregate)))
	mux.Handle("/api/v1/tokens", h.guard(answer(h.tokens)))
	mux.Handle("/api/v1/progress", h.guard(answer(h.progress)))
	mux.Handle("/api/v1/alerts", h.guard(answer(h.alerts)))
	mux.Handle("/api/v1/export", h.guard(http.HandlerFunc(h.export)))
	mux.Handle("/api/v1/plot", h.guard(http.HandlerFunc(h.plot)))
	mux.Handle("/{$}", h.guard(http.HandlerFunc(h.page)))
	mux.Handle("/live/{file}", h.guard(http.HandlerFunc(h.pageFile)))
	mux.Handle("/", h.guard(answer(notFound)))
	mux.HandleFunc("/-/healthy", h.healthy)
	mux.HandleFunc("/-/ready", h.readiness)
	if h.metrics != nil {
		mux.Handle(h.metricsPath, h.metrics)
	}
	root := http.NewServeMux()
	root.Handle("/", only(mux, http.MethodGet, http.MethodHead))
	if h.intake != nil {
		root.Handle("/api/v1/events", h.guard(only(http.HandlerFunc(h.events), http.MethodPost)))
	}
	if h.otlpIn != nil {
		root.Handle("/v1/traces", h.guard(only(h.otlp(otlpTraces), http.MethodPost)))
		root.Handle("/v1/logs", h.guard(only(h.otlp(otlpLogs), http.MethodPost)))
	}
	return harden(root)
}

// only lets these methods through.
func only(next http.Handler, methods ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			fail(w, http.StatusMethodNotAllowed, "method %s is not allowed here: use %s", quoted(r.Method), strings.Join(methods, " or "))
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
