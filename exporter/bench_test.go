package exporter

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
)

// BenchmarkScrape serves 2,000 label sets of a counter and a histogram with 16
// buckets to a client that reads nothing of it. benchmarks/scrape compares
// that with peers.
//
//	reader    Reader.Handler: exemplars offered to the SDK's default filter,
//	          scope labels
//	provider  what New gives: no exemplars, no scope labels; it serves go_*,
//	          process_* and promhttp_* as well
func BenchmarkScrape(b *testing.B) {
	for _, format := range []struct{ name, accept string }{
		{"text", textType}, {"openmetrics", openType}, {"protobuf", protobufAccept},
	} {
		b.Run(format.name, func(b *testing.B) {
			b.Run("reader", func(b *testing.B) {
				r := must(NewReader(WithoutRegisterer()))(b)
				benchmarkScrape(b, sdkmetric.NewMeterProvider(sdkmetric.WithReader(r)), r.Handler(), format.accept)
			})
			b.Run("provider", func(b *testing.B) {
				p := must(New())(b)
				benchmarkScrape(b, p.MeterProvider(), p.Handler(), format.accept)
			})
		})
	}
}

// BenchmarkGather is the scrape without its encoding, which is what this
// package does itself.
func BenchmarkGather(b *testing.B) {
	r := must(NewReader(WithoutRegisterer()))(b)
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(r), sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter))
	recordLabelSets(b, mp, 2000)
	b.ReportAllocs()
	for b.Loop() {
		_, done, err := r.Gather()
		if err != nil {
			b.Fatal(err)
		}
		done()
	}
}

func benchmarkScrape(b *testing.B, mp metric.MeterProvider, h http.Handler, accept string) {
	recordLabelSets(b, mp, 2000)
	req := newRequest(accept)
	w := &sink{header: make(http.Header)}
	h.ServeHTTP(w, req) // the first scrape builds the families
	b.ReportAllocs()
	for b.Loop() {
		w.n = 0
		h.ServeHTTP(w, req)
	}
	b.ReportMetric(float64(w.n), "bytes/scrape")
}

func recordLabelSets(tb testing.TB, mp metric.MeterProvider, n int) {
	m := mp.Meter("bench")
	c := must(m.Int64Counter("generations"))(tb)
	h := must(m.Float64Histogram("duration", metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(
		0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)))(tb)
	for i := range n - 1 { // the last of the 2000 is the SDK's overflow
		o := attrs("provider", "openai", "model", fmt.Sprint("model-", i%200), "step", fmt.Sprint("step-", i/200))
		for j := range 20 {
			c.Add(background, 1, o)
			h.Record(background, float64(i*j%4000)/7, o)
		}
	}
}

// sink counts and drops a response.
type sink struct {
	header http.Header
	n      int
}

func (s *sink) Header() http.Header               { return s.header }
func (s *sink) WriteHeader(int)                   {}
func (s *sink) Write(p []byte) (int, error)       { s.n += len(p); return len(p), nil }
func (s *sink) WriteString(p string) (int, error) { s.n += len(p); return len(p), nil }

var _ io.StringWriter = (*sink)(nil)
