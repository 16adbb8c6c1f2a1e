package main

import (
	"net/http"
	"runtime"
	"time"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
)

// scraper scrapes a contestant without a network, changing some of its contents before each scrape.
type scraper struct {
	contents *contents
	request  *http.Request
	answer   sink
}

func newScraper(e entry, t trial) (*scraper, error) {
	c, err := e.build(t.n, t.format.exemplars)
	if err != nil {
		return nil, err
	}
	return &scraper{newContents(c, t.n), t.format.request(), sink{header: http.Header{}}}, nil
}

// change prepares the next scrape; it is part of no figure.
func (s *scraper) change() {
	s.contents.change()
	clear(s.answer.header)
	s.answer.n = 0
}

func (s *scraper) serve() { s.contents.into.handler.ServeHTTP(&s.answer, s.request) }

// scrape changes and serves, and returns the CPU time that serving took.
func (s *scraper) scrape() time.Duration {
	s.change()
	start := bench.CPUTime()
	s.serve()
	return bench.CPUTime() - start
}

// footprint is what a scrape costs beside time. It hardly varies.
type footprint struct {
	Objects, Bytes float64 // allocated
	Body           int     // bytes
}

func (s *scraper) footprint() footprint {
	const scrapes = 2
	var before, after runtime.MemStats
	var objects, bytes uint64
	for range scrapes {
		s.change()
		runtime.ReadMemStats(&before)
		s.serve()
		runtime.ReadMemStats(&after)
		objects += after.Mallocs - before.Mallocs
		bytes += after.TotalAlloc - before.TotalAlloc
	}
	return footprint{float64(objects) / scrapes, float64(bytes) / scrapes, s.answer.n}
}

// sink counts and drops an answer.
type sink struct {
	header http.Header
	n      int
}

func (s *sink) Header() http.Header               { return s.header }
func (s *sink) WriteHeader(int)                   {}
func (s *sink) Write(p []byte) (int, error)       { s.n += len(p); return len(p), nil }
func (s *sink) WriteString(p string) (int, error) { s.n += len(p); return len(p), nil }
