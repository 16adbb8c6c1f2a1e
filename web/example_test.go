package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"go.opentelemetry.io/otel/metric/noop"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// A program that embeds the monitor can mount the API beside its own pages.
func ExampleHandler() {
	ctx := context.Background()
	mon, err := monitor.New(noop.NewMeterProvider()) // or exporter.New's provider, to be scraped too
	if err != nil {
		panic(err)
	}
	defer mon.Shutdown(ctx)
	mon.TrackGeneration(ctx, monitor.Generation{
		Duration: 2 * time.Second, Success: true, Model: "gpt-4o-mini", PromptTokens: 512, CompletionTokens: 128, CostUSD: 0.01,
	})

	mux := http.NewServeMux()
	mux.Handle("/genmeter/", http.StripPrefix("/genmeter", web.Handler(mon)))
	srv := httptest.NewServer(mux)
	defer srv.Close()

	resp, err := http.Get(srv.URL + "/genmeter/api/v1/aggregate?metric=generation_time&window=5m")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode)
	fmt.Print(string(body))
	// Output:
	// 200
	// {"metric":"generation_time","window_seconds":300,"count":1,"sum":2,"mean":2,"min":2,"max":2,"p50":2,"p90":2,"p95":2,"p99":2,"coverage":1,"quantile_coverage":1,"known":true}
}
