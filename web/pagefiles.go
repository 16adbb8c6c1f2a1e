package web

import (
	"net/http"
	"strings"
)

// pageTypes are the files of the page, and what they are.
var pageTypes = map[string]string{
	"page.css": "text/css; charset=utf-8",
	"page.js":  "text/javascript; charset=utf-8",
	"icon.svg": svgType,
}

const svgType = "image/svg+xml"

// svgPolicy is for an SVG that is opened by itself, which makes it a page.
const svgPolicy = "default-src 'none'; style-src 'unsafe-inline'"

// pageFile serves what the page consists of beside itself: its files, and pictures as NAME.svg.
func (h *handler) pageFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	kind, fixed := pageTypes[name]
	if fixed {
		body, err := pageFiles.ReadFile("page/" + name)
		h.sendFile(w, body, kind, err)
		return
	}
	figure, isFigure := strings.CutSuffix(name, ".svg")
	if !isFigure {
		failWith(w, problem(http.StatusNotFound, "no file %s: see / for what there is", quoted(name)))
		return
	}
	svg, err := h.figures.get(h.mon, figure)
	if svg == nil && err == nil {
		err = problem(http.StatusNotFound, "no picture %s: there is no data for it", quoted(figure))
	}
	h.sendFile(w, svg, svgType, err)
}

func (h *handler) sendFile(w http.ResponseWriter, body []byte, kind string, err error) {
	if err != nil {
		failWith(w, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", svgPolicy)
	_, _ = w.Write(body) // an error here is a client that left
}
