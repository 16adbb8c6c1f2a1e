package exporter

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"

	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// TestMemoryStaysFlat scrapes 10,000 times, in several formats and by both
// roads, while series come, go and never come back: what a reader keeps is as
// large as a scrape, not as its history.
func TestMemoryStaysFlat(t *testing.T) {
	scrapes := 10_000
	if raceEnabled {
		scrapes = 1000
	}
	n := 0
	r := must(NewReader(WithoutRegisterer(), WithProducer(producer(func() []metricdata.ScopeMetrics {
		// Nothing is kept here, so that whatever grows is the reader's.
		return fleeting(n)
	}))))(t)
	newTestProvider(t, r)
	handler, reg := r.Handler(), newRegistryWith(t, collector{r.bridge})
	accepts := []string{textType, openType, protobufAccept}
	var before uint64
	for n = range scrapes {
		if n%10 == 0 {
			must(reg.Gather())(t)
		} else {
			w := &sink{header: make(http.Header)}
			handler.ServeHTTP(w, newRequest(accepts[n%len(accepts)]))
			if w.n < 500 {
				t.Fatalf("scrape %d has %d bytes", n, w.n)
			}
		}
		if n == scrapes/10 {
			before = heap()
		}
	}
	// 9,000 scrapes that each left one series behind, its labels alone, would
	// take 2 MB.
	if after := heap(); after > before+256<<10 {
		t.Errorf("the heap grew from %d to %d bytes in %d scrapes", before, after, scrapes*9/10)
	}
	runtime.KeepAlive(handler)
	runtime.KeepAlive(reg)
}

// fleeting is what the nth scrape sees: series that stay and series that were
// not there before.
func fleeting(n int) []metricdata.ScopeMetrics {
	var counters []metricdata.DataPoint[float64]
	var histograms []metricdata.HistogramDataPoint[float64]
	for i := range 6 {
		for _, k := range []string{"stays", fmt.Sprint("scrape ", n/3)} { // the latter for three scrapes
			at := attrSet("k", k, "i", fmt.Sprint(i))
			dp := buckets1(float64(n), []float64{1, 10, 100}, uint64(n), 1, 2, 3)
			dp.Attributes = at
			if n%5 == 0 {
				dp.Exemplars = []metricdata.Exemplar[float64]{exemplarOf(5, n)}
			}
			counters, histograms = append(counters, point1(float64(n), at)), append(histograms, dp)
		}
	}
	return []metricdata.ScopeMetrics{
		scopeOf("stays", sumOf("c", true, counters...), histogramOf("h", histograms...)),
		scopeOf(fmt.Sprint("scope ", n/7), gaugeOf("g", point1(1.0, attrSet()))),
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one's finalizers set free
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
