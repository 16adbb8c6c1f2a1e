package exporter

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	official "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"google.golang.org/protobuf/proto"
)

// pairOfOptions is one choice, in our words and in the official exporter's.
type pairOfOptions struct {
	name     string
	ours     []Option
	official []official.Option
	strategy bool // it says how names are translated
}

var optionPairs = []pairOfOptions{
	{name: "defaults"},
	{name: "WithoutScopeInfo", ours: []Option{WithoutScopeInfo()}, official: []official.Option{official.WithoutScopeInfo()}},
	{name: "WithoutTargetInfo", ours: []Option{WithoutTargetInfo()}, official: []official.Option{official.WithoutTargetInfo()}},
	{name: "WithoutUnits", ours: []Option{WithoutUnits()}, official: []official.Option{official.WithoutUnits()}}, //nolint:staticcheck // deprecated, and kept
	{
		name:     "WithoutCounterSuffixes",
		ours:     []Option{WithoutCounterSuffixes()},
		official: []official.Option{official.WithoutCounterSuffixes()}, //nolint:staticcheck // deprecated, and kept
	},
	{name: "WithNamespace", ours: []Option{WithNamespace("a.b-1")}, official: []official.Option{official.WithNamespace("a.b-1")}},
	{
		name:     "WithResourceAsConstantLabels",
		ours:     []Option{WithResourceAsConstantLabels(attribute.NewAllowKeysFilter("service.name"))},
		official: []official.Option{official.WithResourceAsConstantLabels(attribute.NewAllowKeysFilter("service.name"))},
	},
	translation(otlptranslator.NoTranslation),
	translation(otlptranslator.NoUTF8EscapingWithSuffixes),
	translation(otlptranslator.UnderscoreEscapingWithoutSuffixes),
	{
		name:     "WithAggregationSelector",
		ours:     []Option{WithAggregationSelector(exponential)},
		official: []official.Option{official.WithAggregationSelector(exponential)},
	},
}

func translation(s otlptranslator.TranslationStrategyOption) pairOfOptions {
	return pairOfOptions{
		name:     string(s),
		ours:     []Option{WithTranslationStrategy(s)},
		official: []official.Option{official.WithTranslationStrategy(s)},
		strategy: true,
	}
}

func exponential(k sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	if k == sdkmetric.InstrumentKindHistogram {
		return sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 40, MaxScale: 20}
	}
	return sdkmetric.DefaultAggregationSelector(k)
}

// TestParity records the same random measurements for both exporters, scrapes
// several times while series come, and compares bytes and messages.
func TestParity(t *testing.T) {
	for _, o := range optionPairs {
		t.Run(o.name, func(t *testing.T) {
			for seed := range uint64(4) {
				comparePair(t, o, seed)
			}
		})
	}
}

func comparePair(t *testing.T, o pairOfOptions, seed uint64) {
	t.Helper()
	d := newDuo(t, o)
	rec := newRecorder(t, d.provider, seed)
	for range 3 {
		rec.record(60)
		want := must(d.theirs.Gather())(t)
		slow := must(d.ours.Gather())(t)
		fast, done, err := d.reader.Gather()
		if err != nil {
			t.Fatal(err)
		}
		wantText(t, toText(t, fast), toText(t, want))
		wantText(t, toText(t, slow), toText(t, want))
		wantSame(t, "fast road against registry", fast, slow)
		// The official exporter gives created timestamps to native histograms
		// only.
		wantSame(t, "fast road against the official exporter", timeless(fast), timeless(want))
		done()
	}
}

func wantSame(t *testing.T, what string, got, want []*dto.MetricFamily) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: got %d families, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if !proto.Equal(got[i], want[i]) {
			t.Errorf("%s: got\n%v\nwant\n%v", what, got[i], want[i])
		}
	}
}

// timeless returns the families without created timestamps.
func timeless(families []*dto.MetricFamily) []*dto.MetricFamily {
	out := make([]*dto.MetricFamily, len(families))
	for i, f := range families {
		out[i] = proto.CloneOf(f)
		for _, m := range out[i].Metric {
			if m.Counter != nil {
				m.Counter.CreatedTimestamp = nil
			}
			if m.Histogram != nil {
				m.Histogram.CreatedTimestamp = nil
			}
		}
	}
	return out
}

// recorder makes random instruments in several scopes and records into them.
type recorder struct {
	rnd   *rand.Rand
	meter []metric.Meter
	do    []func(metric.MeasurementOption)
}

func newRecorder(t testing.TB, mp metric.MeterProvider, seed uint64) *recorder {
	r := &recorder{rnd: rand.New(rand.NewPCG(seed, 1))}
	r.meter = []metric.Meter{
		mp.Meter("one"),
		mp.Meter("two", metric.WithInstrumentationVersion("v0.1"), metric.WithSchemaURL("https://example.com/1")),
		mp.Meter("three", metric.WithInstrumentationAttributes(
			attribute.String("a.b", "x"), attribute.String("a_b", "w"), attribute.String("name", "y"))),
	}
	units := []string{"", "s", "ms", "By", "1", "{call}", "USD", "m/s"}
	for i := range 12 {
		m := r.meter[r.rnd.IntN(len(r.meter))]
		unit := metric.WithUnit(units[r.rnd.IntN(len(units))])
		name := fmt.Sprintf("x%d.y-%d", i, r.rnd.IntN(100))
		r.add(t, m, name, unit, i)
	}
	return r
}

func (r *recorder) add(t testing.TB, m metric.Meter, name string, unit metric.InstrumentOption, i int) {
	describe := metric.WithDescription("about " + name + "\nand \\ more")
	switch i % 8 {
	case 0:
		c := must(m.Int64Counter(name, unit, describe))(t)
		r.do = append(r.do, func(o metric.MeasurementOption) { c.Add(background, r.rnd.Int64N(1<<40), o) })
	case 1:
		c := must(m.Float64Counter(name, unit))(t)
		r.do = append(r.do, func(o metric.MeasurementOption) { c.Add(background, r.rnd.Float64()*1e9, o) })
	case 2:
		c := must(m.Int64UpDownCounter(name, unit, describe))(t)
		r.do = append(r.do, func(o metric.MeasurementOption) { c.Add(background, r.rnd.Int64N(9)-4, o) })
	case 3:
		c := must(m.Float64UpDownCounter(name, unit))(t)
		r.do = append(r.do, func(o metric.MeasurementOption) { c.Add(background, r.rnd.NormFloat64(), o) })
	case 4:
		g := must(m.Int64Gauge(name, unit, describe))(t)
		r.do = append(r.do, func(o metric.MeasurementOption) { g.Record(background, r.rnd.Int64(), o) })
	case 5:
		g := must(m.Float64Gauge(name, unit))(t)
		r.do = append(r.do, func(o metric.MeasurementOption) { g.Record(background, r.rnd.NormFloat64(), o) })
	case 6:
		h := must(m.Int64Histogram(name, unit, describe))(t)
		r.do = append(r.do, func(o metric.MeasurementOption) { h.Record(background, r.rnd.Int64N(20000), o) })
	case 7:
		h := must(m.Float64Histogram(name, unit, metric.WithExplicitBucketBoundaries(-1, 0, 0.5, 1, 100)))(t)
		r.do = append(r.do, func(o metric.MeasurementOption) { h.Record(background, r.rnd.NormFloat64()*50, o) })
	}
}

func (r *recorder) record(n int) {
	for range n {
		r.do[r.rnd.IntN(len(r.do))](r.attributes())
	}
}

func (r *recorder) attributes() metric.MeasurementOption {
	values := []string{"", "a", "b b", `q"\`, "new\nline", "ü", strings.Repeat("long", 20), "<>&"}
	var kvs []attribute.KeyValue
	for _, key := range []string{"k.one", "k_one", "zwei", "3rd", "bool", "n", "list"} {
		if r.rnd.IntN(3) > 0 {
			continue
		}
		switch key {
		case "bool":
			kvs = append(kvs, attribute.Bool(key, r.rnd.IntN(2) == 0))
		case "n":
			kvs = append(kvs, attribute.Float64(key, float64(r.rnd.IntN(3))/2))
		case "list":
			kvs = append(kvs, attribute.StringSlice(key, values[:r.rnd.IntN(3)]))
		case "zwei":
			kvs = append(kvs, attribute.String(key, values[r.rnd.IntN(len(values))]))
		default:
			// No value stands under two keys: the registry leaves the order of
			// series open whose values are equal and whose names are not.
			kvs = append(kvs, attribute.String(key, values[r.rnd.IntN(len(values))]+"/"+key))
		}
	}
	return metric.WithAttributes(kvs...)
}
