package web

import (
	"bytes"
	"net/http"

	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/export/plot"
)

// plotTypes are the media types of pictures that are shown in a page.
var plotTypes = map[plot.Format]string{plot.SVG: svgType, plot.PNG: "image/png"}

func (h *handler) plot(w http.ResponseWriter, r *http.Request) {
	picture, format, err := h.draw(w, r)
	if err != nil {
		failWith(w, err)
		return
	}
	if picture == nil {
		return // it has been answered
	}
	w.Header().Set("Content-Type", plotTypes[format])
	w.Header().Set("Content-Security-Policy", svgPolicy)
	_, _ = w.Write(picture) // an error here is a client that left
}

// draw returns a picture of a metric or a figure; none when it had to answer itself.
func (h *handler) draw(w http.ResponseWriter, r *http.Request) ([]byte, plot.Format, error) {
	values, err := query(r, "metric", "figure", "format", "window", "model")
	if err != nil {
		return nil, 0, err
	}
	format := plot.SVG
	if name := values.Get("format"); name != "" {
		if format, err = plot.ParseFormat(name); err != nil || plotTypes[format] == "" {
			return nil, 0, badRequest("unknown format %s: want svg or png", quoted(name))
		}
	}
	over, err := window(values)
	if err != nil {
		return nil, 0, err
	}
	metric, figure := values.Get("metric"), values.Get("figure")
	if (metric == "") == (figure == "") {
		return nil, 0, badRequest("want either metric, such as generation_time, or figure, such as latency_heatmap")
	}
	if !h.enter(w) {
		return nil, 0, nil
	}
	defer h.leave()
	src := h.mon.Snapshot(over)
	if model := values.Get("model"); model != "" {
		src = export.OfModels(src, model)
	}
	var fig plot.Figure
	if metric != "" {
		fig, err = plot.MetricFigure(src, metric, plot.Options{})
	} else {
		fig, err = plot.FigureOf(src, figure, plot.Options{})
	}
	if err != nil {
		return nil, 0, problem(http.StatusNotFound, "%v", err)
	}
	var out bytes.Buffer
	if err := plot.Write(&out, fig, format); err != nil {
		return nil, 0, err
	}
	return out.Bytes(), format, nil
}
