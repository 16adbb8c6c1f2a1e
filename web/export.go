package web

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/genmeter/genmeter/export"
)

// EvictedHeader is the response header of /api/v1/export with the number of events that the ring had before, and has no more.
const EvictedHeader = "Genmeter-Evicted-Events"

// maxDownloads bounds the exports and plots under way at the same time: each reads the whole ring.
const maxDownloads = 2

// downloadTimeout is how long a client may take to read an export.
const downloadTimeout = 10 * time.Minute

func (h *handler) export(w http.ResponseWriter, r *http.Request) {
	values, err := query(r, "format", "window", "metric", "model")
	if err != nil {
		failWith(w, err)
		return
	}
	format := export.JSON
	if name := values.Get("format"); name != "" {
		if format, err = export.ParseFormat(name); err != nil {
			failWith(w, badRequest("%v", err))
			return
		}
	}
	over, err := window(values)
	if err != nil {
		failWith(w, err)
		return
	}
	var opts []export.Option
	if metric := values.Get("metric"); metric != "" {
		opts = append(opts, export.WithMetrics(metric))
	}
	if !h.enter(w) {
		return
	}
	defer h.leave()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadTimeout)) // a test's writer has none
	out := &download{w: w, head: func(header http.Header) {
		header.Set("Content-Type", mediaType(format, values))
		header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(format, values)}))
		header.Set(EvictedHeader, strconv.FormatUint(h.mon.Evicted(), 10))
	}}
	src := h.mon.Snapshot(over)
	if model := values.Get("model"); model != "" {
		src = export.OfModels(src, model)
	}
	out.finish(export.Encode(r.Context(), out, format, src, opts...))
}

// enter reports whether there is room for one more export or plot; otherwise it has answered.
func (h *handler) enter(w http.ResponseWriter) bool {
	select {
	case h.downloads <- struct{}{}:
		return true
	default:
		fail(w, http.StatusServiceUnavailable, "%d exports and plots are under way: try again in a moment", maxDownloads)
		return false
	}
}

func (h *handler) leave() { <-h.downloads }

// download is a body of which nobody knows whether it will be whole. Its head goes out with the first byte: an error before
// that has a status, one behind it cuts the connection, which every client takes for a failure.
type download struct {
	w     http.ResponseWriter
	head  func(http.Header)
	begun bool
}

func (d *download) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		d.head(d.w.Header())
	}
	return d.w.Write(p)
}

func (d *download) finish(err error) {
	switch {
	case err == nil && !d.begun:
		d.head(d.w.Header()) // an empty file is one
	case err == nil:
	case d.begun:
		panic(http.ErrAbortHandler)
	case errors.Is(err, context.Canceled):
	default:
		failWith(d.w, statusOf(err))
	}
}

// statusOf gives an error of export its HTTP status.
func statusOf(err error) error {
	switch {
	case errors.Is(err, export.ErrNoEvents):
		return problem(http.StatusNotFound, "%v", err)
	case errors.Is(err, export.ErrUnknownMetric), errors.Is(err, export.ErrNotBySample):
		return badRequest("%v", err)
	}
	return err
}

// mediaType is the format's; CSV of one metric is one file.
func mediaType(f export.Format, values url.Values) string {
	if f == export.CSV && values.Get("metric") != "" {
		return export.WideCSV.MediaType()
	}
	return f.MediaType()
}

func fileName(f export.Format, values url.Values) string {
	if f == export.CSV && values.Get("metric") == "" {
		return "genmeter.zip"
	}
	return fmt.Sprintf("genmeter%s", f.Extension())
}
