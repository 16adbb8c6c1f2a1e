package exporter

import (
	"context"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/trace"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sampled is the context of a sampled trace.
func sampled() context.Context {
	return trace.ContextWithSpanContext(background, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled,
	}))
}

// recordAll uses every instrument, with labels, without, and with colliding
// attribute names.
func recordAll(t testing.TB, m metric.Meter) {
	t.Helper()
	ctx := sampled()
	calls := must(m.Int64Counter("calls", metric.WithUnit("{call}"), metric.WithDescription("Calls made.")))(t)
	calls.Add(ctx, 2, attrs("model", "b", "outcome", "success"))
	calls.Add(ctx, 1, attrs("model", "a", "outcome", `err"or\`))
	calls.Add(ctx, 3, attrs("model.name", "x", "model_name", "w"))
	cost := must(m.Float64Counter("cost_usd", metric.WithDescription("Cost in US dollars.")))(t)
	cost.Add(ctx, 0.25)
	duration := must(m.Float64Histogram("duration", metric.WithUnit("s"), metric.WithDescription("Duration of a call."),
		metric.WithExplicitBucketBoundaries(0.5, 1, 30)))(t)
	for _, v := range []float64{0.2, 1, 31} {
		duration.Record(ctx, v, attrs("model", "a"))
	}
	tokens := must(m.Int64Histogram("tokens", metric.WithDescription("Tokens of a call."),
		metric.WithExplicitBucketBoundaries(1, 4)))(t)
	tokens.Record(ctx, 4)
	active := must(m.Int64UpDownCounter("active", metric.WithDescription("Calls in progress.")))(t)
	active.Add(ctx, -1, attrs("model", "a"))
	share := must(m.Float64Gauge("accepted", metric.WithUnit("1"), metric.WithDescription("Share accepted.")))(t)
	share.Record(ctx, 0.75)
	queue := must(m.Int64ObservableGauge("queue.size", metric.WithUnit("By"), metric.WithDescription("Bytes queued.")))(t)
	must(m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(queue, 4096)
		return nil
	}, queue))(t)
}

func newGoldenProvider(t *testing.T, opts ...Option) *Provider {
	t.Helper()
	p := must(New(append([]Option{
		WithoutRuntimeCollectors(),
		WithResource(resource.NewSchemaless(
			attribute.String("service.instance.id", "1"), attribute.String("telemetry.sdk.version", "test"))),
		WithServiceName("svc"),
	}, opts...)...))(t)
	t.Cleanup(func() { _ = p.Shutdown(background) })
	recordAll(t, p.MeterProvider().Meter("golden"))
	return p
}

func TestGoldenText(t *testing.T) {
	golden(t, "text.txt", scrape(t, newGoldenProvider(t).Handler(), textType))
}

func TestGoldenOpenMetrics(t *testing.T) {
	golden(t, "openmetrics.txt", scrape(t, newGoldenProvider(t).Handler(), openType))
}

func TestGoldenOpenMetricsExemplars(t *testing.T) {
	p := newGoldenProvider(t, WithExemplars(exemplar.TraceBasedFilter))
	body := scrape(t, p.Handler(), openType)
	// Exemplars end with the time of the measurement.
	golden(t, "exemplars.txt", regexp.MustCompile(` [0-9.e+]+\n`).ReplaceAllStringFunc(body, func(s string) string {
		if len(s) > 15 {
			return " TIME\n"
		}
		return s
	}))
}

func TestGoldenRun(t *testing.T) {
	golden(t, "run.txt", scrape(t, newGoldenProvider(t, WithRun("tuesday")).Handler(), textType))
}

// TestLint holds the names and help texts to Prometheus's own conventions.
func TestLint(t *testing.T) {
	families := must(newGoldenProvider(t).Gatherer().Gather())(t)
	if problems := must(promlint.NewWithMetricFamilies(families).Lint())(t); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
}

func TestContentType(t *testing.T) {
	p := newGoldenProvider(t)
	for accept, want := range map[string]string{
		"":             "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
		textType:       "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
		openType:       "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
		protobufAccept: "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores",
	} {
		w := &sink{header: make(http.Header)}
		p.Handler().ServeHTTP(w, newRequest(accept))
		if got := w.header.Get("Content-Type"); got != want {
			t.Errorf("Accept %q: got %q, want %q", accept, got, want)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wantText(t, got, string(must(os.ReadFile(path))(t)))
}
