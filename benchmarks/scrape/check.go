package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
)

// check scrapes the contestant of c and fails unless the answer is in the trial's format, and the text one has all of
// the contents as they now are: series, counts, sums and every bucket. Who passes exposes what the others expose.
func check(c *contents, f format) error {
	body, err := fetch(c.into.handler, text)
	if err != nil {
		return err
	}
	exposed, err := exposedTotals(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := compare(exposed, c.totals()); err != nil {
		return err
	}
	if f == text {
		return nil
	}
	if body, err = fetch(c.into.handler, f); err != nil {
		return err
	}
	if got, want := bytes.Count(body, []byte(" # {")), c.exemplars(); f.exemplars && got != want {
		return fmt.Errorf("%d exemplars, not %d", got, want)
	}
	return nil
}

func compare(got, want map[string]total) error {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		g, w := got[name], want[name]
		// The order in which sums are added up differs.
		if g.series != w.series || math.Abs(g.sum-w.sum) > 1e-9*math.Abs(w.sum) {
			return fmt.Errorf("%s: %d series that sum up to %v, not %d and %v", name, g.series, g.sum, w.series, w.sum)
		}
	}
	for name := range got {
		if _, known := want[name]; !known {
			return fmt.Errorf("%s should not be there", name)
		}
	}
	return nil
}

// fetch returns the body of a scrape, uncompressed.
func fetch(h http.Handler, f format) ([]byte, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, f.request())
	contentType, encoding := w.Header().Get("Content-Type"), w.Header().Get("Content-Encoding")
	asked := strings.HasPrefix(contentType, f.contentType) && (encoding == "gzip") == f.compressed()
	if w.Code != http.StatusOK || !asked {
		return nil, fmt.Errorf("asked for %s: status %d, %q, encoding %q", f.name, w.Code, contentType, encoding)
	}
	if !f.compressed() {
		return w.Body.Bytes(), nil
	}
	unzipped, err := gzip.NewReader(w.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzipped)
}
