package exporter

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
)

// handler answers scrapes as promhttp does with ContinueOnError, and keeps its
// metrics. Text and OpenMetrics it writes itself.
type handler struct {
	gatherer *gatherer
	formats  []expfmt.Format // on offer
	inFlight chan struct{}   // nil: no bound
	failed   *prometheus.CounterVec
}

// handling is how a handler is configured.
type handling struct {
	maxRequests        int
	withoutOpenMetrics bool
}

// newHandler serves g and counts, in g's registry, how that goes.
func newHandler(g *gatherer, c handling) http.Handler {
	h := &handler{gatherer: g, formats: expfmt.DefaultOpenMetricsAcceptedFormats(), failed: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "promhttp_metric_handler_errors_total",
		Help: "Total number of internal errors encountered by the promhttp metric handler.",
	}, []string{"cause"})}
	if c.withoutOpenMetrics {
		h.formats = expfmt.DefaultAcceptedFormats()
	}
	if c.maxRequests > 0 {
		h.inFlight = make(chan struct{}, c.maxRequests)
	}
	h.failed.WithLabelValues("gathering")
	h.failed.WithLabelValues("encoding")
	g.registry.MustRegister(h.failed)
	return promhttp.InstrumentMetricHandler(g.registry, compressed(h))
}

// compressed compresses what h answers with gzip or zstd, at the speed of the
// fastest level: a scrape shrinks to a few percent at any.
func compressed(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(1), gzhttp.EnableZstd(true), gzhttp.PreferZstd(false),
		gzhttp.MinSize(0), gzhttp.ContentTypeFilter(gzhttp.CompressAllContentTypeFilter))
	if err != nil {
		panic(err) // the options are constants
	}
	return wrap(h)
}

func (h *handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if h.inFlight != nil {
		select {
		case h.inFlight <- struct{}{}:
			defer func() { <-h.inFlight }()
		default:
			http.Error(w, fmt.Sprintf("%d scrapes are being answered, which is the limit: try again later.", cap(h.inFlight)),
				http.StatusServiceUnavailable)
			return
		}
	}
	b := h.gatherer.bridge
	s := b.acquire()
	families, spoiled, err := h.gatherer.gather(s)
	if !spoiled {
		defer b.release(s)
	}
	if err != nil {
		h.failed.WithLabelValues("gathering").Inc()
		if len(families) == 0 {
			http.Error(w, "Nothing could be gathered:\n\n"+err.Error(), http.StatusInternalServerError)
			return
		}
	}
	format := expfmt.NegotiateAccept(req.Header, h.formats...)
	w.Header().Add("Vary", "Accept")
	w.Header().Set("Content-Type", string(format))
	if err := encode(w, s, format, named(families, req)); err != nil {
		h.failed.WithLabelValues("encoding").Inc()
	}
}

// named returns the families that the request asks for by name[], all if it
// asks for none.
func named(families []exposed, req *http.Request) []exposed {
	names := req.URL.Query()["name[]"]
	if len(names) == 0 {
		return families
	}
	return slices.DeleteFunc(families, func(f exposed) bool { return !slices.Contains(names, f.GetName()) })
}
