package exporter

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	textType       = "text/plain; version=0.0.4"
	openType       = "application/openmetrics-text; version=1.0.0"
	protobufAccept = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
)

var background = context.Background()

// newTestReader returns a reader, registered nowhere unless told so, and a
// meter of a provider around it.
func newTestReader(t testing.TB, opts ...Option) (*Reader, metric.Meter) {
	t.Helper()
	r := must(NewReader(append([]Option{WithoutRegisterer()}, opts...)...))(t)
	return r, newTestProvider(t, r).Meter("m")
}

func newTestProvider(t testing.TB, readers ...sdkmetric.Reader) *sdkmetric.MeterProvider {
	t.Helper()
	opts := []sdkmetric.Option{sdkmetric.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "svc"), attribute.String("service.instance.id", "1")))}
	for _, r := range readers {
		opts = append(opts, sdkmetric.WithReader(r))
	}
	mp := sdkmetric.NewMeterProvider(opts...)
	t.Cleanup(func() { _ = mp.Shutdown(background) })
	return mp
}

// must returns v, or fails the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// gather returns a reader's exposition as text, and its problems.
func gather(t testing.TB, r *Reader) (string, error) {
	t.Helper()
	families, done, err := r.Gather()
	defer done()
	return toText(t, families), err
}

func toText(t testing.TB, families []*dto.MetricFamily) string {
	t.Helper()
	var b bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// scrape asks a handler as Prometheus would.
func scrape(t testing.TB, h http.Handler, accept string) string {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, newRequest(accept))
	if rec.Code != http.StatusOK {
		t.Fatalf("status %d: %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}

func newRequest(accept string) *http.Request {
	req := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
	req.Header.Set("Accept", accept)
	return req
}

// parse reads a text exposition with Prometheus's own parser.
func parse(t testing.TB, text string) map[string]*dto.MetricFamily {
	t.Helper()
	p := expfmt.NewTextParser(model.UTF8Validation)
	return must(p.TextToMetricFamilies(strings.NewReader(text)))(t)
}

// decode reads a delimited protobuf exposition.
func decode(t testing.TB, body string) map[string]*dto.MetricFamily {
	t.Helper()
	d := expfmt.NewDecoder(strings.NewReader(body), expfmt.NewFormat(expfmt.TypeProtoDelim))
	out := make(map[string]*dto.MetricFamily)
	for {
		var f dto.MetricFamily
		switch err := d.Decode(&f); {
		case errors.Is(err, io.EOF):
			return out
		case err != nil:
			t.Fatal(err)
		}
		out[f.GetName()] = &f
	}
}

// without drops the families whose names start with a prefix, from a text
// exposition.
func without(text string, prefixes ...string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		keep := true
		for _, p := range prefixes {
			keep = keep && !strings.HasPrefix(name, p)
		}
		if keep {
			b.WriteString(line)
		}
	}
	return b.String()
}

func wantText(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func attrs(kv ...string) metric.MeasurementOption {
	var out []attribute.KeyValue
	for i := 0; i+1 < len(kv); i += 2 {
		out = append(out, attribute.String(kv[i], kv[i+1]))
	}
	return metric.WithAttributes(out...)
}

func newRegistryWith(t testing.TB, cs ...prometheus.Collector) *prometheus.Registry {
	t.Helper()
	reg := prometheus.NewRegistry()
	for _, c := range cs {
		if err := reg.Register(c); err != nil {
			t.Fatal(err)
		}
	}
	return reg
}
