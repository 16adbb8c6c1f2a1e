package exporter

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/metric"
)

// TestConcurrent lets 16 scrape, by all roads and in all formats, while 16
// record. Each records the same into a counter and a histogram of every label
// set, so that every exposition must be consistent in itself, and the last one
// has all there is.
func TestConcurrent(t *testing.T) {
	const recorders, scrapers, records, series = 16, 16, 200, 20
	reg := prometheus.NewRegistry()
	r := must(NewReader(WithRegisterer(prometheus.WrapRegistererWith(prometheus.Labels{"a_wrapped": "1"}, reg)), WithoutTargetInfo()))(t)
	m := newTestProvider(t, r).Meter("m")
	c := must(m.Int64Counter("c"))(t)
	h := must(m.Int64Histogram("h", metric.WithExplicitBucketBoundaries(1, 10, 100)))(t)
	var wg sync.WaitGroup
	for w := range recorders {
		wg.Go(func() {
			for i := range records {
				k := attrs("k", fmt.Sprint("v", (i+w)%(1+i*series/records))) // more and more series
				c.Add(sampled(), 1, k)
				h.Record(sampled(), int64(i), k)
			}
		})
	}
	handler, registry := r.Handler(), promhttp.HandlerFor(reg, promhttp.HandlerOpts{EnableOpenMetrics: true})
	for s := range scrapers {
		wg.Go(func() {
			for i := range 2 * len(accepts) {
				a := request{accept: accepts[(s+i)%len(accepts)] + escapings[i%len(escapings)]}
				switch (s + i/len(accepts)) % 4 {
				case 0, 1:
					checkBody(t, ask(t, handler, a))
				case 2:
					checkBody(t, ask(t, registry, a))
				case 3:
					families, done, err := r.Gather()
					if err != nil {
						t.Error(err)
					}
					checkConsistent(t, toText(t, families))
					done()
				}
			}
		})
	}
	wg.Wait()
	if n := len(r.bridge.idle); n > maxIdle {
		t.Errorf("%d idle sets", n)
	}
	for _, h := range []string{ask(t, handler, request{accept: textType}).body, ask(t, registry, request{accept: textType}).body} {
		families := parse(t, h)
		var counted, observed float64
		for _, m := range families["c_total"].Metric {
			counted += m.Counter.GetValue()
		}
		for _, m := range families["h"].Metric {
			observed += float64(m.Histogram.GetSampleCount())
		}
		if counted != recorders*records || observed != recorders*records || len(families["h"].Metric) != series {
			t.Errorf("counted %v, observed %v in %d series", counted, observed, len(families["h"].Metric))
		}
	}
}

// checkBody looks into the formats that can be read back.
func checkBody(t *testing.T, a answer) {
	switch contentType := a.header.Get("Content-Type"); {
	case strings.HasPrefix(contentType, "text/plain"):
		checkConsistent(t, a.body)
	case strings.HasPrefix(contentType, protobufType+"delimited"):
		checkConsistent(t, toText(t, decodeAll(t, a.body)))
	case strings.HasPrefix(contentType, "application/openmetrics-text") && !strings.HasSuffix(a.body, "\n# EOF\n"):
		t.Errorf("cut off: %q", a.body)
	}
}

// checkConsistent looks for cross-talk: labels out of order, buckets that
// fall, a count that is not the +Inf bucket.
func checkConsistent(t *testing.T, text string) {
	for _, f := range parse(t, text) {
		last := ""
		for _, m := range f.Metric {
			if key := fmt.Sprint(m.Label); key <= last {
				t.Errorf("%s: %s after %s", f.GetName(), key, last)
			} else {
				last = key
			}
			if m.Histogram == nil {
				continue
			}
			var below uint64
			for _, b := range m.Histogram.Bucket {
				if b.GetCumulativeCount() < below {
					t.Errorf("buckets fall: %v", m)
				}
				below = b.GetCumulativeCount()
			}
			if below != m.Histogram.GetSampleCount() {
				t.Errorf("count %d, +Inf %d", m.Histogram.GetSampleCount(), below)
			}
		}
	}
}
