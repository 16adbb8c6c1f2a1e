package web

import (
	"fmt"
	"net/http"
)

func (h *handler) healthy(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "genmeter is healthy.")
}

func (h *handler) readiness(w http.ResponseWriter, _ *http.Request) {
	if h.ready != nil {
		if err := h.ready(); err != nil {
			plain(w, http.StatusServiceUnavailable, "genmeter is not ready: "+err.Error())
			return
		}
	}
	plain(w, http.StatusOK, "genmeter is ready.")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}
