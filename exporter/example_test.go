package exporter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/push"
	"github.com/prometheus/common/expfmt"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/genmeter/genmeter/exporter"
)

// get prints the lines of a scrape that start with a prefix.
func get(h http.Handler, prefix string) {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	body, _ := io.ReadAll(rec.Body)
	for line := range strings.Lines(string(body)) {
		if strings.HasPrefix(line, prefix) {
			fmt.Print(line)
		}
	}
}

func ExampleNew() {
	ctx := context.Background()
	prov, err := exporter.New(exporter.WithServiceName("shop"), exporter.WithRun("tuesday"))
	if err != nil {
		panic(err)
	}
	defer prov.Shutdown(ctx)

	m := prov.MeterProvider().Meter("shop")
	wait, err := m.Float64Histogram("shop.wait", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(1, 10))
	if err != nil {
		panic(err)
	}
	wait.Record(ctx, 2.5, metric.WithAttributes(attribute.String("till", "3")))

	get(prov.Handler(), "shop_")
	// Output:
	// shop_wait_seconds_bucket{run="tuesday",till="3",le="1"} 0
	// shop_wait_seconds_bucket{run="tuesday",till="3",le="10"} 1
	// shop_wait_seconds_bucket{run="tuesday",till="3",le="+Inf"} 1
	// shop_wait_seconds_sum{run="tuesday",till="3"} 2.5
	// shop_wait_seconds_count{run="tuesday",till="3"} 1
}

// A program that has used the official exporter changes one line.
func ExampleNewReader() {
	reg := prometheus.NewRegistry()
	reader, err := exporter.NewReader(exporter.WithRegisterer(reg)) // was prometheus.New
	if err != nil {
		panic(err)
	}
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	defer mp.Shutdown(context.Background())

	orders, _ := mp.Meter("shop").Int64Counter("shop.orders")
	orders.Add(context.Background(), 3)

	get(promhttp.HandlerFor(reg, promhttp.HandlerOpts{}), "shop_")
	// Output:
	// shop_orders_total{otel_scope_name="shop",otel_scope_schema_url="",otel_scope_version=""} 3
}

func ExampleReader_Handler() {
	reader, err := exporter.NewReader(exporter.WithoutRegisterer(), exporter.WithoutScopeInfo())
	if err != nil {
		panic(err)
	}
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	defer mp.Shutdown(context.Background())

	orders, _ := mp.Meter("shop").Int64Counter("shop.orders")
	orders.Add(context.Background(), 3)

	get(reader.Handler(), "shop_")
	// Output:
	// shop_orders_total 3
}

// Gather lends the reader's own memory until done is called.
func ExampleReader_Gather() {
	reader, err := exporter.NewReader(
		exporter.WithoutRegisterer(), exporter.WithoutScopeInfo(), exporter.WithoutTargetInfo())
	if err != nil {
		panic(err)
	}
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	defer mp.Shutdown(context.Background())

	queue, _ := mp.Meter("shop").Int64Gauge("shop.queue", metric.WithDescription("People waiting."))
	queue.Record(context.Background(), 4)

	families, done, err := reader.Gather()
	defer done()
	if err != nil {
		fmt.Println("something is missing:", err)
	}
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(os.Stdout, f); err != nil {
			panic(err)
		}
	}
	// Output:
	// # HELP shop_queue People waiting.
	// # TYPE shop_queue gauge
	// shop_queue 4
}

// Other Prometheus collectors are served beside the OpenTelemetry metrics.
func ExampleWithCollectors() {
	temperature := prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: "cellar_temperature_celsius", Help: "How warm the cellar is."},
		func() float64 { return 12 },
	)
	prov, err := exporter.New(exporter.WithCollectors(temperature))
	if err != nil {
		panic(err)
	}
	defer prov.Shutdown(context.Background())

	get(prov.Handler(), "cellar_")
	// Output:
	// cellar_temperature_celsius 12
}

// Besides being scraped, the metrics are pushed as OTLP, once a minute and by
// Shutdown.
func ExampleWithReaders() {
	ctx := context.Background()
	otlp, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL("http://127.0.0.1:4318/v1/metrics"))
	if err != nil {
		panic(err)
	}
	prov, err := exporter.New(exporter.WithReaders(sdkmetric.NewPeriodicReader(otlp)))
	if err != nil {
		panic(err)
	}
	// … make instruments with prov.MeterProvider(), and use them …

	ctx, cancel := context.WithTimeout(ctx, 10*time.Second) // or a receiver that hangs holds it up
	defer cancel()
	if err := prov.Shutdown(ctx); err != nil {
		fmt.Println("the last push failed:", err)
	}
}

// A job that is over before it can be scraped pushes what it has to a
// Pushgateway. WithRun is not used: a grouping label must be on no series.
func ExampleProvider_Gatherer() {
	gateway := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path)
	}))
	defer gateway.Close()

	prov, err := exporter.New(exporter.WithServiceName("shop"))
	if err != nil {
		panic(err)
	}
	defer prov.Shutdown(context.Background())
	orders, _ := prov.MeterProvider().Meter("shop").Int64Counter("shop.orders")
	orders.Add(context.Background(), 3)

	pusher := push.New(gateway.URL, "shop").Grouping("run", "tuesday").Gatherer(prov.Gatherer())
	if err := pusher.Push(); err != nil {
		fmt.Println("the push failed:", err)
	}
	// Output:
	// PUT /metrics/job/shop/run/tuesday
}
