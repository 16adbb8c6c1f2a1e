package main

import (
	"net/http"
	"sync"
)

// scrapes watches the metrics being scraped.
type scrapes struct {
	mu     sync.Mutex
	seen   bool          // there was one
	left   int           // until enough; 0 when nobody waits
	enough chan struct{} // closed then
}

// twice returns a channel that is closed when two scrapes that began from now on have been answered: Prometheus then has
// the end of the run, and with a second sample of it whatever it computes over time.
func (s *scrapes) twice() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left, s.enough = 2, make(chan struct{})
	return s.enough
}

// any reports whether the metrics were ever scraped.
func (s *scrapes) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

func (s *scrapes) count() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = true
	if s.left == 0 {
		return
	}
	if s.left--; s.left == 0 {
		close(s.enough)
	}
}

// watch counts what next answers.
func (s *scrapes) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		if answer.status == http.StatusOK && answer.err == nil && r.Context().Err() == nil {
			s.count()
		}
	})
}

// statusWriter remembers how an answer went.
type statusWriter struct {
	http.ResponseWriter
	status int
	err    error
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
